"""The control API: what persons do, what they see, and what goes wrong on command."""

from .routes import control_routes

__all__ = ["control_routes"]
