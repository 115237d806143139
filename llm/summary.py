"""The three lines an operator reads before the transcript."""


def summarise(turns, language: str) -> str:
    """Return three lines about a dialogue."""
    return ""
