"""What a command takes from its user: days, parameters, and files that are never written over another."""

from __future__ import annotations

import os
import stat
from datetime import date

import pytest

from analytics.cli.terminal import Misuse, day_argument, new_file, setting
from analytics.domain.errors import RefusedError


@pytest.mark.parametrize("word", ["2026-06-12", "12/06/2026"])
def test_a_day_is_typed_in_two_ways(word):
    assert day_argument(word) == date(2026, 6, 12)


def test_a_parameter_is_a_name_and_a_value():
    assert setting("ECOLE = A12=b") == ("ECOLE", "A12=b")
    with pytest.raises(Misuse, match="NOM=VALEUR"):
        setting("ECOLE")


def test_a_file_is_gone_again_when_the_work_failed_or_wrote_nothing(tmp_path):
    with pytest.raises(ZeroDivisionError), new_file(tmp_path / "a") as opened:
        opened.write(b"half")
        raise ZeroDivisionError
    with new_file(tmp_path / "b"):
        pass
    assert not list(tmp_path.iterdir())


def test_a_file_that_stands_there_is_not_touched(tmp_path):
    (tmp_path / "a").write_bytes(b"mine")
    with pytest.raises(RefusedError, match="existe déjà"), new_file(tmp_path / "a"):
        pass
    assert (tmp_path / "a").read_bytes() == b"mine"


@pytest.mark.skipif(os.name == "nt", reason="rights are kept otherwise there")
def test_a_private_file_is_its_owners_alone(tmp_path):
    with new_file(tmp_path / "a", private=True) as opened:
        opened.write(b"x")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600
