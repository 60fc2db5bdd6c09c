"""The version that a process answers from while a newer one is loaded: no reader waits for another office's import."""

from __future__ import annotations

import gc
from collections.abc import Callable
from threading import Lock, Thread
from time import monotonic

from analytics.store.errors import StoreError
from analytics.store.snapshot import Snapshot
from analytics.store.versions import Store

STAND_IN_SECONDS = 600
"""A version stands in for a newer one for so long, at the most, after it was last known to be the newest: who comes in the
morning waits for the records of the evening, and a load that fails for ever is told."""
RETRY_SECONDS = 30
"""After a load that failed, while the version before stands in."""


class Serving:
    """What a process has open of a store: the version that it answers from, and the one before it to compare with.

    One that must be loaded is loaded in a thread, one at a time, while the one before it, as long as it is kept, goes on
    being served; ``prepare`` is called with the new one before it is. Nothing is closed: a version leaves the memory when
    the last reader lets go of it. Thread-safe.
    """

    def __init__(self, prepare: Callable[[Snapshot], object]) -> None:
        self._prepare = prepare
        self._lock = Lock()
        self._served: Snapshot | None = None
        self._before: Snapshot | None = None
        # The newest version when the served one was opened, and until when it was known to be.
        self._newest, self._newest_at = "", 0.0
        self._is_loading, self._retry_at = False, 0.0

    def current(self, store: Store, *, newest: bool = False) -> Snapshot | None:
        """The version to answer from; None while there is none. StoreError when one must be waited for and cannot be read.

        With ``newest`` nothing stands in for the newest version: for who has just changed the store.
        """
        began, kept = monotonic(), store.versions
        if not kept:
            return None
        with self._lock:
            served = self._served
            if served is not None and served.version in kept:
                if kept[0] == self._newest:
                    self._newest_at = began
                    return served
                if store.is_shared and not newest and began < self._newest_at + STAND_IN_SECONDS:
                    self._load_beside(store, served)
                    return served
        opened = store.snapshot()
        if opened is not None:
            with self._lock:
                self._serve(opened, kept, began)
        return opened

    def before(self, store: Store, current: Snapshot) -> Snapshot | None:
        """The kept version before ``current``; None where there is none that can be read."""
        kept = store.versions
        versions = kept[kept.index(current.version) + 1 :] if current.version in kept else []
        if not versions:
            return None
        with self._lock:
            for opened in (self._before, self._served):
                if opened is not None and opened.version == versions[0]:
                    return opened
        try:
            opened = store.open(versions[0])
        except StoreError:
            return None
        with self._lock:
            self._before = opened
        return opened

    def _load_beside(self, store: Store, served: Snapshot) -> None:
        if not self._is_loading and monotonic() >= self._retry_at:
            self._is_loading = True
            Thread(target=self._load, args=(Store(store.location), served), daemon=True).start()

    def _load(self, store: Store, served: Snapshot) -> None:
        try:
            began, kept = monotonic(), store.versions
            opened = store.snapshot()
            if opened is not None:
                self._prepare(opened)
                with self._lock:
                    if self._served is served:  # else somebody waited for one, which is as new
                        self._serve(opened, kept, began)
            del served, opened
            gc.collect()  # what a page held of an older version, which may be gigabytes
        except Exception:  # told to the first reader who has to wait
            self._retry_at = monotonic() + RETRY_SECONDS
        finally:
            self._is_loading = False

    def _serve(self, opened: Snapshot, kept: list[str], at: float) -> None:
        if self._served is not None and self._served.version in kept[1:2]:
            self._before = self._served
        elif self._before is not None and self._before.version not in kept:
            self._before = None
        self._newest, self._newest_at = kept[0] if opened.is_fallback else opened.version, at
        self._served = opened
