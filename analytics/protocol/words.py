"""How the protocol's values are said in French, for whoever shows them."""

from __future__ import annotations

from analytics.domain.entries import Deadline


def deadline_words(deadline: Deadline) -> str:
    """A deadline in words: ``24 h``, ``1 jour d’école``.

    >>> deadline_words(Deadline(school_days=2))
    '2\\u202fjours d’école'
    """
    if deadline.hours is not None:
        return f"{deadline.hours}\u202fh"
    return f"{deadline.school_days}\u202fjour{'s' if (deadline.school_days or 0) > 1 else ''} d’école"
