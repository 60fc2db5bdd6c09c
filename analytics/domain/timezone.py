"""Where the clock of the service stands, and what it says."""

from datetime import datetime
from zoneinfo import ZoneInfo

TIMEZONE = "Europe/Brussels"


def now() -> datetime:
    """The present moment, as the clocks of Brussels show it."""
    return datetime.now(ZoneInfo(TIMEZONE))
