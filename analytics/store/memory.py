"""What was answered of a version, kept for as long as the version is: one memory for all who ask, bounded in bytes."""

from __future__ import annotations

import os
import sys
from collections import OrderedDict
from collections.abc import Callable, Generator, Hashable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import is_dataclass
from threading import Lock, Semaphore, local
from typing import Any

LIMIT_MB = 256
"""Unless ``RELAIS_MEMORY`` says otherwise, in megabytes; 0 keeps nothing."""


def limit_mb() -> int:
    """The bound of the memory in megabytes."""
    configured = os.environ.get("RELAIS_MEMORY", "")
    return int(configured) if configured.isdecimal() else LIMIT_MB


class Memory:
    """Answers by version and question, the least recently used dropped beyond ``limit`` bytes.

    Who may ask is decided before and is no part of the key. A question that is being answered is waited for, never asked
    twice. At most ``at_once`` of those that take their turn are computed at the same time: what is known already need not
    share the processor with all of them. What is given back is shared: nobody may change it. Thread-safe.
    """

    def __init__(self, limit: int, at_once: int = 2) -> None:
        self._limit, self._size = limit, 0
        self._turns, self._thread = Semaphore(at_once), local()
        self._known: OrderedDict[tuple[str, Hashable], tuple[Any, int]] = OrderedDict()
        self._awaited: dict[tuple[str, Hashable], Future[Any]] = {}
        self._before: dict[str, str] = {}  # each kept version, with the one before it
        self._lock = Lock()

    def answer(self, version: str, asked: Hashable, compute: Callable[[], Any], *, in_turn: bool = False) -> Any:
        """What ``compute`` answers, or has answered before. Its exceptions pass, and are not remembered.

        With ``in_turn`` it takes its turn, with all that it asks itself, and before anyone waits for it: nobody waits in a
        circle.
        """
        key = (version, asked)
        in_turn = in_turn and not getattr(self._thread, "has_turn", False)
        while True:
            with self._lock:
                if key in self._known:
                    self._known.move_to_end(key)
                    return self._known[key][0]
                awaited = self._awaited.get(key)
                if awaited is None and not in_turn:
                    mine = self._awaited[key] = Future()
                    break
            if awaited is None:
                with self._turn():
                    return self.answer(version, asked, compute)
            awaited.exception()  # somebody is computing it: wait, and look again
            if awaited.exception() is None:
                return awaited.result()
        try:
            found = compute()
        except BaseException as error:
            with self._lock:
                self._leave(key, mine)
            mine.set_exception(error)
            raise
        with self._lock:
            if self._leave(key, mine):
                self._keep(key, found)
        mine.set_result(found)
        return found

    @contextmanager
    def _turn(self) -> Generator[None]:
        with self._turns:
            self._thread.has_turn = True
            try:
                yield
            finally:
                self._thread.has_turn = False

    def of(self, versions: Sequence[str]) -> None:
        """Drop what was answered of others than the kept ``versions``, the current one first.

        An answer may compare a version with the one before it, and goes too where that is another one now.
        """
        before = dict(zip(versions, (*versions[1:], ""), strict=False))
        with self._lock:
            if before == self._before:
                return
            same = dict(before.items() & self._before.items())
            self._before = before
            for key in [key for key in self._known if key[0] not in same]:
                self._size -= self._known.pop(key)[1]
            # What is being computed of them is given to who waits, and not kept.
            self._awaited = {key: mine for key, mine in self._awaited.items() if key[0] in same}

    def _leave(self, key: tuple[str, Hashable], mine: Future[Any]) -> bool:
        """Whether what was computed may be kept: its version still is."""
        is_current = self._awaited.get(key) is mine
        if is_current:
            del self._awaited[key]
        return is_current

    def _keep(self, key: tuple[str, Hashable], found: Any) -> None:
        size = _size(found) + _size(key) + 1_000
        if size <= self._limit:
            self._known[key] = (found, size)
            self._size += size
        while self._size > self._limit:
            self._size -= self._known.popitem(last=False)[1][1]


def _size(found: Any) -> int:
    """Bytes, about: what is small and nested counts as little as it weighs."""
    if isinstance(found, _SMALL):  # most of what is nested
        return sys.getsizeof(found)
    if hasattr(found, "iloc"):  # of pandas, and its own count of bytes takes longer than many an answer
        return _CELL * found.size + _COLUMN * len(getattr(found, "columns", "1"))
    if isinstance(found, Mapping):
        return sum(map(_size, found.values())) + 100 * len(found)
    if isinstance(found, list | tuple):
        return sum(map(_size, found)) + 50 * len(found)
    if is_dataclass(found):
        return _size(vars(found))
    return sys.getsizeof(found)


_SMALL = (str, int, float)
_CELL, _COLUMN = 16, 4_000
"""Bytes of a table, about, by cell and by column: a number or a short text, and what pandas keeps around them."""

MEMORY = Memory(limit_mb() * 1024 * 1024)
"""The one of this process."""
