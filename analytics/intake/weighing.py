"""Which column is which: each one is weighed by its header, by what its cells hold and by its neighbours.

A header is compared by name, by synonym and by the beginnings of its words; a column is profiled on a sample of its cells.
The best pairs of field and column are taken first. A pair that is likely but not sure becomes a question.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

from analytics.domain.french import listing
from analytics.domain.vocabulary import OUTCOMES, holds_stem, normalise
from analytics.intake.cells import text
from analytics.intake.dates import Order, cell_moment
from analytics.intake.headers import (
    CALLS,
    EXACT,
    MAPPED,
    SAME_WORDS,
    WEAK,
    Header,
    header_readings,
    name_score,
    never_score,
)
from analytics.intake.layout import Layout, field_code, sampled_rows
from analytics.intake.mapping import ALSO_READ, IGNORED, REGISTER, Field, OwnWords, named
from analytics.intake.profiles import PLAIN, Profile, fit_of, least_fit
from analytics.intake.questions import Question, column_question
from analytics.spreadsheets.reading import Cell, RefusedFileError, Sheet

N_LOOKED_UP = 20  # words by which a column of schools is known
_LONGEST_FORM = timedelta(hours=6)


def lay_out(sheets: Sequence[Sheet], fields: Sequence[Field], own_words: OwnWords, what: str) -> Layout:
    """The sheet that holds most of ``fields``, with its header row found under any title lines.

    RefusedFileError when no header is known or a required one is missing.
    """
    layouts = [layout for sheet in sheets if (layout := read_headers(sheet, fields, own_words))]
    if not layouts:
        raise RefusedFileError(f"{what} : la feuille est vide.")
    best = max(layouts, key=lambda layout: len(layout.columns))
    missing = missing_fields(best, fields)
    if missing or not best.columns:
        raise RefusedFileError(f"{what} : il manque {named([candidate.header for candidate in missing])}.")
    return best


def missing_fields(layout: Layout, fields: Sequence[Field]) -> list[Field]:
    """The required fields that no column is."""
    flags = any(code.startswith("incident:") for code in layout.columns)
    return [f for f in fields if f.required and f.code not in layout.columns and not (flags and f.code == "incidents")]


def read_headers(
    sheet: Sheet,
    fields: Sequence[Field],
    own_words: OwnWords,
    is_school: Callable[[str], object] = lambda word: False,
) -> Layout | None:
    """The best layout of a sheet: the header row whose columns are most fields by name and by cells; None if it is empty."""
    readings = header_readings(sheet)
    scores = {reading: reading.score(fields, own_words) for reading in readings}
    likely = sorted(readings, key=lambda reading: (-scores[reading], reading.row))[:4]
    likely = [reading for reading in likely if 2 * scores[reading] >= scores[likely[0]]]
    required = {candidate.code for candidate in fields if candidate.required}

    def worth(found: tuple[Layout, bool]) -> tuple[int, int, bool, int]:
        layout, is_grouped = found
        return len(required & set(layout.columns)), len(layout.columns), is_grouped, -layout.header_row

    layouts = [
        (_Weighing(sheet, reading, fields, own_words, is_school).layout, reading.is_grouped) for reading in likely
    ]
    return max(layouts, key=worth)[0] if layouts else None


def lay_out_register(sheet: Sheet, own_words: OwnWords, is_school: Callable[[str], object]) -> Layout | None:
    """The layout of a sheet as a register, with what it says in more ways than the template does.

    ``is_school`` tells the names and codes of a list of schools, where there is one.
    """
    return read_headers(sheet, (*REGISTER, *ALSO_READ), own_words, is_school)


class _Weighing:
    """The columns that one reading of the headers gives: the best pairs of field and column, then what is left to settle."""

    def __init__(
        self,
        sheet: Sheet,
        header: Header,
        fields: Sequence[Field],
        own_words: OwnWords,
        is_school: Callable[[str], object],
    ) -> None:
        self.header, self.fields, self.own_words, self.is_school = header, fields, own_words, is_school
        self.rows = sampled_rows(sheet, header.row)
        self.profiles = [Profile(self.rows, column) for column in range(len(header.headers))]
        self.mapped = [own_words.columns.get(normalise(name)) for name in header.headers]
        self.instants = _noted_instants(self.rows, self.profiles)
        self.forms = _form_instants(self.instants)
        self.scores: dict[tuple[str, int], float] = {}
        self.fits: dict[tuple[str, int], float] = {}
        self.columns: dict[str, int] = {}
        self.questions: list[Question] = []
        self.rivals: set[int] = set()  # columns that are asked about
        self._take_by_header()
        self._take_by_content()
        self._take_steps_in_text()
        self._leave_remarks()
        self._settle_rivals()
        self._settle_journal()
        self._ask_unread()
        self.layout = Layout(sheet, header.row, header.headers, self.columns, tuple(self.questions))

    def _take_by_header(self) -> None:
        """Take the best pairs of field and column, by header and by cells."""
        pairs = []  # (weight, place of the field, column)
        for column, profile in enumerate(self.profiles):
            never = max(map(never_score, self.header.names[column]), default=0.0)
            for place, candidate in enumerate(self.fields):
                if (score := self._score(candidate, column)) <= 0:
                    continue
                fit = fit_of(candidate, profile, self.own_words)
                is_plain = fit >= 0.9 and candidate.code in PLAIN and profile.n_filled
                is_step = candidate.kind == "step" and fit >= 0.5 and profile.n_filled  # « Référent police », of days
                if never > score and (score < SAME_WORDS or never >= EXACT) and not (is_plain or is_step):
                    continue
                self.fits[candidate.code, column], self.scores[candidate.code, column] = fit, score
                if score == MAPPED or fit >= least_fit(candidate, score, profile) - 1e-9:
                    pairs.append((score + 0.2 * fit, -place, -column))
        for _, place, column in sorted(pairs, reverse=True):
            if (code := self.fields[-place].code) not in self.columns and -column not in self.columns.values():
                self.columns[code] = -column

    def _score(self, candidate: Field, column: int) -> float:
        """How far the header of a column says that it is a field; 0 where it cannot be."""
        if (mapped := self.mapped[column]) is not None:
            return MAPPED if mapped == candidate.code else 0.0
        if not (header := self.header.headers[column]):
            return 0.0
        score = max((name_score(candidate, name) for name in self.header.names[column]), default=0.0)
        score -= 0.2 * header.startswith("_")  # a survey tool's own
        noted = {sent for _, sent in self.forms} if candidate.code == "closed" else self._of_a_form
        is_noted = column in noted and (candidate.code == "closed" or score <= WEAK)
        return 0.0 if candidate.kind == "date" and is_noted else score

    @property
    def _of_a_form(self) -> set[int]:
        """The columns of instants that an application notes."""
        return {column for pair in self.forms for column in pair}

    def _is_free(self, column: int) -> bool:
        return self._is_unread(column) and not any(map(never_score, self.header.names[column]))

    def _is_unread(self, column: int) -> bool:
        return bool(self.header.headers[column]) and column not in self.columns.values()

    def _take_by_content(self) -> None:
        """Take the one column whose cells can only be a field's, whatever its header says."""
        for candidate in self.fields:
            if candidate.code in self.columns or candidate.code not in PLAIN:
                continue
            if candidate.code == "incidents" and any(code.startswith("incident:") for code in self.columns):
                continue

            def fit(profile: Profile, candidate: Field = candidate) -> float:
                is_listed = candidate.code == "school"
                return self._listed_schools(profile) if is_listed else fit_of(candidate, profile, self.own_words)

            alike = [
                column
                for column, profile in enumerate(self.profiles)
                if self._is_free(column)
                and self.mapped[column] is None
                and profile.n_distinct > 1
                and profile.yes_no < 0.5
                and fit(profile) >= 0.9
            ]
            if len(alike) == 1:
                self.columns[candidate.code] = alike[0]

    def _listed_schools(self, profile: Profile) -> float:
        """The share of a column's words that a list of schools knows."""
        words = sorted(profile.words)[:N_LOOKED_UP]
        return sum(map(bool, map(self.is_school, words))) / max(len(words), 1)

    def _take_steps_in_text(self) -> None:
        """Where no step has a column, take the text that tells them: no case may lose its steps in silence."""
        candidate = next((candidate for candidate in self.fields if candidate.kind == "steps"), None)
        if candidate is None or any(code in ("steps", "action") or code.startswith("step:") for code in self.columns):
            return
        fits = {
            column: fit_of(candidate, profile, self.own_words)
            for column, profile in enumerate(self.profiles)
            if column not in self.columns.values() and profile.n_filled and self.mapped[column] is None
        }
        best = max(fits, key=lambda column: fits[column], default=None)
        if best is not None and fits[best] >= 0.5:
            self.columns[candidate.code] = best

    def _leave_remarks(self) -> None:
        """Where steps have columns and each row is a case, a text that names steps too is a remark."""
        number = self.columns.get("case_number")
        if number is None or not any(code.startswith("step:") for code in self.columns):
            return
        numbers = [text(row[number]) for row in self.rows]
        if sum(n == 1 for n in Counter(numbers).values()) > len(numbers) / 2:
            self.columns = {code: i for code, i in self.columns.items() if code not in ("action", "steps")}

    def _settle_journal(self) -> None:
        """Of the days of a register with one row per action, the one that varies within a case is the action's."""
        number = self.columns.get("case_number")
        if "action" not in self.columns or number is None:
            return
        for code in ("reported", "facts_on"):
            column, dated = self.columns.get(code), self.columns.get("action_on")
            if (
                column is None
                or (dated is not None and self._varies(dated, number))
                or not self._varies(column, number)
            ):
                continue
            del self.columns[code]
            self.columns["action_on"] = column
            if dated is not None:
                self.columns[code] = dated

    def _varies(self, column: int, number: int) -> bool:
        """Whether a column has several values within many cases; a row without a number goes on with the case above."""
        values, case = defaultdict(set), ""
        for row in self.rows:
            case = text(row[number]) or case
            values[case] |= {text(row[column])} - {""}
        return sum(len(of_case) > 1 for of_case in values.values()) > len(values) / 5

    def _ask_unread(self) -> None:
        """Ask about columns of days, of yes and no, or of numbers under the name of a step, that are not read.

        They may be a step, the closure or a fact: left aside in silence, every case would be wrong.
        """
        if "case_number" not in self.columns:
            return
        missing = [
            f for f in self.fields if (f.step or f.code in ("closed", "facts_on")) and f.code not in self.columns
        ]
        flags = {column for code, column in self.columns.items() if code.startswith("incident:")}
        tells_closure = bool({"closed", "status"} & set(self.columns))
        for column, profile in enumerate(self.profiles):
            header = self.header.headers[column]
            if not self._is_free(column) or not profile.n_filled or column in self.rivals or self.mapped[column]:
                continue
            is_called = any(holds_stem(normalise(header).split(), verb) for verb in CALLS)
            sans_objet = profile.share(lambda word: OUTCOMES.find(word) == "not_applicable")
            is_like_steps = sans_objet > 0 and profile.dates + profile.yes_no + sans_objet >= 0.8
            is_named = any(self.scores.get((f.code, column), 0) >= SAME_WORDS for f in missing if f.step)
            if {column - 1, column + 1} & flags and profile.yes_no >= 0.95:
                facts = [f for f in self.fields if f.kind == "flag" and f.code not in self.columns]
                facts.sort(key=lambda f: f.code != "incident:other")
                self.questions.append(_ask_unread(header, facts, profile))
            elif (
                is_like_steps
                or (profile.dates >= 0.5 and (is_called or not (tells_closure or column in self._of_a_form)))
                or (profile.yes_no >= 0.8 and is_called)
                or (profile.numbers > 0 and is_named)
            ):
                self.questions.append(_ask_unread(header, missing, profile))

    def _settle_rivals(self) -> None:
        """Where two columns may be one field: they complete each other, say the same, or are asked about."""
        doubtful: dict[int, list[Field]] = defaultdict(list)
        for candidate in self.fields:
            taken = self.columns.get(candidate.code)
            for column in range(len(self.profiles)):
                score = self.scores.get((candidate.code, column), 0.0)
                if not score or score == MAPPED or not self._is_unread(column) or candidate.kind in ("action", "steps"):
                    continue
                fit = self.fits[candidate.code, column]
                if taken is None:  # a step whose header says more than its name, over dates or yes and no
                    if candidate.kind == "step" and fit >= 0.5 and self.profiles[column].n_filled:
                        doubtful[column].append(candidate)
                elif not self._is_free(column):
                    continue
                elif self.scores.get((candidate.code, taken), 0) != MAPPED and self.profiles[column].n_filled:
                    self._decide_between(candidate, taken, column, fit)
        for column, candidates in doubtful.items():
            self.questions.append(_ask_column(self.header.headers[column], candidates, self.profiles[column].n_filled))
        self.rivals |= set(doubtful)
        self._ask_lone()

    def _ask_lone(self) -> None:
        """Ask about a column that is read, and whose cells fit something else as well.

        « Fin » over an instant in every row may be when a form was sent; « Exclusion » beside the facts may be a sanction.
        """
        lone = []
        closed = self.columns.get("closed", -1)
        if closed in self.instants and self.scores.get(("closed", closed), 0) <= WEAK:
            lone.append(("closed", closed))
        flags = [(code, column) for code, column in self.columns.items() if code.startswith("incident:")]
        if "incidents" in self.columns and len(flags) == 1:
            lone += flags
        for code, column in lone:
            if self.mapped[column] is not None:
                continue
            candidate = next(candidate for candidate in self.fields if candidate.code == code)
            self.questions.append(_ask_column(self.header.headers[column], [candidate], self.profiles[column].n_filled))

    def _decide_between(self, candidate: Field, taken: int, column: int, fit: float) -> None:
        score, best = self.scores[candidate.code, column], self.scores.get((candidate.code, taken), EXACT)
        one = self.profiles[taken]
        if candidate.kind in ("step", "date"):
            if fit < 0.5 or score < best - 0.35:
                return
            said, dated = sorted((taken, column), key=lambda place: self.profiles[place].dates)
            is_pair = (
                self.profiles[said].yes_no >= 0.5 > self.profiles[said].dates and self.profiles[dated].dates >= 0.5
            )
            if candidate.code != "reported" and is_pair:  # « oui » beside its date
                self.columns |= {candidate.code: dated, f"also:{candidate.code}": said}
                return
        elif candidate.code == "incidents" or candidate.kind == "flag":
            if fit >= 0.5:
                n_taken = sum(field_code(code) == candidate.code for code in self.columns)
                self.columns["also:" * n_taken + candidate.code] = column
            return
        elif candidate.kind not in ("number", "school", "status") or score < best - 0.1 or fit < 0.5:
            return
        elif (
            candidate.kind == "school"
        ):  # a place beside the name of the school is no rival where a list knows the name
            known, other = map(self._listed_schools, (one, self.profiles[column]))
            if known > 0.5 > other:
                return
        self.rivals.add(column)
        is_same = candidate.kind not in ("step", "date") and _say_the_same(self.rows, taken, column)
        if candidate.kind in ("number", "step", "date"):
            is_same = all(text(row[taken]) == text(row[column]) for row in self.rows)
        if not is_same:
            self.questions.append(
                _ask_column(self.header.headers[taken], [candidate], one.n_filled, self.header.headers[column])
            )


