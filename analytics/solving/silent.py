"""SciPy's solvers of linear programmes, without what they print: HiGHS writes some lines to the standard output of the
process whatever its options say, and a command's output belongs to whoever called it.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import wraps
from threading import Lock
from typing import ParamSpec, TypeVar

from scipy import optimize

P = ParamSpec("P")
R = TypeVar("R")

_STDOUT = 1
_C_LIBRARY = ctypes.CDLL("ucrtbase" if os.name == "nt" else None)  # its buffer holds the lines until it is flushed
_LOCK = Lock()
_running = 0
_kept: int | None = None


def silent(solve: Callable[P, R]) -> Callable[P, R]:
    """``solve`` with the standard output of the process closed while it runs, in however many threads at once."""

    @wraps(solve)
    def solve_in_silence(*args: P.args, **kwargs: P.kwargs) -> R:
        with _no_output():
            return solve(*args, **kwargs)

    return solve_in_silence


@contextmanager
def _no_output() -> Generator[None]:
    global _running, _kept
    with _LOCK:
        if _running == 0:
            _kept = _redirect()
        _running += 1
    try:
        yield
    finally:
        with _LOCK:
            _running -= 1
            if _running == 0 and _kept is not None:
                _C_LIBRARY.fflush(None)
                os.dup2(_kept, _STDOUT)
                os.close(_kept)


def _redirect() -> int | None:
    """Send the standard output nowhere; returns where it went before, None where the process has none."""
    try:
        kept = os.dup(_STDOUT)
    except OSError:
        return None
    _C_LIBRARY.fflush(None)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _STDOUT)
    os.close(nowhere)
    return kept


milp = silent(optimize.milp)
linprog = silent(optimize.linprog)
