"""One version of the store, and what it answers: counts, filtered in DuckDB."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from analytics.domain.risk import ResidualRisk
from analytics.domain.schema import TABLES
from analytics.domain.selection import EVERYTHING, Selection
from analytics.domain.vocabulary import INCIDENT_TYPES, RELAYS
from analytics.store import layout, steps
from analytics.store.layout import of_type
from analytics.store.reading import Reader
from analytics.store.selecting import CaseQuery, school_conditions

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Choices:
    """What may be chosen: the weeks of the first and the last report, None without a case, school years and zones."""

    first_week: date | None
    last_week: date | None
    school_years: list[str]
    zones: list[str]


class Snapshot(Reader):
    """One version of the store: who it is, what may be chosen, and its counts."""

    def table(self, name: str) -> pd.DataFrame:
        """A whole table of the schema, in the order of its key. What a file of an older layout lacks is filled in."""
        ask = self.ask if name in layout.VIEWS else self.query  # whole tables of cases would fill the memory
        return ask(f"SELECT {self._columns(name)} FROM {name} ORDER BY {', '.join(TABLES[name].key)}")

    def digests(self) -> dict[str, str]:
        """A digest of the rows of each table of the schema, the same wherever and in whatever order they are kept."""
        total = "SELECT sum(hash(row)::HUGEINT)::VARCHAR AS n FROM (SELECT {} FROM {}) AS row"
        return {name: str(self.ask(total.format(self._columns(name), name))["n"].iloc[0]) for name in TABLES}

    def read_all(self) -> None:
        """Read every stored byte, whatever no question asks; DamagedStoreError when one cannot be read."""
        for name in layout.STORED:
            self.ask(f"SELECT sum(hash(row)::HUGEINT) FROM {name} AS row")

    def _columns(self, name: str) -> str:
        found = self.columns(name)
        return ", ".join(
            c.name if c.name in found else f"{layout.WHERE_LACKING.get(c.name, 'NULL')}::{c.type} AS {c.name}"
            for c in TABLES[name].columns
        )

    @property
    def is_demo(self) -> bool:
        """Whether the records are fictitious."""
        return bool(self.rows("SELECT bool_or(source = 'demo') AS demo FROM imports")[0]["demo"])

    @property
    def as_of(self) -> date:
        """The day of the last imported extraction; of several offices that have cases, the earliest of these days."""
        return min(self.extracts.values())

    @property
    def extracts(self) -> dict[str, date]:
        """The day of the last extraction of each office that has cases, or of each that imported where none has."""
        return self.remember("extracts", self._extracts)

    def _extracts(self) -> dict[str, date]:
        last = {made["office"]: made["as_of"] for made in self.imports()}
        if len(last) > 1:
            with_cases = {row["office"] for row in self.rows("SELECT DISTINCT office FROM records")}
            last = {office: as_of for office, as_of in last.items() if office in with_cases} or last
        return last

    def imports(self) -> list[dict[str, Any]]:
        """The table ``imports``, the first one first; imported_at without a time zone, in UTC."""
        return self.rows(
            f"""
            SELECT * REPLACE (make_timestamp(epoch_us(imported_at)) AS imported_at)
            FROM (SELECT {self._columns("imports")} FROM imports) ORDER BY imported_at
            """
        )

    def _at_extracts(self, selection: Selection) -> Iterator[tuple[Selection, date]]:
        """The part of a selection that each day of :attr:`extracts` tells of, with that day."""
        extracts = {
            office: as_of for office, as_of in self.extracts.items() if office in (selection.offices or [office])
        }
        days = sorted(set(extracts.values()))
        if len(days) < 2:
            yield selection, days[0] if days else self.as_of
            return
        for day in days:
            yield replace(selection, offices=tuple(office for office, as_of in extracts.items() if as_of == day)), day

    @property
    def tells_closure(self) -> bool:
        """Whether a register that was imported says which cases are closed; if not, every case counts as open."""
        return self.rows("SELECT bool_or(tells_closure) AS tells FROM imports")[0]["tells"] is not False

    def holds(self, case_id: str) -> bool:
        """Whether a case is among the records."""
        return bool(self.rows("SELECT 1 AS found FROM records WHERE case_id = $case_id", {"case_id": case_id}))

    def open_cases(self) -> list[str]:
        """The pseudonyms of all open cases."""
        return self.query("SELECT case_id FROM records WHERE status = 'open' ORDER BY case_id")["case_id"].tolist()

    def sizes(self) -> dict[str, int]:
        """How many there are in all: n_cases, n_open, n_schools."""
        counted = "count(*) AS n_cases, count(*) FILTER (status = 'open') AS n_open"
        return self.rows(f"SELECT {counted}, (SELECT count(*) FROM schools) AS n_schools FROM records")[0]

    def choices(self) -> Choices:
        """What a filter panel offers."""
        (found,) = self.rows(
            """
            SELECT min(report_week) AS first_week, max(report_week) AS last_week,
                   coalesce(list_sort(list(DISTINCT school_year)), []) AS school_years,
                   (SELECT coalesce(list_sort(list(DISTINCT zone)), []) FROM schools WHERE zone IS NOT NULL) AS zones
            FROM records
            """
        )
        return Choices(**found)

    def case_counts(self, selection: Selection = EVERYTHING, by: Sequence[str] = ()) -> pd.DataFrame:
        """Number of cases, one row per combination of ``by``: [*by, n]. Without ``by`` one row, also when n is 0."""
        query = CaseQuery(selection, by)
        return self.query(f"SELECT {query.columns} count(*) AS n FROM {query.rows()} {query.grouped}", query.parameters)

    def incident_counts(self, selection: Selection = EVERYTHING, by: Sequence[str] = ()) -> pd.DataFrame:
        """Number of cases with each incident type: [incident_type, *by, n]. A case counts once for each of its types."""
        query, names = CaseQuery(selection, by), ", ".join(f'"{code}"' for code in INCIDENT_TYPES)
        counts = ", ".join(f'count(*) FILTER ({of_type(code)}) AS "{code}"' for code in INCIDENT_TYPES)
        rows = query.rows(*map(of_type, INCIDENT_TYPES))  # one reading of them for all types
        return self.query(
            f"""
            SELECT incident_type::incident_type AS incident_type, {query.columns} n
            FROM (
                UNPIVOT (SELECT {query.columns} {counts} FROM {rows} GROUP BY ALL)
                ON {names} INTO NAME incident_type VALUE n
            )
            WHERE n > 0 ORDER BY ALL
            """,
            query.parameters,
        )

    def type_numbers(self, selection: Selection = EVERYTHING) -> pd.DataFrame:
        """Number of cases by their number of incident types: [n_types, n]."""
        query = CaseQuery(selection, ())
        n_types = " + ".join(f"{of_type(code)}::INTEGER" for code in INCIDENT_TYPES)
        return self.query(
            f"SELECT n_types, count(*) AS n FROM {query.rows(f'{n_types} AS n_types')} GROUP BY ALL ORDER BY ALL",
            query.parameters,
        )

    def type_pairs(self, selection: Selection = EVERYTHING) -> pd.DataFrame:
        """Number of cases that have two incident types together: [incident_type, other_type, n], each pair both ways."""
        query = CaseQuery(selection, ())
        types = ", ".join(f"CASE WHEN {of_type(code)} THEN '{code}' END" for code in INCIDENT_TYPES)
        counted = f"SELECT *, count(*) AS n FROM {query.rows(*map(of_type, INCIDENT_TYPES))} GROUP BY ALL"
        return self.query(
            f"""
            WITH kinds AS (SELECT [{types}] AS types, n FROM ({counted})),
            firsts AS (SELECT unnest(types) AS incident_type, types, n FROM kinds),
            pairs AS (SELECT incident_type, unnest(types) AS other_type, n FROM firsts)
            SELECT incident_type, other_type, sum(n)::BIGINT AS n FROM pairs
            WHERE incident_type <> other_type GROUP BY ALL ORDER BY ALL
            """,
            query.parameters,
        )

    def step_counts(
        self,
        clock: str,
        selection: Selection = EVERYTHING,
        by: Sequence[str] = (),
        step: str | Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Number of cases by step, what became of it, and when: [step, *by, event, delay, earliest, n, n_time_completed].

        ``clock``: "hours", "school_days", or "deadline", the part of its deadline that a step took (1 is the last moment in
        time). ``event``: done, pending (open case), closed (closed without the step), undated (done on a day that is not
        known), closed_undated (closed without it on a day that is not known), done_later (below), not_applicable,
        not_recorded, or, by the clock "deadline", no_deadline. ``delay`` runs from the report to the step, else to the
        closure or the extraction; it is missing where there is no day. n_time_completed counts the done whose time of day
        was completed: ``delay`` has it as late as it can be, ``earliest`` as early as it can be (a report by 16:00, a step
        from 08:00). Postvention may follow the closure: it is pending in closed cases too, and followed for
        POSTVENTION_FOLLOWED; what is done after that is done_later, at that delay. With incident_type in ``by`` a case
        counts once for each of its types. ``step`` asks for one step alone, or for some.
        """
        return self.query(*steps.step_counts(clock, selection, by, step))

    def steps_reached(
        self,
        clock: str,
        selection: Selection = EVERYTHING,
        by: Sequence[str] = (),
        step: str | Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """How far :data:`steps.ENOUGH` cases or a few more, drawn by chance, came with each step, which tells how alike
        those of a school are. One row per case (and type, with incident_type in ``by``): [school_id, *by, a step each].

        Twice the power of two that the delay plus one does not pass, and one more where the step is done; -1 where the case
        tells nothing of its pace. Clocks, steps and delays are those of :meth:`step_counts`.
        """
        return self.query(*steps.steps_reached(clock, selection, by, step, self._lots(selection, steps.ENOUGH)))

    def _lots(self, selection: Selection, most: int) -> int | None:
        """How many cases, the first by pseudonym, hold ``most`` of the chosen ones; None where no more are chosen."""
        n_chosen, n_cases = (int(self.case_counts(chosen)["n"].iloc[0]) for chosen in (selection, EVERYTHING))
        # Lots are drawn: of the first so many nearly as large a part is chosen as of all, and a tenth more is enough.
        return 1_000 + 11 * most * n_cases // (10 * n_chosen) if n_chosen > most else None

    def school_step_counts(
        self, clock: str, selection: Selection = EVERYTHING, step: str = RELAYS[0], *, by_type: bool = False
    ) -> pd.DataFrame:
        """Number of cases of each school by what became of a step, and about when: [school_id, danger, school_level,
        school_year, event, delay, n], or with ``by_type`` [school_id, danger, event, delay, n, one column per type].

        ``delay`` is the power of two that the delay plus one has reached, enough for a test of ranks: a few rows per school,
        however many cases, in any order. ``event`` is done, pending or closed, postvention done later being pending still;
        it and the delay are missing where a case tells nothing of the pace. A case counts once in n, and in the column of
        each of its types. Of more than :data:`steps.COMPARED` cases the first by pseudonym are counted, as by lot.
        """
        lots = self._lots(selection, steps.COMPARED)
        return self.query(*steps.school_step_counts(clock, selection, step, by_type, lots))

    def relay_times(self) -> pd.DataFrame:
        """Number of relays done, and of those on a day or at a time of day that is not known, in all cases or, of many, in
        the first by pseudonym: one row [n_done, n_without_time].
        """
        return self.query(steps.relay_times())

    def work_list(
        self,
        selection: Selection = EVERYTHING,
        state: str = "overdue",
        order: str = "newest",
        steps: Sequence[str] = (),
        most: int | None = None,
        case_id: str | None = None,
    ) -> pd.DataFrame:
        """Open cases that someone has to act on, one row per case, at the most ``most`` of them:
        [case_id, school_id, name, zone, school_level, report_week, danger, state, overdue, soon, step, in_hours, deadline,
        late_hours, oldest_hours, quiet_days, as_of].

        ``state``: overdue (a step waits beyond its deadline), soon (one is due within SOON class days), or dormant (whatever
        waits, nothing was dated for DORMANT class days and no extract changed the case for as long). ``order``: newest
        (least overdue, or due, or quiet), oldest, or most (missing), each with danger first; or school.
        ``steps`` keeps the cases that wait for one of them, and judges each by these alone; ``case_id`` one case, in any
        state.
        overdue and soon are sets of steps (:data:`layout.BITS`). step is the last one whose deadline passed, else the
        next one due, with its deadline (hours where ``in_hours``, else class days); late_hours run from that deadline to the
        extraction (negative before it), oldest_hours from the first one that passed. quiet_days are class days. ``as_of`` is
        the day of the extraction that tells of the case, its office's last one.
        """
        import pandas as pd

        from analytics.store import work  # with the calendar, for which who asks no list need not wait

        found = [
            self.query(*work.work_list(chosen, as_of, state, order, steps, most, case_id)).assign(
                as_of=pd.Timestamp(as_of)
            )
            for chosen, as_of in self._at_extracts(selection)
        ]
        return found[0] if len(found) == 1 else work.in_order(pd.concat(found), order)[:most]

    def work_counts(self, selection: Selection = EVERYTHING, steps: Sequence[str] = ()) -> pd.DataFrame:
        """Number of the cases of :meth:`work_list`: [state, danger, school_level, zone, overdue, soon, n]."""
        import pandas as pd

        from analytics.store import work

        found = [self.query(*work.work_counts(chosen, as_of, steps)) for chosen, as_of in self._at_extracts(selection)]
        return pd.concat(found, ignore_index=True)

    def first_relay_counts(self, clock: str, selection: Selection = EVERYTHING, by: Sequence[str] = ()) -> pd.DataFrame:
        """When the first relay of each case was activated, whichever it was: as :meth:`step_counts`, but for deadlines.

        The step is called first_relay. A case none of whose relays is done is pending or closed when one was asked for. The
        first is that of the relays whose day is known; undated, where none is.
        """
        return self.query(*steps.first_relay_counts(clock, selection, by))

    def first_relay_reached(
        self, clock: str, selection: Selection = EVERYTHING, by: Sequence[str] = ()
    ) -> pd.DataFrame:
        """:meth:`steps_reached` of the first relay, whichever it was: [school_id, *by, first_relay]."""
        return self.query(*steps.first_relay_reached(clock, selection, by, self._lots(selection, steps.ENOUGH)))

    def response_counts(self, selection: Selection = EVERYTHING, by: Sequence[str] = ()) -> pd.DataFrame:
        """How soon a case was detected and answered: [interval, *by, event, delay, earliest, part, earliest_part, n,
        n_time_completed].

        ``interval``: detection, from the facts to the report (delay in days; not_recorded where the day of the facts is not
        known), then each of RESPONSES, from the report to the first of its steps (in hours), with events and delays as of
        :meth:`first_relay_counts`. ``part`` is the least part of its own deadline that one of these steps took, as in
        :meth:`step_counts`; missing without a day or a deadline. In earliest_part hours are counted as early as they can be.
        """
        return self.query(*steps.response_counts(selection, by))

    def responses_reached(self, selection: Selection = EVERYTHING, by: Sequence[str] = ()) -> pd.DataFrame:
        """:meth:`steps_reached` of the intervals of :meth:`response_counts`, each also by the part of its deadline:
        [school_id, *by, detection, detection_part, ...].
        """
        return self.query(*steps.responses_reached(selection, by, self._lots(selection, steps.ENOUGH)))

    def order_counts(self, selection: Selection = EVERYTHING) -> pd.DataFrame:
        """How the cases keep the protocol's order, postvention apart:
        [step, n_done, n_undated, n_overtaken, n_done_closed, n_skipped].

        n_undated are the done on a day that is not known, of which none is overtaken. A step is overtaken when a step that
        follows it in the protocol was done before it, by the clock where both have a time of day, else by an earlier
        school day. It is skipped when a case was closed without it and a step that follows it is done; n_done_closed are
        the done in closed cases.
        """
        return self.query(*steps.order_counts(selection))

    def transition_counts(self, selection: Selection = EVERYTHING) -> pd.DataFrame:
        """Hours from each step done to the next one of the protocol, where it applies: [step, next_step, event, delay, n].

        Events are done, pending and closed, as in :meth:`step_counts`; a next step that came first took 0 hours. What has a
        day that is not known is left out.
        """
        return self.query(*steps.transition_counts(selection))

    def school_counts(self, selection: Selection = EVERYTHING) -> pd.DataFrame:
        """Every chosen school (by code, network, zone), with the number of its chosen cases, 0 included:
        [school_id, name, school_network, school_level, zone, n_pupils, n, n_open, last_week].
        """
        query = CaseQuery(selection, ("school_id",))
        where, parameters = school_conditions(selection)
        return self.query(
            f"""
            WITH counted AS (
                SELECT school_id, count(*) AS n, count(*) FILTER (status = 'open') AS n_open, max(report_week) AS last_week
                FROM {query.rows("status", "report_week")} GROUP BY school_id
            )
            SELECT schools.*, coalesce(n, 0) AS n, coalesce(n_open, 0) AS n_open, last_week
            FROM schools LEFT JOIN counted USING (school_id) {where} ORDER BY school_id
            """,
            query.parameters | parameters,
        )

    def residual_risk(self) -> ResidualRisk:
        """How far the records can still be told apart."""
        kinds = ", ".join(map(of_type, INCIDENT_TYPES))
        (found,) = self.rows(
            f"""
            WITH groups AS (
                SELECT count(*) AS n FROM records
                GROUP BY school_id, date_trunc('month', report_week + INTERVAL 3 DAY), school_level, {kinds}
            )
            SELECT coalesce(sum(n), 0)::BIGINT AS n_cases, count(*) FILTER (n = 1) AS n_alone, min(n) AS smallest_group
            FROM groups
            """
        )
        return ResidualRisk(**found)
