"""The list of schools: what is kept of each school, its own deadlines, and how a register's words find it.

Without a list, the distinct names of the register are a provisional one. Names are compared by :func:`school_key`; a name
that a list does not hold is found by its abbreviations where only one school can be meant, else it is asked.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from analytics.domain.french import listing
from analytics.domain.matching import normalise, word_list
from analytics.domain.schema import SCHOOL_DEADLINES, SCHOOLS
from analytics.domain.vocabulary import SCHOOL_NETWORKS, STEPS, TEACHING_LEVELS, Vocabulary
from analytics.intake.cells import code_words, text
from analytics.intake.checking import Fault, Faults, data_rows
from analytics.intake.layout import Layout
from analytics.intake.mapping import OwnWords
from analytics.intake.questions import Question

MAX_HINTS = 50  # looking for the nearest name takes its time, and beyond these the list of schools itself is wrong
N_NEAREST = 3
_CUT_OFF = 25  # a name so long may be cut short: a spreadsheet gives the name of a sheet 31 characters
OTHER_SCHOOL = "other"  # the answer for a school that the list does not hold

# Nothing may follow that makes it another delay: « 5 jours calendrier » or « 24 h à 48 h » is no deadline in our two clocks.
_DEADLINE = re.compile(
    r"(?:max(?:imum)?\.?\s*)?(\d{1,4})\s*(h|hrs?|heures?|j|jrs?|jours?)\b[\s.]*"
    r"(?:(?:ouvrables?|ouvrés?|scolaires?|de classe|de cours|d['’]école|max(?:imum)?|au plus)[\s.]*)*"
)
_WRITTEN_OUT = {"st": "saint", "sts": "saints", "ste": "sainte", "stes": "saintes"}
_PLACE = re.compile(r"^(?P<name>.+?)(?:\s*\([^()]+\)|\s+[-–—]\s+[^-–—()]+|\s*[–—]\s*[^-–—()]+)\s*$")
_SMALL_WORDS = frozenset(word_list("a | au | aux | d | de | des | du | en | et | l | la | le | les | sur"))
_KINDS_OF_SCHOOL = frozenset(
    word_list(
        "athenee | centre | college | communal | communale | communaux | dame | ecole | ecoles | enseignement | "
        "etablissement | fondamental | fondamentale | institut | libre | lycee | maternelle | notre | officiel | primaire | "
        "provincial | provinciale | royal | royale | saint | sainte | secondaire | specialise | specialisee | technique"
    )
)


def school_key(name: str) -> str:
    """What a school's name is known by: without case, accents, dashes and brackets, « St » written out.

    A place in brackets or after a dash is a part of it, so that it tells two schools apart.

    >>> school_key("INSTITUT St-Exemple (Mons)") == school_key("Institut Saint Exemple – Mons")
    True
    """
    return " ".join(_WRITTEN_OUT.get(word, word) for word in normalise(name).split())


def school_id(name: str) -> str:
    """The code of a school that has none: its name, in the same form whenever it comes again.

    >>> school_id("Institut St-Exemple (Mons)")
    'institut-saint-exemple-mons'
    """
    return school_key(name).replace(" ", "-")


_CODED = re.compile(
    r"(?P<code>\d{3,6})\s*(?:[-–—:.]\s*|\s)(?P<name>.*[^\W\d].*)|(?P<name2>.*[^\W\d].*?)\s*"
    r"(?:[(\[]\s*|\s[-–—]\s*|\bfase\s*:?\s*)(?:n°|code|fase)?\s*:?\s*(?P<code2>\d{3,6})\s*[)\]]?",
    re.IGNORECASE,
)


def split_code(word: str) -> tuple[str, str]:
    """The code and the name of a school in a cell that may hold both; "" for what it does not hold.

    >>> split_code("Institut Hardy (3000)"), split_code("3000 - Institut Hardy"), split_code("3000"), split_code("Hardy 2")
    (('3000', 'Institut Hardy'), ('3000', 'Institut Hardy'), ('3000', ''), ('', 'Hardy 2'))
    """
    word = word.strip()
    if found := _CODED.fullmatch(word):
        return found["code"] or found["code2"], (found["name"] or found["name2"]).strip()
    return (word, "") if re.fullmatch(r"\d{3,6}", word) else ("", word)


def provisional_schools(names: Sequence[str], levels: Sequence[str | None]) -> pd.DataFrame:
    """The schools (table ``schools``) that the names of a register tell, one per code where they hold one, else per name.

    A name without a code is the school that bears it with one, where there is only one.

    ``levels`` has the level of the pupil for each name, a code of SCHOOL_LEVELS, or None. A school teaches what all its
    pupils' levels have in common, or NA; its network, zone and size are NA. The commonest way to write a name is kept.
    """
    written: dict[str, Counter[str]] = defaultdict(Counter)
    taught: dict[str, set[str]] = defaultdict(set)
    coded: dict[str, set[str]] = defaultdict(set)
    parts = {name: split_code(name) for name in set(names)}
    for code, bare in parts.values():
        if code and bare:
            coded[school_id(bare)].add(code)
    for (name, level), n in Counter(zip(names, levels, strict=True)).items():
        code, bare = parts[name]
        of_name = coded.get(school_id(bare), set())
        if len(of_name) > 1 and not code:  # two schools of one name: this cell does not say which
            continue
        if key := code or next(iter(of_name), school_id(bare)):
            written[key][bare or code] += n if bare else 0
            if level and level != "unknown":
                taught[key].add("fundamental" if level == "fundamental" else "secondary")
    rows = [
        (key, names.most_common(1)[0][0], *(taught[key] if len(taught[key]) == 1 else [pd.NA]))
        for key, names in sorted(written.items())
    ]
    table = pd.DataFrame(rows, columns=["school_id", "name", "school_level"], dtype="str")
    return SCHOOLS.conform(table.reindex(columns=SCHOOLS.names).assign(provisional=True))


def read_schools(layout: Layout, own_words: OwnWords) -> tuple[pd.DataFrame, pd.DataFrame, list[Fault]]:
    """The list of schools as ``schools``, ``school_deadlines`` and its faults.

    A list may hold names only; :func:`school_id` then gives the codes. A code that stands in several rows, as in the public
    list with one row per implantation, is one school: the first row tells its name, and what the others say differently is
    a fault. A school without a code (where there is such a column) or a name is left out; another faulty cell is left empty.
    """
    key = "code" if "code" in layout.columns else "name"
    rows = data_rows(layout, key)
    faults = Faults(layout, rows)
    codes = dict.fromkeys([*layout.columns, "zone", "pupils"])
    table = pd.DataFrame({code: layout.cells(code, rows).map(text).array() for code in codes}, dtype="str")
    for code in {key, "name"}:
        faults.add(code, "missing", (table[code] == "").to_numpy())
    keep = faults.clean
    if key == "name":
        table["code"] = table["name"].map(school_id)
    same_school = table["code"].map(school_key)
    first = keep & ~same_school.where(pd.Series(keep)).duplicated().to_numpy()

    def agreed(code: str, values: pd.Series) -> pd.Series:
        """The first value of each school, in each of its rows; another value further down is a fault."""
        firsts = values.groupby(same_school).transform("first")
        faults.add(code, "duplicate", (values.notna() & (values.map(_same) != firsts.map(_same))).to_numpy())
        return firsts

    def vocabulary_column(code: str, terms: Vocabulary) -> pd.Series:
        words = code_words(layout.cells(code, rows), lambda word: own_words.find(terms, word))
        faults.add(code, "unknown_term", pd.isna(words))
        return pd.Series(words, dtype="str").replace("", pd.NA)

    written = table["pupils"].map(lambda word: "".join(word.split()))  # 1 234, whatever the space
    whole = written.str.fullmatch(r"[0-9]{1,6}")
    faults.add("pupils", "not_a_number", (~whole & (written != "")).to_numpy())
    pupils = written.where(whole).astype("Int64")
    teaching = vocabulary_column("teaching", TEACHING_LEVELS)
    schools = pd.DataFrame(
        {
            "school_id": table["code"],
            "name": agreed("name", table["name"]),
            "school_network": agreed("network", vocabulary_column("network", SCHOOL_NETWORKS)),
            # A school whose rows tell both levels teaches both, as one whose list does not say.
            "school_level": teaching.where(teaching.groupby(same_school).transform("nunique") <= 1),
            "zone": agreed("zone", table["zone"].replace("", pd.NA)),
            # Two numbers may be of two implantations or of two years: neither is the school's.
            "n_pupils": pupils.where(pupils.groupby(same_school).transform("nunique") <= 1),
            "provisional": False,
        }
    )
    for column in ("school_level", "n_pupils"):
        schools[column] = schools.groupby(same_school)[column].transform("first")
    return schools[first], _deadlines(table, first, faults), faults.sorted()


def _same(value: object) -> object:
    return school_key(value) if isinstance(value, str) else value


def _deadlines(table: pd.DataFrame, keep: np.ndarray, faults: Faults) -> pd.DataFrame:
    """The maximum delays that the schools to keep have set; what is not one is added to ``faults``."""
    deadlines = []
    for step in STEPS:
        if (code := f"deadline:{step}") not in table:
            continue
        found = [_DEADLINE.fullmatch(word.lower().strip()) for word in table[code]]
        faults.add(
            code, "not_a_deadline", np.array([f is None for f in found], dtype=bool) & (table[code] != "").to_numpy()
        )
        for school, deadline, kept in zip(table["code"], found, keep, strict=True):
            if deadline and kept:
                limit, in_hours = int(deadline[1]), deadline[2].startswith("h")
                deadlines.append((school, step, limit if in_hours else pd.NA, pd.NA if in_hours else limit))
    return SCHOOL_DEADLINES.conform(pd.DataFrame(deadlines, columns=SCHOOL_DEADLINES.names))


class SchoolNames:
    """How the words of a register find a school of a list (table ``schools``).

    ``mapped`` holds what the service has answered: a name to the code of a school.
    """

    def __init__(self, schools: pd.DataFrame, mapped: Mapping[str, str] | None = None) -> None:
        codes, names = schools["school_id"].tolist(), schools["name"].tolist()
        zones = schools["zone"].fillna("").tolist()
        self._names = dict(zip(codes, names, strict=True))
        self._words = {
            code: school_key(f"{name} {zone}").split() for code, name, zone in zip(codes, names, zones, strict=True)
        }
        # From the surest way to name a school to the loosest: the first that knows a word decides.
        ways: list[Mapping[str, set[str]]] = [defaultdict(set) for _ in range(5)]
        for code, name, zone in zip(codes, names, zones, strict=True):
            ways[0][school_key(code)].add(code)
            ways[1][school_key(name)].add(code)
            for both in (f"{code} {name}", f"{name} {code}"):
                ways[1][school_key(both)].add(code)
            ways[2][school_key(f"{name} {zone}")].add(code)
            ways[3][_bare(name)].add(code)
            if code.isdigit():
                ways[4][code.lstrip("0")].add(code)  # a spreadsheet drops the zeros before a number
        answers = {school_key(name): {code} for name, code in (mapped or {}).items() if code in self._names}
        self._ways = [answers, *ways]
        self._hints: dict[str, str] = {}

    def find(self, word: str) -> str | None:
        """The code of the one school that ``word`` can mean by its code, its name, both or an abbreviation; else None."""
        found = self._candidates(word)
        return found[0] if len(found) == 1 else None

    def nearest(self, word: str) -> list[str]:
        """The codes of the N_NEAREST schools that ``word`` may mean, the likeliest first."""
        key = school_key(word)
        typed, candidates = key.split(), set(self._candidates(word))

        def likeness(code: str) -> tuple[bool, bool, float]:
            words = self._words[code]
            shared = len(set(typed) & set(words) - _KINDS_OF_SCHOOL - _SMALL_WORDS) / max(len(typed), 1)
            ratio = difflib.SequenceMatcher(None, key, " ".join(words)).ratio()
            return code in candidates, _abbreviates(typed, words), ratio + shared

        return sorted(self._names, key=likeness, reverse=True)[:N_NEAREST]

    def resembles_another(self, name: str) -> bool:
        """Whether a school's ``name`` may be another one's, cut short, abbreviated or with a letter of one word mistaken."""
        typed, own = school_key(name).split(), self.find(name)
        return any(
            code != own
            and (
                (_is_distinctive(typed, words) and (_abbreviates(typed, words) or _abbreviates(words, typed)))
                or _is_misspelt(typed, words)
            )
            for code, words in self._words.items()
        )

    def hint(self, word: str) -> str:
        """What helps to correct a word that names no school, in French, or ""."""
        if word not in self._hints and len(self._hints) < MAX_HINTS:
            self._hints[word] = self._hint(word)
        return self._hints.get(word, "")

    def question(self, word: str, rows: Sequence[int]) -> Question:
        """Which school ``word`` means, in the rows of these numbers: the nearest three first, then all others by name."""
        near = self.nearest(word)
        others = sorted(set(self._names) - set(near), key=lambda code: school_key(self._names[code]))
        choices = {code: f"{self._names[code]} ({code})" for code in near}
        choices[OTHER_SCHOOL] = "Une autre école, qui n’est pas dans la liste"
        choices |= {code: f"{self._names[code]} ({code})" for code in others}
        return Question(
            "school",
            f"Quelle école est « {word.strip()} » ?",
            choices,
            ("schools", word.strip()),
            n_rows=len(rows),
            rows=tuple(rows[:5]),
        )

    def _hint(self, word: str) -> str:
        candidates = self._candidates(word)
        if len(candidates) > 1 and len({school_key(self._names[code]) for code in candidates}) == 1:
            return "plusieurs y portent ce nom : écrivez le code"
        if candidates:
            return f"est-ce {listing([f'« {self._names[code]} »' for code in candidates[:N_NEAREST]], 'ou')}"
        close = difflib.get_close_matches(
            school_key(word), [school_key(name) for name in self._names.values()], 1, 0.75
        )
        known = {school_key(name): name for name in self._names.values()}
        return f"la plus proche : « {known[close[0]]} »" if close else ""

    def _candidates(self, word: str) -> list[str]:
        """The codes of the schools that ``word`` may mean, by the surest way that knows it."""
        key = school_key(word)
        for way in self._ways:
            by = key.lstrip("0") if way is self._ways[-1] else key
            if found := way.get(by):
                return sorted(found)
        code, name = split_code(word)
        if code and name:
            if school_key(self._names.get(code, "")) == school_key(name):
                return [code]
            if not any(map(str.isdigit, self._names)):  # a list without codes
                return self._candidates(name)
        typed = key.split()
        return [
            code
            for code, words in self._words.items()
            if (_is_distinctive(typed, school_key(self._names[code]).split()) and _abbreviates(typed, words))
            or (len(key) >= _CUT_OFF and school_key(self._names[code]).startswith(key))
        ]


class RegisterSchools(NamedTuple):
    """The schools of a register's rows.

    ``codes`` has the code of each row's school, "" where the cell is empty, None where no school can be told. ``added`` are
    the schools (table ``schools``) that the register itself tells; ``questions`` ask for the names that may be several.
    """

    codes: np.ndarray
    added: pd.DataFrame
    questions: tuple[Question, ...]


def resolve_schools(
    words: Sequence[str],
    levels: Sequence[str | None],
    rows: Sequence[int],
    schools: pd.DataFrame,
    mapped: Mapping[str, str],
) -> RegisterSchools:
    """Find the school of each row among ``schools``, a list or what is known from before, and the answers ``mapped``.

    Beside a list, a name that it does not hold is asked, and its rows have no school until it is answered. Without a list
    (``schools`` empty, or all provisional) it is a school of its own; it is asked where it may be another's abbreviation.
    ``levels`` are as for :func:`provisional_schools`; ``rows`` are the numbers that the spreadsheet shows.
    """
    has_list = not schools["provisional"].all()
    counts = Counter({word: n for word, n in Counter(words).items() if school_key(word)})
    others = {school_key(name) for name, code in mapped.items() if code == OTHER_SCHOOL}
    known = SchoolNames(schools, mapped)
    new = {word for word in counts if known.find(word) is None and (not has_list or school_key(word) in others)}
    pairs = [(word, level) for word, level in zip(words, levels, strict=True) if word in new]
    added = provisional_schools([word for word, _ in pairs], [level for _, level in pairs])
    every = SchoolNames(pd.concat([schools, added], ignore_index=True) if len(schools) else added, mapped)
    asked = [word for word in counts if word not in new and known.find(word) is None]
    if not has_list:
        asked = [name for name in added["name"] if school_key(name) not in others and every.resembles_another(name)]
    codes = {word: every.find(word) if school_key(word) else "" for word in set(words)}
    places: dict[str, list[int]] = {word: [] for word in asked}
    for word, row in zip(words, rows, strict=True):
        if word in places:
            places[word].append(row)
    questions = tuple(every.question(word, places[word]) for word in sorted(asked, key=lambda w: -counts[w]))
    return RegisterSchools(np.fromiter(map(codes.__getitem__, words), object, len(words)), added, questions)


def _bare(name: str) -> str:
    """The key of a name without the place that it says in brackets or after a dash."""
    found = _PLACE.match(name)
    return school_key(found["name"] if found else name)


def _is_distinctive(typed: Sequence[str], name: Sequence[str]) -> bool:
    """Whether a word of four letters or more that is no kind of school stands in both."""
    return any(len(word) > 3 and word not in _KINDS_OF_SCHOOL for word in set(typed) & set(name))


def _is_misspelt(typed: Sequence[str], words: Sequence[str]) -> bool:
    """Whether two names differ in one word of five letters or more, by a letter or two; a number tells schools apart."""
    different = [pair for pair in zip(typed, words, strict=False) if pair[0] != pair[1]]
    if len(typed) != len(words) or len(different) != 1:
        return False
    one, other = different[0]
    is_long = min(len(one), len(other)) > 4 and (one + other).isalpha()
    return is_long and difflib.SequenceMatcher(None, one, other).ratio() >= 0.8


def _abbreviates(typed: Sequence[str], words: Sequence[str]) -> bool:
    """Whether each typed word stands, in order, for words of a school: whole, cut short, or by their first letters.

    >>> _abbreviates("efl sainte fiction".split(), "ecole fondamentale libre sainte fiction".split())
    True
    """
    long_words = [word for word in words if word not in _SMALL_WORDS]
    place = 0
    for word in typed:
        if word in _SMALL_WORDS:
            continue
        for start in range(place, len(long_words)):
            initials = "".join(other[0] for other in long_words[start : start + len(word)])
            is_cut_short = not word.isdigit() and long_words[start].startswith(word)
            if long_words[start] == word or is_cut_short:
                place = start + 1
                break
            if len(word) > 1 and initials == word:
                place = start + len(word)
                break
        else:
            return False
    return bool(typed)
