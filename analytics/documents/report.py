"""The annual report: what the released tables say in sentences, charts and tables, in one form for paper and Word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from analytics.disclosure.published import TOTAL, Cell, Table
from analytics.disclosure.wording import format_cell
from analytics.documents.bar_chart import alternative, bar_chart
from analytics.documents.publication_layout import UNITS
from analytics.domain.french import count, number, percent

SVG = '<svg xmlns="http://www.w3.org/2000/svg"'


@dataclass(frozen=True)
class Picture:
    """A chart: its finding as a title, what it counts, the drawing as SVG, and the same in words."""

    finding: str
    counted: str
    svg: str
    alternative: str


@dataclass(frozen=True)
class Report:
    """``mark`` stands on each page, empty where the report may leave; ``missing``: a sentence for each table not there."""

    period: str
    mark: str
    made_on: date
    summary: Sequence[str]
    pictures: Sequence[Picture]
    tables: Sequence[Table]
    missing: Sequence[str]
    about: Sequence[tuple[str, str]]

    @property
    def title(self) -> str:
        return f"Cyberharcèlement grave : {self.period}"


def written_report(
    period: str, mark: str, made_on: date, tables: Sequence[Table], refused: Sequence[str], about: Mapping[str, str]
) -> Report:
    """The report on the ``tables`` of a release; ``refused``: the titles of those that could not be shown."""
    drawn = list(_drawn(tables))
    missing = [f"« {title} » n’est pas montré : trop de ses nombres sont trop petits." for title in refused]
    return Report(
        period,
        mark,
        made_on,
        [*_summary(drawn), *_withheld(tables)],
        [_picture(*one) for one in drawn],
        tables,
        missing,
        list(about.items()),
    )


def _drawn(tables: Sequence[Table]) -> Iterator[tuple[str, Table, dict[str, Cell]]]:
    """For each heading that a table counts by, once: the table and its cells summed over the others, total included."""
    met: set[str] = set()
    for table in tables:
        for axis, (column, heading) in enumerate(zip(table.columns, table.headings, strict=True)):
            if column in met or (table.unit == "relays" and column != "relay"):
                continue
            met.add(column)
            if column == "relay":
                whole = {k: cell for k, cell in table.cells.items() if k.count(TOTAL) == len(k) - 2}
                yield "Part dans le délai", table, {k[axis]: c for k, c in whole.items() if c.share is not None}
            else:
                cells = {k[axis]: c for k, c in table.cells.items() if set(k[:axis] + k[axis + 1 :]) <= {TOTAL}}
                yield heading, table, cells


def _picture(heading: str, table: Table, cells: Mapping[str, Cell]) -> Picture:
    bars, is_share = {k: cell for k, cell in cells.items() if k != TOTAL}, table.unit == "relays"
    svg = bar_chart(heading, bars, is_share=is_share).replace("<svg", SVG, 1)
    counted = (
        "Part des dossiers où le relais était activé dans son délai" if is_share else f"Nombre : {UNITS[table.unit]}"
    )
    return Picture(_finding(heading, table, cells), counted, svg, alternative(heading, bars, is_share=is_share))


def _finding(heading: str, table: Table, cells: Mapping[str, Cell]) -> str:
    """What a chart shows first, as a sentence without its stop."""
    if table.unit == "relays":
        ranked = sorted(cells.items(), key=lambda item: item[1].share or 0)
        if not ranked:
            return "Relais : trop peu de dossiers pour donner une part"
        (worst, low), (best, high) = ranked[0], ranked[-1]
        return f"Dans le délai : de {percent(low.share or 0)} ({worst}) à {percent(high.share or 0)} ({best})"
    shown = {k: cell.value for k, cell in cells.items() if k != TOTAL and cell.value}
    if not shown:
        return f"{heading} : trop petit pour être montré"
    most = max(shown, key=lambda label: shown[label])
    hidden = [cell for k, cell in cells.items() if k != TOTAL and cell.value is None]
    sure = all(cell.upper is not None and cell.upper < shown[most] for cell in hidden)
    among = "" if sure else "parmi les nombres montrés, "
    total = cells.get(TOTAL)
    whole = f" sur {number(total.value)}" if total is not None and total.value else ""
    return f"{heading} : {among}surtout « {most} » ({number(shown[most])}{whole})"


def _summary(drawn: Sequence[tuple[str, Table, Mapping[str, Cell]]]) -> Iterator[str]:
    """The year in sentences: how much, what first, how fast, where."""
    totals = {table.unit: format_cell(cells[TOTAL]) for _, table, cells in drawn if TOTAL in cells}
    if "incidents" in totals:
        yield f"Incidents signalés : {totals['incidents']}. Un dossier compte une fois pour chacun de ses types."
    if "schools" in totals:
        yield f"Écoles suivies par le service : {totals['schools']}."
    for heading, table, cells in drawn:
        yield f"{_finding(heading, table, cells)}."


def _withheld(tables: Sequence[Table]) -> Iterator[str]:
    cells = [cell for table in tables for cell in table.cells.values()]
    if n := sum(cell.value is None for cell in cells):
        yield (
            f"{count(n, 'nombre')} sur {number(len(cells))} ne sont pas montrés, pour que personne ne soit reconnu : à "
            "leur place se lit du moins au plus qu’ils peuvent valoir."
        )
