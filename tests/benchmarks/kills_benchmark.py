"""Imports killed at random instants, and what is served and left on the disk after each: whole, or as before.

``uv run python -m tests.benchmarks.kills_benchmark [KILLS]``
"""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.robustness.test_crashes import import_before, kill_imports


def main(kills: int) -> None:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as threads:
        imported = import_before(Path(folder) / "imported")
        published = threads.map(lambda seed: kill_imports(imported, Path(folder), seed, kills // 2), (1, 2))
        print(f"{sum(published)} of {kills // 2 * 2} killed imports had published; none was lost, torn or left over")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
