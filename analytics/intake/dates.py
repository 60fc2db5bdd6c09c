"""Dates as registers write them. The order of day and month belongs to a column, never to a cell.

A text that can be meant in one way only (ISO, « 3 avril 2026 », a day above 12) votes for the order of its column; true date
cells and serial numbers have none. What a cell says beside its date must be harmless (« vers », « par téléphone »): « prévu
le 12/03/2026 » is no date.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.domain.matching import normalise, word_list
from analytics.domain.school_calendar import to_utc
from analytics.domain.timezone import TIMEZONE
from analytics.domain.vocabulary import OUTCOMES, REASONS
from analytics.intake.cells import text
from analytics.spreadsheets.reading import Cell, Column

_FIRST_SERIAL, _LAST_SERIAL = 36_526, 73_050  # 2000 to 2099, in days since 30 December 1899
_MONTHS = word_list(
    "janv | fevr|feb | mars|mar | avr|apr | mai|may | juin|jun | juil|jul | aout|aug | sept? | oct | nov | dec"
)
_WEEKDAYS = word_list("lun|mon | mar|tue | mer|wed | jeu|thu | ven|fri | sam|sat | dim|sun")
_MONTH = "|".join(f"(?:{start})" for start in _MONTHS)
_DAY = re.compile(
    r"^(?:le )?(?:(?P<weekday>[a-z]{3,9})\.?,? *)?(?:le )?(?:"
    r"(?P<year>\d{4})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})"
    r"|(?P<year2>20\d{2})(?P<month2>\d{2})(?P<day2>\d{2})"
    r"|(?P<a>\d{1,2}) ?(?P<sep2>[-/. ]) ?(?P<b>\d{1,2}) ?(?P=sep2) ?(?P<year3>\d{4}|\d{2})"
    rf"|(?P<day4>\d{{1,2}})(?:er)?[-. /]?(?P<name4>(?:{_MONTH})[a-z]*)\.?[-. /]?,? ?(?P<year4>\d{{4}}|\d{{2}})"
    rf"|(?P<name5>(?:{_MONTH})[a-z]*)\.? (?P<day5>\d{{1,2}}),? (?P<year5>\d{{4}})"
    r")(?!\d)"
)
_TIME = re.compile(
    r"^(?:t| ?[-–,@(]? ?(?:(?:a|vers|env\.?|environ) )?)(?P<hour>\d{1,2}) ?(?:[:h.]|heures?) ?(?P<minute>\d{2})?"
    r"(?::(?P<second>\d{2})(?:[.,]\d+)?)?(?![\d/]) ?(?P<half>[ap]\.?m\.?)?(?P<zone> ?z|[+-]\d{2}:?\d{2})?\)?"
)
_WITHOUT_YEAR = re.compile(
    rf"^(?:le )?(?:[a-z]{{2,9}}\.?,? )?(?:le )?\d{{1,2}}(?:er)?(?:(?P<sep>[-/.])\d{{1,2}}|[- ](?:{_MONTH})[a-z]*\.?)"
    r"(?=$|[ ,;(])"
)
_HARMLESS = frozenset(
    word_list(
        "oui | ok | fait | faite | x | par | telephone | tel | mail | email | courriel | courrier | sms | message | "
        "appel | matin | midi | soir | apres | am | pm | vers | vu | vue | matinee | environ | h | utc | contact | "
        "contacte | contactes | contactee | prevenu | prevenus | prevenue | averti | avertis | avertie"
    )
)
_BEFORE_DAY = re.compile(rf"^(?:(?:{'|'.join(sorted(_HARMLESS))})[ ,:;(–-]+)+")


class Order(StrEnum):
    """Whether the day or the month comes first in a date of three numbers."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class Written(NamedTuple):
    """A date as text, in each order; None in the order in which it is none."""

    day_first: datetime | None
    month_first: datetime | None


@lru_cache(maxsize=100_000)
def parse_written(word: str) -> Written | None:
    """The moment that ``word`` may mean in each order of day and month; None when it is no date in any."""
    if not any(map(str.isdigit, word)):
        return None
    bare = _BEFORE_DAY.sub("", _bare(word))  # « oui, le 12/03/2026 »
    if not (found := _DAY.match(bare)):
        return None
    rest = bare[found.end() :]
    time = _TIME.match(rest)
    if not set(normalise(rest[time.end() :] if time else rest).split()) <= _HARMLESS:
        return None
    moments = [_moment(day, time) if day else None for day in _days(found)]
    if weekday := found["weekday"]:
        place = _place(_WEEKDAYS, weekday)
        moments = [moment if moment and moment.weekday() == place else None for moment in moments]
    return Written(*moments) if any(moments) else None


def parse_moment(word: str, order: Order = Order.DAY_FIRST) -> datetime | None:
    """A date, with a time or at midnight, in the given order of day and month; None when it is not one."""
    written = parse_written(word)
    return getattr(written, order) if written else None


