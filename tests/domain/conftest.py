"""A folder of data of the service's own, and the sentence in which a fault of it is said."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from analytics.domain.data import DataError, load

FROZEN = Path(__file__).parents[1] / "data"

DOXING = """
[[incident_types]]
code = "doxing"
label = "Divulgation d’adresse"
definition = "L’adresse de l’élève est donnée à tous."
source = "relais"
"""


def refusals(table: str, *more: tuple[str, str, str, str]) -> pytest.MarkDecorator:
    """A test of the changes in ``table``, a line each: file | old | new | message. ``more`` do not fit in a line."""
    lines = [line.strip() for line in table.splitlines() if line.strip() and not line.strip().startswith("#")]
    rows = [tuple(cell.strip().replace(r"\n", "\n") for cell in line.split("|")) for line in lines]
    return pytest.mark.parametrize(("file", "old", "new", "message"), [*rows, *more])


@pytest.fixture
def own(tmp_path) -> Callable[..., Path]:
    """A folder with every file of the frozen copy; in ``file``, ``old`` is replaced by ``new``, or ``new`` is added."""

    def own(file: str, new: str, old: str = "") -> Path:
        for path in FROZEN.glob("*.toml"):
            shutil.copy(path, tmp_path / path.name)
        text = (tmp_path / file).read_text(encoding="utf-8")
        assert old in text
        changed = text.replace(old, new, 1) if old else f"{text}\n{new}"
        (tmp_path / file).write_text(changed, encoding="utf-8")
        return tmp_path

    return own


@pytest.fixture
def fault(own) -> Callable[[str, str, str], str]:
    """The one French sentence that a change of a file is refused with."""

    def fault(file: str, new: str, old: str) -> str:
        with pytest.raises(DataError) as caught:
            load(own(file, new, old))
        said = str(caught.value)
        assert re.fullmatch(r"[^\n]+\.", said)
        return said

    return fault
