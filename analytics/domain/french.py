"""French (Belgium) on screens and in the terminal: numbers, dates, delays and the spaces of its typography."""

from __future__ import annotations

import re
from datetime import date

from babel.dates import format_date

__all__ = [  # a notebook that leaves takes these alone
    "chance",
    "count",
    "day",
    "hours",
    "listing",
    "long_day",
    "number",
    "percent",
    "percents",
    "school_days",
    "typeset",
]

LOCALE = "fr_BE"
NARROW_SPACE = "\u202f"
_NARROW = re.compile(r" (?=[:;!?»%])|(?<=«) |(?<=\d) (?=h\b|\d{2,3}(?![\d:/]))")


def typeset(text: str) -> str:
    """``text`` with narrow no-break spaces before ``: ; ! ? »`` ``%``, after ``«`` and within numbers and hours.

    Only where a plain space was typed.

    >>> typeset("Prêt ? 24 h, 0800 32 123")
    'Prêt\\u202f? 24\\u202fh, 0800\\u202f32\\u202f123'
    """
    return _NARROW.sub(NARROW_SPACE, text)


def is_missing(value: object) -> bool:
    """Whether a value of a table is empty, as ``pandas.isna`` says it: the protocol is shown without pandas."""
    try:
        return value is None or bool(value != value)
    except TypeError:  # pandas.NA is neither equal nor not
        return True


def number(value: float, decimals: int = 0) -> str:
    """``1234.5`` as ``1 234,5``; an empty value as a dash."""
    if is_missing(value):
        return "–"
    # As babel writes it, twenty times faster: a page writes hundreds.
    return f"{round(value, decimals):,.{decimals}f}".replace(",", NARROW_SPACE).replace(".", ",")


def percent(share: float, decimals: int = 0) -> str:
    """A share from 0 to 1 as ``45 %``; an empty value as a dash."""
    return "–" if is_missing(share) else f"{number(100 * share, decimals)}{NARROW_SPACE}%"


def percents(least: float, most: float) -> str:
    """A share that lies between two bounds: ``45 %``, or ``45 à 60 %`` where they are not read alike."""
    low, high = percent(least), percent(most)
    return high if low == high else f"{low.split(NARROW_SPACE)[0]} à {high}"


def day(value: date) -> str:
    """``22/11/2026``."""
    return f"{value:%d/%m/%Y}"


def long_day(value: date) -> str:
    """``22 novembre 2026``."""
    return format_date(value, "d MMMM y", locale=LOCALE)


def count(n: float, singular: str, plural: str | None = None) -> str:
    """``1 dossier``, ``2 dossiers``, ``0 dossier``: in French zero is singular."""
    word = singular if abs(n) < 2 else plural or f"{singular}s"
    return f"{number(n)} {word}"


def hours(value: float) -> str:
    """A delay in hours as it is read: hours up to three days, then days. ``36 h``, ``5 jours``."""
    if is_missing(value):
        return "–"
    if value <= 72:
        return f"{number(value)}{NARROW_SPACE}h"
    return count(round(value / 24), "jour")


def school_days(value: float) -> str:
    """A delay in school days: the day of the report is day 0."""
    if is_missing(value):
        return "–"
    return "le jour même" if value == 0 else f"{number(value)} j. d’école"


def listing(words: list[str], last: str = "et") -> str:
    """``a, b et c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


RARE, VERY_RARE = 0.05, 0.01
"""Below these a difference is called rare, or very rare, by chance alone."""


def chance(p_value: float) -> str:
    """What a test of a difference between groups says, in words and never as a bare p."""
    if is_missing(p_value):
        return "Il y a trop peu d’écoles, ou un seul groupe : rien à comparer."
    if p_value < VERY_RARE:
        return "Un écart aussi grand entre les groupes serait très rare par le seul hasard."
    if p_value < RARE:
        return "Un écart aussi grand entre les groupes serait rare par le seul hasard : à confirmer."
    return "L’écart entre les groupes pourrait être dû au hasard."