def with_year(word: str, year: int) -> str | None:
    """A day written without its year, with it; None when it is no such day.

    >>> with_year("12/03", 2026), with_year("ven. 3 avril vers 14h", 2026), with_year("12/03/2026", 2026)
    ('12/03/2026', 'ven. 3 avril 2026 vers 14h', None)
    """
    bare = _BEFORE_DAY.sub("", _bare(word))
    found = _WITHOUT_YEAR.match(bare)
    return f"{found[0]}{found['sep'] or ' '}{year}{bare[found.end() :]}" if found else None


def _bare(word: str) -> str:
    """``word`` without case, accents, repeated spaces and the apostrophe by which a spreadsheet marks a text."""
    folded = word.casefold().replace("é", "e").replace("û", "u").replace("è", "e").replace("à", "a").replace("°", "")
    return " ".join(folded.split()).rstrip(". ").lstrip("'")


def _place(starts: Sequence[str], word: str) -> int | None:
    return next((place for place, start in enumerate(starts) if re.match(start, word)), None)


def _days(found: re.Match[str]) -> tuple[date | None, date | None]:
    """The day in each order."""
    parts = {name.rstrip("2345"): part for name, part in found.groupdict().items() if part}
    year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
    if "a" in parts:
        a, b = int(parts["a"]), int(parts["b"])
        return _date(year, b, a), _date(year, a, b)
    month = int(parts["month"]) if "month" in parts else (_place(_MONTHS, parts["name"]) or 0) + 1
    day = _date(year, month, int(parts["day"]))
    return day, day


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _moment(day: date, time: re.Match[str] | None) -> datetime | None:
    """Brussels wall-clock time; None where the time is none."""
    moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001 (a wall-clock time, as it is written)
    if not time:
        return moment
    hour = int(time["hour"])
    if time["half"] and hour <= 12:
        hour = hour % 12 + (12 if time["half"].startswith("p") else 0)
    try:
        moment = moment.replace(hour=hour, minute=int(time["minute"] or 0), second=int(time["second"] or 0))
    except ValueError:
        return None
    if zone := (time["zone"] or "").strip():
        offset = datetime.fromisoformat(f"{moment.isoformat()}{zone.upper()}")
        moment = offset.astimezone(ZoneInfo(TIMEZONE)).replace(tzinfo=None)
    return moment


def serial_moment(number: float) -> datetime | None:
    """The moment of a spreadsheet's serial number; None for a number that no register means as a day."""
    if not _FIRST_SERIAL <= number <= _LAST_SERIAL:
        return None
    return datetime(1899, 12, 30) + timedelta(seconds=round(number * 86_400))  # noqa: DTZ001 (a wall-clock time)


def cell_moment(cell: Cell, order: Order) -> datetime | None:
    """The moment that a cell means, be it a date, a text or a serial number."""
    if isinstance(cell, date):
        return cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001
    if isinstance(cell, str):
        digits = cell.strip()
        return serial_moment(float(digits)) if re.fullmatch(r"\d{5}(?:\.\d+)?", digits) else parse_moment(cell, order)
    return serial_moment(cell) if isinstance(cell, float) and not isinstance(cell, bool) else None


# The order of a column


@dataclass(frozen=True)
class Votes:
    """How many cells of a column fit one order of day and month only, fit both, have none (true dates), lack their year."""

    day_first: int = 0
    month_first: int = 0
    either: int = 0
    true_dates: int = 0
    without_year: int = 0

    @property
    def order(self) -> Order | None:
        """The order that the column tells, None where it tells none; a lone stray among many is a typing error."""
        if self.is_mixed or not (self.day_first or self.month_first):
            return None
        day_first = self.day_first + (self.true_dates if self.month_first else 0)
        return Order.DAY_FIRST if day_first > self.month_first else Order.MONTH_FIRST

    @property
    def is_mixed(self) -> bool:
        """Whether both orders are told, or texts that only fit month first stand beside true dates.

        A spreadsheet that opens a file in the other order turns the days up to 12 into wrong true dates, and leaves the
        other ones as text.
        """
        day_first = self.day_first + self.true_dates
        few, many = sorted((day_first, self.month_first))
        return few > 0 and self.month_first > 0 and not (few == 1 and many >= _MANY)


_LEAP_YEAR = 2024  # in which every day stands
_MANY = 10  # beside so many, one date in the other order is a typing error


def votes(cells: Column[Cell]) -> Votes:
    """What the cells of a column say about its order."""
    counted: Counter[str] = Counter()
    for cell, n in cells.counted():
        if isinstance(cell, date):
            counted["true_dates"] += n
        if not isinstance(cell, str):
            continue
        written = parse_written(cell)
        if written is None and (whole := with_year(cell, _LEAP_YEAR)):
            counted["without_year"] += n
            written = parse_written(whole)
        if written and written.day_first != written.month_first:
            only = [order.value for order in Order if getattr(written, order)]
            counted[only[0] if len(only) == 1 else "either"] += n
    return Votes(**counted)


# A column as moments