def _ask_unread(header: str, missing: Sequence[Field], profile: Profile) -> Question:
    """What a column is that may be one of the ``missing`` fields; the closure first, where nothing says it."""
    ordered = sorted(missing, key=lambda candidate: candidate.code != "closed")
    choices = {candidate.code: f"« {candidate.header} »" for candidate in ordered}
    aside = {IGNORED: "Rien de cela : la laisser de côté"}
    is_first = ("closed" in choices and profile.dates >= 0.5) or "incident:other" in choices
    text = f"Relais ne sait pas de quoi parle la colonne « {header} », qui peut compter. Qu’est-ce ?"
    return column_question(header, text, choices | aside if is_first else aside | choices, profile.n_filled)


def _noted_instants(rows: Sequence[Sequence[Cell]], profiles: Sequence[Profile]) -> dict[int, list[datetime | None]]:
    """The columns that hold an instant in nearly every row, as an application notes it."""
    instants = {}
    for column, profile in enumerate(profiles):
        if profile.n_filled >= max(3, 0.9 * len(rows)) and profile.dates >= 0.9:
            moments = [cell_moment(row[column], Order.DAY_FIRST) for row in rows]
            if sum(bool(moment and (moment.hour or moment.minute)) for moment in moments) >= 0.9 * len(rows):
                instants[column] = moments
    return instants


