"""A question is answered once; whoever asks it again is shown the same."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import pytest

from analytics.store.memory import Memory
from pages._widgets.remembering import drawn, remembered, unseen

SHOWN: list[str] = []
ANSWERED: list[tuple] = []


@drawn
def _word(word: str) -> None:
    SHOWN.append(word)


@drawn
def _pair(left: str, right: str) -> None:
    _word(left)
    _word(right)


@remembered
def _question(context: Context, chosen: str = "") -> None:
    ANSWERED.append((context.asked, chosen))
    _pair("begin", chosen)
    if chosen == "stop":
        raise InterruptedError
    _word("end")


@remembered
def _whole(context: Context) -> None:
    _question(context, "part")
    _word("whole")


class Known:
    def __init__(self) -> None:
        self._memory = Memory(100_000)

    def remember(self, asked, compute, *, in_turn=False):
        return self._memory.answer("v1", asked, compute, in_turn=in_turn)


@dataclass(frozen=True)
class Context:
    snapshot: Known
    asked: tuple[Hashable, ...] = ("all",)


@pytest.fixture
def context() -> Context:
    SHOWN.clear()
    ANSWERED.clear()
    return Context(Known())


def test_a_question_asked_again_is_shown_again_and_not_answered_again(context):
    _question(context, "x")
    _question(context, "x")
    assert ANSWERED == [(("all",), "x")]
    assert SHOWN == ["begin", "x", "end"] * 2


def test_another_choice_or_another_selection_is_another_question(context):
    _question(context, "x")
    _question(context, "y")
    _question(Context(context.snapshot, ("some",)), "x")
    assert len(ANSWERED) == 3


def test_what_is_prepared_is_shown_to_its_first_reader_alone(context):
    with unseen():
        _question(context, "x")
    assert SHOWN == []
    _question(context, "x")
    assert SHOWN == ["begin", "x", "end"]
    assert len(ANSWERED) == 1


def test_a_question_that_stops_the_page_has_shown_what_came_before_and_is_asked_again(context):
    for _ in range(2):
        with pytest.raises(InterruptedError):
            _question(context, "stop")
    assert SHOWN == ["begin", "stop"] * 2
    assert len(ANSWERED) == 2


def test_a_question_that_is_part_of_another_is_shown_again_with_it(context):
    for _ in range(2):
        _whole(context)
    assert SHOWN == ["begin", "part", "end", "whole"] * 2
    assert len(ANSWERED) == 1
