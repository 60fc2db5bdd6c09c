"""A version is written from tables that fit together."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.domain.schema import SchemaError


@pytest.mark.parametrize("name", ["case_incidents", "case_steps"])
def test_what_is_of_a_case_that_is_not_there_is_refused(publish, tmp_path, name):
    column = {"incident_type": "insults"} if name == "case_incidents" else {"step": "cpms", "outcome": "done"}
    with pytest.raises(SchemaError, match="case_id"):
        publish(tmp_path, cases=pd.DataFrame({"case_id": ["A"]}), **{name: pd.DataFrame([{"case_id": "C", **column}])})
