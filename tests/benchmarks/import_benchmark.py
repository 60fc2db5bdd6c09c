"""How much the whole import of a register costs, beside the bare reading of the same workbook by the same reader.

    python tests/benchmarks/import_benchmark.py [ROWS]

Prints the ratio of the two processor times, measured in turn in one run, and the memory at its highest (MB are a million
bytes): of a first import, and of a second one over it, each in a process of its own. 100,000 rows of 27 columns are to be
imported (read, checked, anonymised, merged, published) within 2.5 times the bare reading, in less than 800 MB, and a second
time in less than 1 GB. The progress is to move: no step of it may be longer than a quarter of the whole.
"""

from __future__ import annotations

import io
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

from analytics.intake import Key
from analytics.store import Store
from analytics.workflows.importing import import_register

REGISTER = Path(__file__).parents[1] / "files" / "registre-2025-2026.xlsx"
ROUNDS = 2


def write_register(path: Path, n_rows: int) -> None:
    """The small register of the tests, over and over, each row under a case number of its own."""
    source = CalamineWorkbook.from_path(REGISTER)
    with xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "dd/mm/yyyy hh:mm"}) as workbook:
        for name in source.sheet_names:
            rows = source.get_sheet_by_name(name).to_python(skip_empty_area=False)
            sheet = workbook.add_worksheet(name)
            header = next(i for i, row in enumerate(rows) if sum(cell != "" for cell in row) > 3)
            repeats = n_rows if name == source.sheet_names[0] else len(rows) - header - 1
            for i, row in enumerate(rows[: header + 1]):
                sheet.write_row(i, 0, row)
            for i in range(repeats):
                row = rows[header + 1 + i % (len(rows) - header - 1)]
                number = [f"D-{i:06}"] if repeats == n_rows else row[:1]
                for column, cell in enumerate([*number, *row[1:]]):
                    (sheet.write_datetime if isinstance(cell, date) else sheet.write)(header + 1 + i, column, cell)


def read_bare(content: bytes) -> None:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in workbook.sheet_names:
        workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)


def import_into(folder: Path, content: bytes) -> list[float]:
    """Import, and return the instants at which the progress moved."""
    moved: list[float] = []
    import_register(
        Store(folder),
        content,
        Key(b"k" * 32),
        datetime.now(UTC),
        progress=lambda share, what: moved.append(time.monotonic()),
    )
    return moved


def seconds(work: Callable[[], object]) -> float:
    """Processor time, of all threads."""
    start = time.process_time()
    work()
    return time.process_time() - start


def measure(path: Path, folder: Path) -> None:
    content = path.read_bytes()
    bare = [seconds(lambda: read_bare(content)) for _ in range(ROUNDS)]
    whole = [seconds(partial(import_into, folder / f"round{i}", content)) for i in range(ROUNDS)]
    print(f"bare reading {min(bare):.2f} s, whole import {min(whole):.2f} s: {min(whole) / min(bare):.2f} times")


def measure_memory(path: Path, folder: Path, what: str) -> None:
    moved: list[float] = []
    spent = seconds(lambda: moved.extend(import_into(folder, path.read_bytes())))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    longest = max(after - before for before, after in pairwise(moved)) / (moved[-1] - moved[0])
    print(f"{what}: {spent:.2f} s, memory at its highest {memory:.0f} MB, longest step of the progress {longest:.0%}")


def run(work: Callable[..., None], *arguments: object) -> None:
    process = get_context("spawn").Process(target=work, args=arguments)
    process.start()
    process.join()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workbook, later = folder / "register.xlsx", folder / "later.xlsx"
        n_rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
        run(write_register, workbook, n_rows)
        run(write_register, later, n_rows + 1_000)
        run(measure_memory, workbook, folder / "store", "first import")
        run(measure_memory, later, folder / "store", "second import")
        run(measure, workbook, folder)
