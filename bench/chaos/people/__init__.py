"""Those who use the desk while it is being broken. Each text of theirs is unique."""
