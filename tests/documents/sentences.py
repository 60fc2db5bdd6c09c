"""Reads the protocol's HTML as its reader does: each sentence under a paragraph, and whether it bears our mark."""

import re
from html.parser import HTMLParser

VOID = {"input", "br", "meta", "link"}
ASIDE = {"call", "calls", "done", "number", "point", "mark"}  # to call, to tick, to find; the mark itself
SENTENCE_END = re.compile(r"(?<=[.!?…»]) (?=[A-ZÀÉÊ«])")


class Sentences(HTMLParser):
    """``found``: pairs of a sentence and whether it stands in an element that bears the mark « Complément »."""

    def __init__(self, html: str):
        super().__init__()
        self.open: list[tuple[str, set[str], dict]] = []
        self.found: list[tuple[str, bool]] = []
        self.block, self.marked = "", False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag in {"p", "li", "summary", "h3", "details", "article", "div"}:
            self.finish()
        if tag not in VOID:
            attributes = dict(attributes)
            self.open.append((tag, set((attributes.get("class") or "").split()), attributes))

    def handle_endtag(self, tag):
        if tag in {"p", "li", "summary", "h3", "details", "article", "div"}:
            self.finish()
        assert self.open.pop()[0] == tag

    def handle_data(self, text):
        under = any("data-points" in attributes for _, _, attributes in self.open)
        aside = any(classes & ASIDE for _, classes, _ in self.open)
        if any("mark" in classes for _, classes, _ in self.open):
            # The mark counts for everything in the element that it opens.
            next(attributes for _, classes, attributes in reversed(self.open) if "added" in classes)["marked"] = text
        if under and not aside:
            self.block += text
            self.marked = any(attributes.get("marked") == "Complément" for _, _, attributes in self.open)

    def finish(self):
        block = re.sub(r"\s+", " ", self.block).strip()
        self.found += [(sentence, self.marked) for sentence in SENTENCE_END.split(block) if sentence]
        self.block = ""
