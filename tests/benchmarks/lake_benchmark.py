"""Every question of the store over random selections, of a file and of a shared store: the same answers, to the bit.

``uv run python -m tests.benchmarks.lake_benchmark [CASES] [SELECTIONS] [QUESTIONS]`` prints how many answers were
compared, how many differ, and the processor time of both. QUESTIONS are those of a selection, by lot; else all are asked.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd

from analytics.domain.schema import TABLES
from analytics.domain.selection import Selection
from analytics.domain.vocabulary import INCIDENT_TYPES, RELAYS, SCHOOL_LEVELS, SCHOOL_NETWORKS, STEPS
from analytics.store import KEPT_VERSIONS, Choices, Snapshot, Store, building, layout
from analytics.store.work import ORDERS, STATES
from tests.benchmarks.measures_benchmark import draw_store
from tests.cluster import running_cluster

DIMENSIONS = (
    "school_id",
    "school_year",
    "report_week",
    "school_level",
    "reporter",
    "channel",
    "minor",
    "danger",
    "status",
)
DIMENSIONS += ("school_network", "zone", "school_group", "first_seen_on", "office")
Question = tuple[str, tuple, dict]


def random_selection(rng: np.random.Generator, choices: Choices) -> Selection:
    """Each filter in one of three selections, with one or two of its values."""

    def some(values: object) -> tuple:
        among = list(values)  # ty: ignore
        if not among or rng.random() > 0.3:
            return ()
        return tuple(rng.choice(among, size=min(len(among), 1 + rng.integers(2)), replace=False).tolist())

    first, last = choices.first_week, choices.last_week
    weeks = sorted(rng.integers(0, max(1, (last - first).days // 7), size=2))
    between = [first + timedelta(weeks=int(week)) for week in weeks] if rng.random() < 0.3 else [None, None]
    return Selection(
        school_years=some(choices.school_years),
        first_week=between[0],
        last_week=between[1],
        incident_types=some(INCIDENT_TYPES),
        school_levels=some(SCHOOL_LEVELS),
        school_networks=some(SCHOOL_NETWORKS),
        zones=some(choices.zones),
        danger=bool(rng.random() < 0.1),
    )


def questions(rng: np.random.Generator, selection: Selection) -> Iterator[Question]:
    """Every question that a snapshot answers about a selection, by dimensions and steps of chance."""

    def by(*more: str) -> tuple[str, ...]:
        return tuple(rng.choice([*DIMENSIONS, *more], size=rng.integers(3), replace=False).tolist())

    step = str(rng.choice(list(STEPS)))
    yield "case_counts", (selection, by("incident_type")), {}
    yield "incident_counts", (selection, by()), {}
    for name in ("type_numbers", "type_pairs", "order_counts", "transition_counts", "school_counts"):
        yield name, (selection,), {}
    for clock in ("hours", "school_days", "deadline"):
        yield "step_counts", (clock, selection, by("incident_type")), {"step": step if rng.random() < 0.5 else None}
    for clock in ("hours", "school_days"):
        yield "first_relay_counts", (clock, selection, by("incident_type")), {}
        yield "school_step_counts", (clock, selection, step), {"by_type": bool(rng.random() < 0.5)}
    yield "response_counts", (selection, by("incident_type")), {}
    some_steps = tuple(rng.choice(RELAYS, size=2, replace=False).tolist()) if rng.random() < 0.3 else ()
    yield "work_counts", (selection, some_steps), {}
    state, order = str(rng.choice(STATES)), str(rng.choice(list(ORDERS)))
    yield "work_list", (selection, state, order, some_steps), {"most": 500}


def whole(snapshot: Snapshot) -> dict[str, object]:
    """What a snapshot answers of all records."""
    answers: dict[str, object] = {name: snapshot.table(name) for name in TABLES}
    for name in ("digests", "open_cases", "choices", "relay_times", "residual_risk"):
        answers[name] = getattr(snapshot, name)()
    return answers | {name: getattr(snapshot, name) for name in ("is_demo", "extracts", "tells_closure")}


def answer(snapshot: Snapshot, question: Question) -> pd.DataFrame:
    name, arguments, options = question
    return getattr(snapshot, name)(*arguments, **options)


def share_file(file: Store, shared: Store) -> None:
    """Publish the current version of a file in a shared store, without reading it into memory."""

    def write(connection, _rows, *, words_as_text):
        for statement in layout.statements(words_as_text=words_as_text):
            connection.execute(statement)
        connection.execute(f"ATTACH IF NOT EXISTS '{file.folder / file.versions[0]}' AS drawn (READ_ONLY)")
        for name in ("records", "schools", "school_deadlines", "school_actions", "imports"):
            connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM drawn.{name}")

    with shared.writing(), patch.object(building, "write", write):
        shared._replace(lambda kept: [shared._backend.build({}), *kept][:KEPT_VERSIONS])


def main(n_cases: int = 1_000_000, n_selections: int = 60, n_questions: int | None = None) -> None:
    with running_cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        place, rng = Path(folder), np.random.default_rng(20261127)
        (place / "file").mkdir()
        draw_store(place / "file", n_cases)
        shared = Store(cluster.shared_store(place))
        share_file(Store(place / "file"), shared)
        sizes = [sum(path.stat().st_size for path in (place / kind).rglob("*.*")) for kind in ("file", "shared")]
        print(f"{n_cases:,} cases: {sizes[0] / 2e6:.0f} MB as a file, {sizes[1] / 1e6:.0f} MB shared")
        seconds, differ, n_compared = np.zeros(2), set(), 0
        by_question: dict[str, np.ndarray] = {}
        assert shared.versions  # connects
        began = time.process_time()
        with Store(place / "file").snapshot() as of_file, shared.snapshot() as of_lake:
            print(f"opened in {time.process_time() - began:.1f} s of processor")
            if n_cases <= 100_000:  # whole tables as pandas
                pairs = zip(whole(of_file).items(), whole(of_lake).values(), strict=True)
                other = [name for (name, a), b in pairs if not (a.equals(b) if isinstance(a, pd.DataFrame) else a == b)]
                print(f"of all records, other answers: {other or 'none'}")
            for _ in range(n_selections):
                asked = list(questions(rng, random_selection(rng, of_file.choices())))
                for chosen in rng.permutation(len(asked))[:n_questions]:
                    question = asked[chosen]
                    answers, took = [], np.zeros(2)
                    for which, snapshot in enumerate((of_file, of_lake)):
                        with patch.object(Snapshot, "query", Snapshot.ask):
                            began = time.process_time()
                            answers.append(answer(snapshot, question))
                            took[which] = time.process_time() - began
                    seconds += took
                    by_question[question[0]] = by_question.get(question[0], np.zeros(2)) + took
                    n_compared += 1
                    if not answers[0].equals(answers[1]):
                        differ.add(question[0])
        print(f"{n_compared} answers compared; other ones: {sorted(differ) or 'none'}")
        for name, (a, b) in sorted(by_question.items()):
            print(f"  {name:22} {a:8.2f} s {b:8.2f} s {b / a:6.2f}")
        print(
            f"processor: {seconds[0]:.1f} s as a file, {seconds[1]:.1f} s shared: {seconds[1] / seconds[0]:.2f} times"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
