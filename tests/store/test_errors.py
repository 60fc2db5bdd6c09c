"""What every connection of the store begins with, and the sentences of its errors."""

from __future__ import annotations

import duckdb
import pytest

from analytics.domain.errors import RelaisError
from analytics.store.errors import CONFIG, DamagedStoreError, OldLayoutError


@pytest.mark.parametrize("setting", ["autoinstall_known_extensions", "autoload_known_extensions"])
def test_a_connection_fetches_no_extension(setting):
    with duckdb.connect(config=CONFIG) as connection:
        assert connection.execute(f"SELECT current_setting('{setting}')").fetchone() == (False,)


@pytest.mark.parametrize("error", [DamagedStoreError, OldLayoutError])
def test_an_error_says_what_to_do(error):
    assert issubclass(error, RelaisError)
    assert "Importez à nouveau le registre" in str(error())
