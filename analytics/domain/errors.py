"""What is said when something fails: our own French words where we foresaw it, else its kind and its place, no value."""

from __future__ import annotations

import traceback
from pathlib import Path

from analytics.domain.school_calendar import CalendarFileError
from analytics.intake import KeyFileError, RefusedFileError
from analytics.store import StoreError


class RefusedError(Exception):
    """What was asked is refused, and nothing changed. The message is French."""


def explain(error: Exception) -> str:
    """A calm French sentence for ``error``; what nobody foresaw is told by its kind and its place in our code alone."""
    if isinstance(error, (RefusedError, RefusedFileError, KeyFileError, StoreError, CalendarFileError)):
        return str(error)
    home = Path(__file__).parents[1]
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(home)]
    place = f", {Path(ours[-1].filename).name} ligne {ours[-1].lineno}" if ours else ""
    return (
        "Une erreur inattendue a tout arrêté. Les données d’avant restent en place. "
        f"Pour la signaler : {type(error).__name__}{place}."
    )
