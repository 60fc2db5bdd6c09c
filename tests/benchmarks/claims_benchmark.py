"""What each sentence of this kind on a screen promises, beside what it does on fictitious registers.

    uv run python -m tests.benchmarks.claims_benchmark [--write] [ROOM ...]

Without a room (a module of ``claims``), all of them. ``--write`` puts what was measured into ``data/claims.toml``, which
the page « Comment c’est compté » and the README show. Exit code 1 when a promise is not kept.
"""

from __future__ import annotations

import sys
import tomllib
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import tomli_w
from rich.console import Console
from rich.table import Table

from tests.benchmarks.claims import Claim

FILE = Path(__file__).parents[2] / "data/claims.toml"
ROOMS = tuple(sorted(path.stem for path in Path(__file__).with_name("claims").glob("[!_]*.py")))


def write(measured: dict[str, list[Claim]]) -> None:
    """Replace the claims of the rooms measured; the others stay."""
    known = tomllib.loads(FILE.read_text("utf-8")) if FILE.exists() else {"claims": []}
    rows = [row for row in known["claims"] if row["room"] not in measured]
    today = datetime.now(UTC).date()
    rows += [
        {"room": room, "measured_on": today, **vars(one), "held": bool(one.held)}
        for room, found in measured.items()
        for one in found
    ]
    rows.sort(key=lambda row: ROOMS.index(row["room"]))
    FILE.write_text(tomli_w.dumps({"source": "python -m tests.benchmarks.claims_benchmark", "claims": rows}), "utf-8")


def main(arguments: list[str]) -> int:
    chosen = [name for name in arguments if name != "--write"] or ROOMS
    measured = {room: import_module(f"tests.benchmarks.claims.{room}").claims() for room in chosen}
    table = Table("", "sentence", "promised", "measured", show_lines=True)
    listed = [one for found in measured.values() for one in found]
    for one in listed:
        table.add_row("held" if one.held else "NOT HELD", one.sentence, one.promised, one.measured)
    Console().print(table)
    if "--write" in arguments:
        write(measured)
    return 0 if all(one.held for one in listed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
