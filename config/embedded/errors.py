class EmbeddedError(Exception):
    """An embedded service cannot run; the message is one sentence for the person at the terminal."""
