"""The order of day and month of each column of a register, from what its cells can only mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from analytics.intake.dates import Order, Votes, parse_written, votes
from analytics.intake.layout import Layout, field_code
from analytics.intake.mapping import OwnWords
from analytics.intake.proposing import shape
from analytics.intake.questions import Question, file_question
from analytics.spreadsheets.reading import Column, RefusedFileError

DATE_ORDER = "date_order"  # where the answer stands
_WORDS = {
    Order.DAY_FIRST: "Le jour d’abord : 03/04 est le 3 avril",
    Order.MONTH_FIRST: "Le mois d’abord : 03/04 est le 4 mars",
}


@dataclass(frozen=True)
class Orders:
    """The order of each column of dates by its sheet and code, that of the file, and the columns whose days lack a year."""

    by_column: Mapping[tuple[str, str], Order]
    any: Order
    without_year: frozenset[tuple[str, str]] = frozenset()

    def of(self, layout: Layout) -> dict[str, Order]:
        """The order of each field of a sheet."""
        return {code: order for (name, code), order in self.by_column.items() if name == layout.sheet.name}


def orders_of(layouts: Sequence[Layout], own_words: OwnWords, as_of: date) -> tuple[Orders, list[Question]]:
    """The order of every column of dates, and the question where nothing in the file can tell.

    A column that cannot tell follows those of its file that can. Where none can, an order that puts reports after ``as_of``
    is excluded if the other puts none there. RefusedFileError for a column that mixes both orders.
    """
    counted: dict[tuple[str, str], Votes] = {}
    for layout in layouts:
        for code in layout.columns:
            if is_dated(code):
                found = counted[layout.sheet.name, code] = votes(layout.cells(code))
                if found.is_mixed and code != "facts_on":
                    raise _mixed(layout, code)
    orders = {of_column.order for of_column in counted.values() if of_column.order}
    undecided = sum(of_column.either for of_column in counted.values() if of_column.order is None)
    answer = own_words.answers.get(DATE_ORDER)
    if answer in set(Order) and len(orders) != 1:
        orders = {Order(answer)}
    if not orders and (possible := _only_possible(layouts, as_of)):
        orders = {possible}
    common = next(iter(orders)) if len(orders) == 1 else Order.DAY_FIRST
    must_ask = undecided and len(orders) != 1
    by_column = {place: of_column.order or common for place, of_column in counted.items()}
    without_year = frozenset(place for place, of_column in counted.items() if of_column.without_year)
    return Orders(by_column, common, without_year), [_ask(undecided)] if must_ask else []


def is_dated(code: str) -> bool:
    """Whether the cells of a field hold days."""
    bare = field_code(code)
    return bare.startswith("step:") or bare in ("reported", "closed", "facts_on", "action_on", "steps")


def _only_possible(layouts: Sequence[Layout], as_of: date) -> Order | None:
    """The one order that puts no report after ``as_of``, where the other puts some there."""
    texts = {
        written
        for layout in layouts
        for cell, _ in layout.cells("reported").counted()
        if isinstance(cell, str) and (written := parse_written(cell))
    }
    late = {
        order: sum((moment := getattr(written, order)) is not None and moment.date() > as_of for written in texts)
        for order in Order
    }
    few, many = sorted(late, key=late.__getitem__)
    return few if late[few] == 0 < late[many] else None


def _ask(n: int) -> Question:
    return file_question(
        DATE_ORDER,
        "Dans les dates de ce fichier, le jour vient-il avant le mois ? Rien ne le dit : aucun jour n’y dépasse le 12.",
        {order.value: words for order, words in _WORDS.items()},
        n,
    )


def _mixed(layout: Layout, code: str) -> RefusedFileError:
    """The refusal of a column whose dates are partly in one order and partly in the other, with a row of each as example."""

    def example(fits: Callable[[Votes], int]) -> str:
        rows = enumerate(layout.cells(code), layout.header_row + 2)
        return next(f"ligne {row} ({shape(cell)})" for row, cell in rows if fits(votes(Column.of([cell]))))

    day_first = example(lambda vote: vote.day_first + vote.true_dates)  # what is shown of a true date
    return RefusedFileError(
        f"Dans la colonne « {layout.header(code)} », le jour vient tantôt avant le mois, tantôt après : "
        f"{day_first}, {example(lambda vote: vote.month_first)}. Un tableur qui ouvre un fichier dans l’autre ordre "
        "change ainsi les dates sans le dire. Reprenez le fichier d’origine, ou écrivez toutes les dates 2026-04-03."
    )
