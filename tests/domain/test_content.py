"""What all files hold together, and where each was read."""

from __future__ import annotations

from analytics.domain.data import load
from analytics.domain.shipped import SHIPPED
from tests.domain.conftest import FROZEN


def test_a_file_of_the_service_takes_the_place_of_the_shipped_one_and_the_others_stay(tmp_path):
    local = (FROZEN / "calendar.toml").read_text(encoding="utf-8")
    local = local.replace("local_closed_dates = []", 'local_closed_dates = ["2026-02-17"]')
    (tmp_path / "calendar.toml").write_text(local, encoding="utf-8")
    content = load(tmp_path)
    assert [day.isoformat() for day in content.calendar.local_closed_dates] == ["2026-02-17"]
    assert content.own_files == ["calendar.toml"]
    assert content.paths["vocabulary.toml"] == SHIPPED / "data" / "vocabulary.toml"
