class CannotRun(Exception):
    """The desk cannot start; the message is one clear line for the person at the terminal."""
