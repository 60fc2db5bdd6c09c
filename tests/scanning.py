"""Looks for many words in many bytes: what must not be on disk, however it may be written there."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np

FILES = Path(__file__).parent / "files"


@cache
def disguises(register: str) -> Words:
    """What the truth file of ``register`` forbids: as it is, in capitals, in small letters, reversed; in four encodings."""
    words = json.loads((FILES / f"{register}.truth.json").read_text("utf-8"))["forbidden"]
    written = {form for word in words for form in (word, word.upper(), word.lower(), word[::-1])}
    encodings = ("utf-8", "latin-1", "utf-16-le", "utf-16-be")
    return Words(form.encode(encoding, "ignore") for form in written for encoding in encodings)


class Words:
    """Words of 8 bytes or more, found by their first 8 bytes wherever they stand."""

    def __init__(self, words: Iterable[bytes]) -> None:
        self._by_start: dict[int, set[bytes]] = {}
        for word in words:
            self._by_start.setdefault(int.from_bytes(word[:8], "little"), set()).add(word)
        self._starts = np.array(list(self._by_start), dtype=np.uint64)
        self._may_start = np.zeros(1 << 24, dtype=bool)  # three bytes tell nearly every place apart
        self._may_start[(self._starts & 0xFFFFFF).astype(int)] = True

    def found_in(self, *contents: bytes) -> set[bytes]:
        """Those that stand in one of ``contents``."""
        result: set[bytes] = set()
        for content in contents:
            for shift in range(min(8, len(content))):
                eights = np.frombuffer(content[shift : len(content) - (len(content) - shift) % 8], dtype="<u8")
                likely = eights[self._may_start[(eights & 0xFFFFFF).astype(int)]]
                for start in likely[np.isin(likely, self._starts)].tolist():
                    result |= {word for word in self._by_start[start] if word in content}
        return result
