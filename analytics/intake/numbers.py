"""The service's own case numbers, read from its register for as long as a page shows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from analytics.domain.vocabulary import OFFICES
from analytics.intake.anonymising import Key, canonical_number, number_of_office, number_of_year
from analytics.intake.cells import text
from analytics.spreadsheets.reading import read


def own_numbers(
    content: bytes, key: Key, case_ids: Collection[str], school_years: Iterable[str] = (), offices: Iterable[str] = ()
) -> dict[str, str]:
    """The number, as a register writes it, of each of ``case_ids`` that it holds.

    A cell whose pseudonym is a known case is its number, in whatever column it stands: no header is needed, and another cell
    has it with odds of one in 10**18. ``school_years`` where numbers begin again each year, ``offices`` where some have
    numbers of their own. Raises RefusedFileError.
    """
    cells = {text(cell) for sheet in read(content) for row in sheet.rows for cell in row} - {""}
    written = {canonical_number(cell): cell for cell in sorted(cells)}
    candidates = written | {
        number_of_year(year, number): f"{cell} ({year})" for year in school_years for number, cell in written.items()
    }
    candidates |= {
        number_of_office(office, number): f"{cell} ({OFFICES.label(office)})"
        for office in offices
        for number, cell in candidates.items()
    }
    pseudonyms = key.pseudonyms(candidates).astype("U").tolist()
    wanted = set(case_ids)
    return {case: cell for case, cell in zip(pseudonyms, candidates.values(), strict=True) if case in wanted}