@dataclass(frozen=True)
class Moments:
    """A column of dates, as arrays. ``at`` is Brussels wall-clock time, NaT where there is none.

    Midnight is what a spreadsheet shows for a date without a time, and is read as such. ``outcomes`` holds what a cell says
    instead of a date (« oui », « sans objet ») by its place in ``OUTCOMES``, -1 where it says nothing; ``reasons`` the place
    in ``REASONS`` of what it gives as a reason, -1 for none.
    """

    at: np.ndarray
    has_time: np.ndarray
    outcomes: np.ndarray
    reasons: np.ndarray
    invalid: np.ndarray

    @classmethod
    def each(cls, make: Callable[..., np.ndarray], *columns: Moments) -> Moments:
        """What ``make`` makes of each array of these columns."""
        return cls(*(make(*(getattr(column, part.name) for column in columns)) for part in fields(cls)))

    def __getitem__(self, rows: np.ndarray) -> Moments:
        """Those of some rows, by their places."""
        return Moments.each(lambda values: values[rows], self)

    @property
    def dated(self) -> np.ndarray:
        """True where there is a date."""
        return ~np.isnat(self.at)

    @property
    def missing(self) -> np.ndarray:
        """True where the cell is empty."""
        return ~self.dated & (self.outcomes < 0) & ~self.invalid

    @cached_property
    def local(self) -> pd.Series:
        return pd.Series(self.at)

    @cached_property
    def days(self) -> pd.Series:
        return self.local.dt.normalize()

    def instants(self, hour_without_time: int) -> pd.Series:
        """UTC instants; a date without a time counts as ``hour_without_time``. NaT where the clock skips or repeats it."""
        completed = self.local + pd.to_timedelta(np.where(self.has_time, 0, hour_without_time), unit="h")
        return to_utc(completed)

    def where(self, kept: np.ndarray) -> Moments:
        """These moments, with no date and no word where ``kept`` is False."""
        return Moments.each(lambda values, nothing: np.where(kept, values, nothing), self, _nothing(1))

    def with_outcome(self, outcome: str) -> Moments:
        """These moments, with ``outcome`` as the word of every cell."""
        return replace(self, outcomes=np.full(len(self.outcomes), _OUTCOMES.index(outcome), dtype="int8"))

    def or_else(self, others: Moments) -> Moments:
        """These moments, and those of ``others`` where these say nothing."""
        silent = self.missing
        return Moments.each(lambda values, other: np.where(silent, other, values), self, others)


def _nothing(n: int) -> Moments:
    """A column of ``n`` empty cells."""
    at, words = np.full(n, np.datetime64("NaT", "s")), np.full(n, -1, dtype="int8")
    return Moments(at, np.zeros(n, dtype=bool), words, words.copy(), np.zeros(n, dtype=bool))


_KINDS = {datetime: 0, date: 1}
_OTHER = 2
Meaning = tuple[str, str]  # the code of an outcome and of a reason, "" for none


def read_moments(cells: Column[Cell], find: Callable[[str], Meaning | None], order: Order = Order.DAY_FIRST) -> Moments:
    """A column of dates, or of outcomes that ``find`` knows; date cells are taken as they are."""
    values = np.fromiter(cells.distinct, object, len(cells.distinct))
    found = _nothing(len(values))
    at = found.at.astype("datetime64[us]")
    kinds = np.array([_KINDS.get(type(cell), _OTHER) for cell in cells.distinct], dtype="int8")
    is_instant, is_day, is_other = (kinds == kind for kind in (_KINDS[datetime], _KINDS[date], _OTHER))
    instants = pa.array(values[is_instant], pa.timestamp("us")).to_numpy(zero_copy_only=False)
    # A spreadsheet keeps a time as a fraction of a day: 08:10 may come back as 08:09:59.999.
    at[is_instant] = instants + np.timedelta64(500_000, "us")
    at[is_day] = pa.array(values[is_day], pa.date32()).to_numpy(zero_copy_only=False)
    for i in np.flatnonzero(is_other):
        at[i], found.outcomes[i], found.reasons[i], found.invalid[i] = _parse_typed(values[i], find, order)
    at = at.astype("datetime64[s]")
    has_time = (at != at.astype("datetime64[D]")) & ~np.isnat(at)
    return replace(found, at=at, has_time=has_time)[cells.places]


_OUTCOMES, _REASONS = list(OUTCOMES), list(REASONS)


def _parse_typed(
    cell: Cell, find: Callable[[str], Meaning | None], order: Order
) -> tuple[np.datetime64, int, int, bool]:
    """A cell that is no true date: its moment (or NaT), the places of its outcome and reason, and whether it is neither."""
    word = text(cell)
    moment = cell_moment(cell, order) if word else None
    meaning = find(word) if word and not moment else ("", "")
    outcome, reason = meaning or ("", "")
    return (
        np.datetime64(moment or "NaT", "us"),
        _OUTCOMES.index(outcome) if outcome else -1,
        _REASONS.index(reason) if reason else -1,
        meaning is None,
    )
