"""The comparison of the method page: what the benchmark measures, and what the README says."""

from __future__ import annotations

import re

from analytics.disclosure.comparison import COMPARISON, measures
from tests.benchmarks.disclosure_benchmark import measured
from tests.repository import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_shows_the_same_figures():
    printed = [
        re.findall(r"\d+(?:\.\d+)?", row) for row in re.findall(r"^\| \d+ \| \d+, none.*$", README, re.MULTILINE)
    ]
    assert printed == [
        [str(n) for n in (row.n_cases, row.shown, row.threshold_shown, row.threshold_exposed)]
        + [str(row.base_5_error), str(row.midpoint_6_error)]
        for row in measures().itertuples()
    ]
    assert f"{COMPARISON.n_schools} schools\n({COMPARISON.n_cells} cells)" in README
    assert [("refused" in row) for row in re.findall(r"^\| \d+ \| \d+, none.*$", README, re.MULTILINE)] == [
        bool(n) for n in measures()["refused_tables"]
    ]


def test_nothing_was_found_in_a_sequence_of_releases_and_the_readme_says_how_many_were_tried():
    sequences = COMPARISON.sequences
    assert sequences.n_suppressed > 0
    assert sequences.given_back == sequences.too_close == sequences.to_a_school == 0
    assert f"{sequences.n_sequences} sequences" in " ".join(README.split())


def test_the_smallest_register_measured_again_gives_what_is_kept():
    kept = measures().iloc[-1].to_dict()
    _, again = measured(int(kept["n_cases"]), COMPARISON.n_schools)
    assert again == {"n_cells": COMPARISON.n_cells} | kept


def test_relais_exposes_nothing_and_a_plain_threshold_always_does():
    found = measures()
    assert (found["exposed"] == 0).all()
    assert (found["threshold_exposed"] > 0).all()
