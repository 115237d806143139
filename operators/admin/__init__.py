"""Operators and their work in the admin, and the first page."""

from django.contrib import admin

from operators.admin import handoffs, operators, users

__all__ = ["handoffs", "operators", "users"]

admin.site.index_title = "Пульт"
