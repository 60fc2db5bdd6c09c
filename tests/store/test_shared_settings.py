"""The file that names a shared store: what it may hold, and what it says when it holds something else."""

from __future__ import annotations

import pytest

from analytics.store import StoreError
from analytics.store.shared_settings import read_settings

GOOD = 'catalogue = "dbname=relais user=relais"\ndata = "/srv/relais"\n'


def test_an_office_is_named_or_nobody_is(tmp_path):
    (tmp_path / "shared.toml").write_text(GOOD, "utf-8")
    settings = read_settings(tmp_path / "shared.toml")
    assert (settings.office, settings.records, settings.is_in_s3) == (None, "/srv/relais/records/", False)
    (tmp_path / "shared.toml").write_text(GOOD + 'office = "mons"\n', "utf-8")
    assert read_settings(tmp_path / "shared.toml").office == "mons"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("user=relais", "user=relais password=x", "PGPASSWORD"),
        ("dbname=relais user=relais", "postgresql://relais:x@127.0.0.1/relais", "PGPASSWORD"),
        ("data =", "date =", "il faut catalogue, data"),
        ("/srv/relais", "s3://bucket", "AWS_ACCESS_KEY_ID"),
        ("/srv/relais", "shared", "écrit en entier"),
    ],
)
def test_what_it_lacks_or_may_not_hold_is_said(tmp_path, monkeypatch, before, after, said):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    (tmp_path / "shared.toml").write_text(GOOD.replace(before, after), "utf-8")
    with pytest.raises(StoreError, match=said):
        read_settings(tmp_path / "shared.toml")


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(StoreError, match="n’est pas lisible"):
        read_settings(tmp_path / "shared.toml")
