"""The one exception class that all of ours derive from, and the sentence that a reader gets for any exception."""

from __future__ import annotations

import errno
import traceback
from pathlib import Path

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}  # a full disk, a full quota


class RelaisError(Exception):
    """What was asked cannot be done. The message is a French sentence for the reader and never holds a value."""


class RefusedError(RelaisError):
    """What was asked is refused, and nothing changed."""


def explain(error: Exception) -> str:
    """The sentence of a RelaisError or of a full disk; of any other exception the type and place, never the message."""
    if isinstance(error, RelaisError):
        return str(error)
    if isinstance(error, OSError) and error.errno in _FULL:
        return "Le disque est plein : rien n’est écrit. Libérez de la place, puis recommencez."
    home = Path(__file__).parents[1]
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(home)]
    place = f", {Path(ours[-1].filename).name} ligne {ours[-1].lineno}" if ours else ""
    return (
        "Une erreur inattendue a tout arrêté. Les données d’avant restent en place. "
        f"Pour la signaler : {type(error).__name__}{place}."
    )
