"""What was answered is kept for as long as its version lives, asked once, and bounded."""

from __future__ import annotations

from threading import Event, Thread

import pandas as pd
import pytest

from analytics.store import Store
from analytics.store.memory import Memory


class Asked:
    """A question that counts how often it was computed."""

    def __init__(self, answer: object = "answer") -> None:
        self.answer, self.n = answer, 0

    def __call__(self) -> object:
        self.n += 1
        return self.answer


def test_a_question_is_computed_once_for_each_version():
    memory, asked = Memory(10_000), Asked()
    for version in ("v1", "v1", "v2", "v1"):
        assert memory.answer(version, "how many", asked) == "answer"
    assert asked.n == 2


def test_who_asks_while_it_is_being_computed_waits_and_computes_nothing():
    memory, begun, may_end, found = Memory(10_000), Event(), Event(), []

    def slow() -> str:
        begun.set()
        may_end.wait(10)
        return "slow"

    second = Asked("never")
    threads = [
        Thread(target=lambda compute=compute: found.append(memory.answer("v1", "q", compute)))
        for compute in (slow, second)
    ]
    threads[0].start()
    begun.wait(10)
    threads[1].start()
    may_end.set()
    for thread in threads:
        thread.join(10)
    assert found == ["slow", "slow"]
    assert second.n == 0


def test_one_computes_in_turn_while_others_have_what_is_known_at_once():
    memory, begun, may_end, found = Memory(10_000, at_once=1), Event(), Event(), []
    memory.answer("v1", "known", Asked("known"))

    def slow() -> str:
        begun.set()
        may_end.wait(10)
        return memory.answer("v1", "part", Asked("part"), in_turn=True)  # a part has the turn of its whole

    def ask(question: str, compute) -> None:
        found.append(memory.answer("v1", question, compute, in_turn=True))

    threads = [Thread(target=ask, args=asked) for asked in (("slow", slow), ("next", Asked("next")), ("slow", slow))]
    threads[0].start()
    begun.wait(10)
    for thread in threads[1:]:
        thread.start()
    assert memory.answer("v1", "known", Asked("never"), in_turn=True) == "known"
    assert found == []
    may_end.set()
    for thread in threads:
        thread.join(10)
    assert sorted(found) == ["next", "part", "part"]


def test_an_error_passes_and_is_not_remembered():
    memory = Memory(10_000)
    with pytest.raises(ZeroDivisionError):
        memory.answer("v1", "q", lambda: 1 / 0)
    assert memory.answer("v1", "q", Asked()) == "answer"


def test_the_least_recently_used_leaves_first_and_what_is_larger_than_all_is_not_kept():
    memory, small = Memory(200_000), {name: Asked(b"x" * 80_000) for name in "abc"}
    for name in "abac":  # a was used after b
        memory.answer("v1", name, small[name])
    memory.answer("v1", "a", small["a"])
    memory.answer("v1", "b", small["b"])
    assert [small[name].n for name in "abc"] == [1, 2, 1]
    large = Asked(pd.DataFrame({"n": range(100_000)}))
    for _ in range(2):
        memory.answer("v1", "large", large)
    assert large.n == 2


def test_what_is_computed_while_the_versions_change_is_given_and_not_kept():
    memory, after = Memory(10_000), Asked("after")

    def compute() -> str:
        memory.of(["v2"])
        return "before"

    memory.of(["v1"])
    assert memory.answer("v1", "q", compute) == "before"
    assert memory.answer("v1", "q", after) == "after"


@pytest.mark.parametrize(
    ("after", "remembered"),
    [
        (["v3", "v2", "v1"], ["v2", "v1"]),  # an import
        (["v3", "v2"], []),  # and the oldest leaves: what is compared with it is asked anew
        (["v1"], ["v1"]),  # an undo
        (["w2", "v1"], ["v1"]),  # a case is forgotten that the current version held
        (["v2", "w1"], []),  # and one that it held no longer, but shows beside those of before
        (["other"], []),
    ],
)
def test_what_is_still_kept_is_remembered_while_the_version_before_it_is_the_same(after, remembered):
    memory, asked = Memory(10_000), {version: Asked() for version in ("v2", "v1")}
    memory.of(["v2", "v1"])
    for versions in (["v2", "v1"], after):
        memory.of(versions)
        for version in asked:
            memory.answer(version, "q", asked[version])
    assert [version for version in asked if asked[version].n == 1] == remembered


@pytest.mark.parametrize("change", ["undo", "forget", "an import of another process"])
def test_a_version_that_is_no_longer_kept_leaves_the_memory(publish, table, tmp_path, change):
    cases = [table(f"case_id\n{case}").assign(school_id="1") for case in ("A", "B")]
    first, second = (publish(tmp_path / name, cases=one) for name, one in zip("ab", cases, strict=True))
    store, of_gone, of_kept = Store(first.location), Asked(), Asked()
    other = second.location / second.version
    (store.folder / other.name).write_bytes(other.read_bytes())
    (store.folder / "manifest").write_text(f"{first.version}\n{other.name}", encoding="ascii")
    with store.open(first.version) as gone, store.open(other.name) as kept:
        assert store.versions == [first.version, other.name]

        def ask() -> None:
            gone.remember("q", of_gone)
            kept.remember("q", of_kept)

        for _ in range(2):
            ask()
        assert (of_gone.n, of_kept.n) == (1, 1)
        if change == "undo":
            store.undo()
        elif change == "forget":
            store.forget("A")
        else:
            (store.folder / "manifest").write_text(other.name, encoding="ascii")
            assert store.versions == [other.name]
        ask()
    assert (of_gone.n, of_kept.n) == (2, 1)


def test_an_answer_that_a_caller_changes_stays_as_it_was(publish, table, tmp_path):
    snapshot = publish(tmp_path / "store", cases=table("case_id\nA").assign(school_id="1"))
    counts = snapshot.case_counts()
    counts["n"] = 7
    counts.loc[0, "n"] = 8
    assert snapshot.case_counts()["n"].tolist() == [1]