def _form_instants(instants: Mapping[int, list[datetime | None]]) -> list[tuple[int, int]]:
    """Of these columns the pairs in which a form's application notes when it was opened and when it was sent.

    The second one follows the first by a few hours at most in every row: nobody closes every case on the spot.
    """
    found = []
    for opened, sent in permutations(instants, 2):
        pairs = zip(instants[opened], instants[sent], strict=True)
        gaps = [end - start for start, end in pairs if start and end]
        if len(gaps) >= 0.9 * len(instants[sent]) and all(timedelta(0) <= gap <= _LONGEST_FORM for gap in gaps):
            found.append((opened, sent))
    return found


def _say_the_same(rows: list[Sequence[Cell]], one: int, other: int) -> bool:
    """Whether each value of a column stands beside one value of the other, both ways: a code and its name."""
    pairs = {(text(row[one]), text(row[other])) for row in rows if text(row[one]) and text(row[other])}
    return len(pairs) == len({pair[0] for pair in pairs}) == len({pair[1] for pair in pairs})


def _ask_column(header: str, candidates: Sequence[Field], n_rows: int, rival: str = "") -> Question:
    beside = f" La colonne « {rival} » pourrait l’être aussi." if rival else ""
    names = [f"« {candidate.header} »" for candidate in candidates]
    aside = {IGNORED: f"Non : {f'c’est « {rival} »' if rival else 'la laisser de côté'}"}
    choices = {candidate.code: f"Oui : {name}" for candidate, name in zip(candidates, names, strict=True)}
    question = column_question(
        header,
        f"La colonne « {header} » est-elle {listing(names, 'ou')} ?{beside}",
        aside | choices if never_score(header) else choices | aside,
        n_rows,
    )
    is_blocking = any(c.required or c.step or c.kind == "flag" or c.code == "closed" for c in candidates)
    return replace(question, blocking=is_blocking)
