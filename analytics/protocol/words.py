"""French typography and wording, for whoever shows the protocol."""

from __future__ import annotations

import re

from analytics.domain.french import NARROW_SPACE, typeset
from analytics.domain.vocabulary import Deadline


def french(text: str) -> str:
    """``text`` typeset, and its numbers, hours and apostrophes with it.

    >>> french("Danger : l'élève dit « non » en 24 h")
    'Danger\\u202f: l’élève dit «\\u202fnon\\u202f» en 24\\u202fh'
    """
    return re.sub(r"(?<=\d) (?=h\b|\d)", NARROW_SPACE, typeset(text)).replace("'", "’")


def deadline_words(deadline: Deadline) -> str:
    """A deadline in words: ``24 h``, ``1 jour d’école``.

    >>> deadline_words(Deadline(school_days=2))
    '2\\u202fjours d’école'
    """
    if deadline.hours is not None:
        return f"{deadline.hours}\u202fh"
    return f"{deadline.school_days}\u202fjour{'s' if (deadline.school_days or 0) > 1 else ''} d’école"
