"""What a question shows, remembered with its version: computed for the first reader, drawn again for the next ones."""

from collections.abc import Callable, Generator, Hashable
from contextlib import contextmanager
from functools import wraps
from threading import local
from typing import Any, ParamSpec

Drawing = ParamSpec("Drawing")


class _Recording(local):
    """What the question that this thread answers has drawn so far; ``is_seen`` where there is a page to draw on."""

    calls: list[tuple] | None = None
    is_seen = True

    @contextmanager
    def into(self, calls: list[tuple] | None):
        """Record into other ``calls``, None for none, for a while."""
        before, self.calls = self.calls, calls
        try:
            yield
        finally:
            self.calls = before


_recording = _Recording()


def drawn(draw: Callable[Drawing, None]) -> Callable[Drawing, None]:
    """``draw``, a function of Streamlit's elements, kept with its arguments when a :func:`remembered` question calls it.

    Its arguments are shared by all readers: it may not change them, and what is slow is computed before.
    """

    @wraps(draw)
    def drawing(*arguments: Drawing.args, **named: Drawing.kwargs) -> None:
        if _recording.calls is not None:
            _recording.calls.append((draw, arguments, named))
        if _recording.is_seen:
            with _recording.into(None):  # what it draws by others is part of it
                draw(*arguments, **named)

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
            calls: list[tuple] = []
            with _recording.into(calls):
                show(context, *chosen)
            return calls

        calls = context.snapshot.remember((name, context.asked, chosen), record, in_turn=True)
        if _recording.calls is not None:  # it is a part of another question
            _recording.calls.extend(calls)
        if _recording.is_seen and not is_new:
            with _recording.into(None):
                for draw, arguments, named in calls:
                    draw(*arguments, **named)

    return shown


def is_seen() -> bool:
    """Whether there is a page to draw on, and a reader who chooses; else a choice is what it begins with."""
    return _recording.is_seen


@contextmanager
def unseen() -> Generator[None]:
    """Questions are answered for later readers, without a page to draw on."""
    _recording.is_seen = False
    try:
        yield
    finally:
        _recording.is_seen = True
