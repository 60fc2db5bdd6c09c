"""What was answered of a version, kept for as long as the version lives: one memory for all who ask, bounded in bytes."""

from __future__ import annotations

import os
import sys
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import is_dataclass
from threading import Lock
from typing import Any

import pandas as pd

LIMIT_MB = 256
"""Unless ``RELAIS_MEMORY`` says otherwise, in megabytes; 0 keeps nothing."""


def limit_mb() -> int:
    """The bound of the memory in megabytes."""
    told = os.environ.get("RELAIS_MEMORY", "")
    return int(told) if told.isdecimal() else LIMIT_MB


class Memory:
    """Answers by version and question, the least recently used dropped beyond ``limit`` bytes.

    Who may ask is decided before and is no part of the key. A question that is being answered is waited for, never asked
    twice. What is given back is shared: nobody may change it. Thread-safe.
    """

    def __init__(self, limit: int) -> None:
        self._limit, self._size = limit, 0
        self._known: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._awaited: dict[Hashable, Future[Any]] = {}
        self._versions: tuple[str, ...] = ()
        self._lock = Lock()

    def answer(self, version: str, asked: Hashable, compute: Callable[[], Any]) -> Any:
        """What ``compute`` answers, or has answered before. Its exceptions pass, and are not remembered."""
        key = (version, asked)
        while True:
            with self._lock:
                if key in self._known:
                    self._known.move_to_end(key)
                    return self._known[key][0]
                awaited = self._awaited.get(key)
                if awaited is None:
                    mine = self._awaited[key] = Future()
                    break
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

    def of(self, versions: Sequence[str]) -> None:
        """Begin empty where the kept ``versions`` have changed: by an import, an undo, or a case that is forgotten."""
        with self._lock:
            if tuple(versions) != self._versions:
                self._versions, self._size = tuple(versions), 0
                self._known.clear()
                self._awaited.clear()  # what is being computed is given to who waits, and not kept

    def _leave(self, key: Hashable, mine: Future[Any]) -> bool:
        """Whether what was computed may be kept: the versions are still the same."""
        is_current = self._awaited.get(key) is mine
        if is_current:
            del self._awaited[key]
        return is_current

    def _keep(self, key: Hashable, found: Any) -> None:
        size = _size(found) + sys.getsizeof(key) + 1_000
        if size <= self._limit:
            self._known[key] = (found, size)
            self._size += size
        while self._size > self._limit:
            self._size -= self._known.popitem(last=False)[1][1]


def _size(found: object) -> int:
    """Bytes, about: what is small and nested counts as little as it weighs."""
    if isinstance(found, pd.DataFrame | pd.Series):  # its own count of bytes takes longer than many an answer
        return _CELL * found.size + _COLUMN * len(found.columns if isinstance(found, pd.DataFrame) else (found.name,))
    if isinstance(found, Mapping):
        return sum(map(_size, found.values())) + 100 * len(found)
    if isinstance(found, list | tuple):
        return sum(map(_size, found)) + 50 * len(found)
    if is_dataclass(found):
        return _size(vars(found))
    return sys.getsizeof(found)


_CELL, _COLUMN = 16, 1_000
"""Bytes of a table, about, by cell and by column: a number or a short text, and what pandas keeps around them."""

MEMORY = Memory(limit_mb() * 1024 * 1024)
"""The one of this process."""
