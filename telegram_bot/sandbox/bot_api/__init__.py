"""The Bot API's methods, one topic a file."""

from . import about, callbacks, drafts, editing, media, sending, updates  # noqa: F401  (they register their methods)
from .methods import Result, call_method

__all__ = ["Result", "call_method"]
