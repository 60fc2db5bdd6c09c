"""What a question shows, remembered with its version: computed for the first reader, drawn again for the next ones."""

from collections.abc import Callable, Hashable
from functools import wraps
from threading import local
from typing import Any, ParamSpec

Chosen = ParamSpec("Chosen")

_recording = local()  # ``calls``: what the question that this thread answers has drawn so far


def drawn(draw: Callable[Chosen, None]) -> Callable[Chosen, None]:
    """``draw``, a function of Streamlit's elements, kept with its arguments when a :func:`remembered` question calls it.

    Its arguments are shared by all readers: it may not change them, and what is slow is computed before.
    """

    @wraps(draw)
    def drawing(*arguments: Chosen.args, **named: Chosen.kwargs) -> None:
        if (calls := getattr(_recording, "calls", None)) is not None:
            calls.append((draw, arguments, named))
            if _recording.headless:
                return
            _recording.calls = None  # what it calls itself is part of it
        try:
            draw(*arguments, **named)
        finally:
            if calls is not None:
                _recording.calls = calls

    return drawing


def remembered(show: Callable[..., None]) -> Callable[..., None]:
    """A question, or a part of one, that asks the reader nothing: ``show(context, *chosen)``, drawn by :func:`drawn` alone.

    The key is the version, the question, what the context is asked of (``context.asked``) and ``chosen``.
    """

    name = f"{show.__module__}.{getattr(show, '__name__', '')}"

    @wraps(show)
    def shown(context: Any, *chosen: Hashable) -> None:
        is_new = False

        def record() -> list[tuple]:
            nonlocal is_new
            is_new = True
            before = getattr(_recording, "calls", None), getattr(_recording, "headless", False)
            _recording.calls, _recording.headless = [], before[1]
            try:
                show(context, *chosen)
                return _recording.calls
            finally:
                _recording.calls, _recording.headless = before

        asked = (name, context.asked, chosen)
        calls = context.snapshot.remember(asked, record)
        if not is_new:
            for draw, arguments, named in calls:
                draw(*arguments, **named)

    return shown


def prepare(show: Callable[..., None], *asked: Any) -> None:
    """Answer a :func:`remembered` question for later readers, without a page to draw on."""
    _recording.headless = True
    try:
        show(*asked)
    finally:
        _recording.headless = False
