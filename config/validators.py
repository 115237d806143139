"""What a setting must be like, beside what environs checks itself."""

import zoneinfo

from environs import ValidationError
from limits import parse_many


def is_rate(value: str) -> None:
    """Refuses what `limits` cannot read."""
    try:
        parse_many(value)
    except ValueError:
        raise ValidationError("Must look like 30/minute.") from None


def is_time_zone(value: str) -> None:
    """Refuses a time zone that does not exist."""
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValidationError("Must be a time zone, as Europe/Moscow.") from None
