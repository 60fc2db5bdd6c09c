"""Random edits of a log, and how many are found; and how long fifty people who think for three seconds wait for their line.

``uv run python -m tests.benchmarks.log_benchmark [EDITS]``
"""

from __future__ import annotations

import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from analytics.access.log import AccessLog, Entry

EDITS = ("changed", "moved", "cut", "inserted")
N_PEOPLE = 50


def written(log: AccessLog, n_lines: int) -> bytes:
    """Write lines, and return the file."""
    for n in range(n_lines):
        log.write(Entry(f"{n % 5}@x", "analyse", "page", {"page": "incidents"}, rows=n))
    return log.path.read_bytes()


def edited(content: bytes, edit: str, rng: np.random.Generator) -> bytes:
    """The file after a random edit that changes it."""
    lines = content.splitlines(keepends=True)
    one, other = rng.choice(len(lines), 2, replace=False)
    if edit == "changed":
        place = int(rng.integers(len(content)))
        return content[:place] + bytes([content[place] ^ int(rng.integers(1, 256))]) + content[place + 1 :]
    if edit == "moved":
        lines.insert(int(other), lines.pop(int(one)))
    elif edit == "cut":
        first, last = sorted((int(one), int(other)))
        del lines[first:last]
    else:
        lines.insert(int(one), lines[int(other)])
    return b"".join(lines)


def main(n_edits: int) -> None:
    rng = np.random.default_rng(2026)
    with tempfile.TemporaryDirectory() as folder:
        log = AccessLog(Path(folder) / "access.jsonl")
        content = written(log, 200)
        for edit in EDITS:
            n_found = 0
            for _ in range(n_edits // len(EDITS)):
                log.path.write_bytes(edited(content, edit, rng))
                n_found += bool(log.faults())
            print(f"{edit}: {n_found} found of {n_edits // len(EDITS)}")
        log.path.write_bytes(content)

        def live(person: int) -> list[float]:
            """How long a person waits for each of five lines, with three seconds of thinking before each, on average."""
            thinking, waits = np.random.default_rng(person), []
            for _ in range(5):
                time.sleep(thinking.uniform(0, 6))
                begin = time.perf_counter()
                AccessLog(log.path).write(Entry(f"{person}@x", "analyse", "page"))
                waits.append(1000 * (time.perf_counter() - begin))
            return waits

        with ThreadPoolExecutor(N_PEOPLE) as people:
            waits = np.concatenate(list(people.map(live, range(N_PEOPLE))))
        print(f"{N_PEOPLE} people, ms: median {np.median(waits):.0f}, p95 {np.quantile(waits, 0.95):.0f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
