"""Twelve services and one kind of fault per file: whole, or asked, or refused; never wrong in silence.

The truth beside each file was computed by a calendar and code of its own (tests/files/services).
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from analytics.intake import Key, RefusedFileError
from analytics.intake.anonymising import canonical_number, number_of_year
from analytics.intake.schools import school_key
from analytics.store import Store
from analytics.workflows.importing import Import, import_register

FILES = Path(__file__).parents[1] / "files" / "services"
KEY = Key(b"k" * 32)
SERVICES = sorted(path.name.removesuffix(".truth.json") for path in FILES.glob("*.truth.json"))
KINDS = json.loads((FILES / "kinds" / "truth.json").read_text("utf-8"))
# The school of six cases is asked about: « ITN Mons » may stand for several names.
REFUSED = {"05-points-et-abreviations": 6}


def _import(folder: Path, register: Path, schools: Path | None, as_of: str) -> Import | RefusedFileError:
    try:
        return import_register(
            Store(folder),
            register.read_bytes(),
            KEY,
            datetime(2026, 11, 22, tzinfo=UTC),
            schools_content=schools.read_bytes() if schools else None,
            as_of=date.fromisoformat(as_of),
        )
    except RefusedFileError as refusal:
        return refusal


def _stored(folder: Path) -> dict[str, dict]:
    """What the store holds of each case, in the form of the truth files, by its pseudonym."""
    if (snapshot := Store(folder).snapshot()) is None:
        return {}
    with snapshot:
        tables = {name: snapshot.table(name) for name in ("cases", "case_incidents", "case_steps", "schools")}
    names = tables["schools"].set_index("school_id")["name"]
    types = tables["case_incidents"].groupby("case_id")["incident_type"].agg(set)
    found = {}
    for case in tables["cases"].to_dict("records"):
        found[case["case_id"]] = {
            "school": case["school_id"],
            "school_name": school_key(names[case["school_id"]]),
            "school_level": case["school_level"],
            "report_week": f"{case['report_week']:%Y-%m-%d}",
            "incident_types": types[case["case_id"]],
            "status": case["status"],
            "steps": {},
        }
    for step in tables["case_steps"].to_dict("records"):
        delays = [None if pd.isna(step[name]) else int(step[name]) for name in ("delay_hours", "delay_school_days")]
        found[step["case_id"]]["steps"][step["step"]] = (step["outcome"], *delays)
    return found


def _is_right(case: dict, stored: dict) -> bool:
    level = "unknown" if case["school_level"] in (None, "none") else case["school_level"]
    same_school = (
        stored["school"] == case["school"]
        if case["school"]
        else stored["school_name"] == school_key(case["school_name"])
    )
    return (
        same_school
        and stored["school_level"] == level
        and stored["report_week"] == case["report_week"]
        and stored["incident_types"] == set(case["incident_types"])
        and (case["status"] or "open") == stored["status"]
        and all(_is_right_step(expected, stored["steps"][step]) for step, expected in case["steps"].items())
    )


def _is_right_step(expected: dict, found: tuple) -> bool:
    delays = [expected.get(name) for name in ("delay_hours", "delay_school_days")]
    accepted = [delay if isinstance(delay, list) else [delay] for delay in delays]
    return found[0] == expected["outcome"] and all(d in of for d, of in zip(found[1:], accepted, strict=True))


def _judge(cases: list[dict], stored: dict[str, dict]) -> tuple[int, int]:
    """How many of the stored cases are right, and how many are not in the truth."""
    truth = {}
    for case in cases:
        number = canonical_number(case["number"])
        truth |= {
            KEY.pseudonym(number): case,
            KEY.pseudonym(number_of_year(case.get("school_year") or "", number)): case,
        }
    right = sum(case_id in truth and _is_right(truth[case_id], found) for case_id, found in stored.items())
    return right, len(stored) - right


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_gets_in_whole_without_an_answer(name, tmp_path):
    truth = json.loads((FILES / f"{name}.truth.json").read_text("utf-8"))
    register = next(path for path in (FILES / f"{name}.xlsx", FILES / f"{name}.csv") if path.exists())
    schools = FILES / f"{name}-ecoles.csv"
    done = _import(tmp_path / "store", register, schools if schools.exists() else None, truth["as_of"])
    assert isinstance(done, Import)
    assert done.extract.tells_closure == any(case["status"] for case in truth["cases"])
    n_expected = truth["n_cases"] - REFUSED.get(name, 0)
    assert _judge(truth["cases"], _stored(tmp_path / "store")) == (n_expected, 0)


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if len(kind["files"]) == 1])
def test_a_kind_of_fault_never_stores_a_record_that_is_not_in_the_truth(name, tmp_path):
    kind = KINDS[name]
    (file,) = kind["files"]
    schools = FILES / "kinds" / file["schools"] if file["schools"] else None
    done = _import(tmp_path / "store", FILES / "kinds" / file["register"], schools, file["as_of"])
    right, wrong = _judge(kind["cases"], _stored(tmp_path / "store"))
    assert wrong == 0
    assert right >= kind["at_least"]
    assert isinstance(done, Import) or str(done)


def test_a_sheet_that_lacks_a_column_stops_the_import_and_is_named(tmp_path):
    refusal = _import(tmp_path / "store", FILES / "kinds" / "f02-clotures-sans-faits.xlsx", None, "2026-06-12")
    assert "« Clôturés »" in str(refusal)
    assert "« Faits »" in str(refusal)
