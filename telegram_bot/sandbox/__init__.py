"""A local Telegram: a Bot API server on loopback with a page of phones. See README.md beside this file."""
