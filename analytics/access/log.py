"""The log of who saw, took and changed what: JSON lines, each with the digest of the line before it.

The head, a file of its own, holds the number and the digest of the last line, and those of the last line that was cut off
at the beginning. So a line that was changed, moved, inserted or cut off, at either end too, is found. Whoever holds the
account of the server can rewrite log and head together: against that only a copy elsewhere helps.
"""

from __future__ import annotations

import json
import os
import threading
from collections import deque
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from filelock import FileLock

from analytics.domain.errors import RelaisError

KEPT = timedelta(days=365)
START = "0" * 64  # stands for the digest of the line before the first one
_IN_THIS_PROCESS = threading.Lock()


class LogError(RelaisError):
    """A line could not be written."""


@dataclass(frozen=True)
class Entry:
    """What is noted: who, in which role, did what, to how many rows, and how it ended.

    ``what`` holds codes alone (a page, filters, a digest), never a value of the register.
    """

    who: str
    role: str
    act: str
    what: Mapping[str, object] = field(default_factory=dict)
    rows: int | None = None
    result: str = "ok"


class AccessLog:
    """The log at ``path``, its head and its lock beside it, for their owner alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._head = path.with_suffix(".head")

    def write(self, entry: Entry, now: datetime | None = None) -> None:
        """Append a line; the file is synced before this returns. Raises LogError.

        At most once a day, lines older than a year are cut off first.
        """
        now = now or datetime.now(UTC)
        with self._locked() as head:
            if head["since"] and now - datetime.fromisoformat(head["since"]) > KEPT + timedelta(days=1):
                head = self._cut(head, now)
            self._append(head, entry, now)

    def check(self) -> None:
        """Raises LogError where a line could not be written now."""
        with self._locked():
            self._write(self.path, os.O_APPEND, b"")

    def lines(self) -> Iterator[dict]:
        """The lines from the first to the last, as they stand; :meth:`faults` says whether they may be believed."""
        if self.path.exists():
            with self.path.open("rb") as file:
                for line in file:
                    try:
                        yield json.loads(line)
                    except ValueError:
                        continue

    def last_of(self, who: str, n_lines: int) -> list[dict]:
        """The last lines of an account, the newest first."""
        return list(deque((line for line in self.lines() if line.get("who") == who), n_lines))[::-1]

    def faults(self) -> list[str]:
        """French sentences on what was altered; empty when log and head agree from the first line to the last."""
        try:
            with self._locked() as head:
                content = self.path.read_bytes() if self.path.exists() else b""
        except LogError:
            return ["Le journal ou sa tête n’est pas lisible."]
        before, number, faults = head["cut_digest"], head["cut"], []
        lines = content.split(b"\n")
        if lines.pop():
            faults.append("La dernière ligne n’est pas entière.")
        for place, line in enumerate(lines, 1):
            number += 1
            try:
                recorded = json.loads(line)
                is_next = (recorded["n"], recorded["before"]) == (number, before)
            except (ValueError, KeyError, TypeError):
                is_next = False
            if not is_next:
                faults.append(f"La ligne {place} ne suit pas celle d’avant.")
            before = sha256(line).hexdigest()
        if (number, before) != (head["n"], head["digest"]):
            faults.append("La fin du journal n’est pas celle que sa tête connaît.")
        return faults

    def _append(self, head: dict, entry: Entry, now: datetime) -> None:
        recorded = {"n": head["n"] + 1, "at": now.astimezone(UTC).isoformat(timespec="milliseconds")}
        recorded |= asdict(entry) | {"before": head["digest"]}
        line = json.dumps(recorded, ensure_ascii=False, separators=(",", ":")).encode()
        self._write(self.path, os.O_APPEND, line + b"\n")
        self._write_head(
            head | {"n": recorded["n"], "digest": sha256(line).hexdigest(), "since": head["since"] or recorded["at"]}
        )

    def _cut(self, head: dict, now: datetime) -> dict:
        """Drop the lines older than a year, and seal the place: the head keeps number and digest of the last one dropped."""
        lines = self.path.read_bytes().splitlines(keepends=True)
        oldest = (now - KEPT).astimezone(UTC).isoformat(timespec="milliseconds")
        n_cut = sum(1 for line in lines if json.loads(line)["at"] < oldest)
        if n_cut == 0:
            return head
        kept = lines[n_cut:]
        beside = self.path.with_suffix(".cutting")
        self._write(beside, os.O_TRUNC, b"".join(kept))
        beside.replace(self.path)
        head = head | {
            "cut": head["cut"] + n_cut,
            "cut_digest": sha256(lines[n_cut - 1].rstrip(b"\n")).hexdigest(),
            "since": json.loads(kept[0])["at"] if kept else "",
        }
        self._write_head(head)
        self._append(head, Entry("", "", "cut", rows=n_cut), now)
        return self._read_head()

    def _read_head(self) -> dict:
        if not self._head.exists():
            return {"n": 0, "digest": START, "cut": 0, "cut_digest": START, "since": ""}
        head = json.loads(self._head.read_text("utf-8"))
        return {name: head[name] for name in ("n", "digest", "cut", "cut_digest", "since")}

    def _write_head(self, head: dict) -> None:
        beside = self.path.with_suffix(".head.new")
        self._write(beside, os.O_TRUNC, json.dumps(head).encode())
        beside.replace(self._head)

    def _write(self, path: Path, flags: int, content: bytes) -> None:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    @contextmanager
    def _locked(self) -> Generator[dict]:
        """The head, for one at a time: this process's threads in turn, others by a lock beside the log. Raises LogError."""
        try:
            with _IN_THIS_PROCESS:
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with FileLock(self.path.with_suffix(".lock"), timeout=5, poll_interval=0.005, mode=0o600):
                    yield self._read_head()
        except (OSError, ValueError, KeyError):
            raise LogError("Le journal des accès ne peut pas être écrit : rien n’est montré ni changé.") from None
