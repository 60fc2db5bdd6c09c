"""The protocol's HTML, shown by the page, the plain route and the file: whole, light, honest about whose words it shows."""

import re
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import pytest

from analytics.documents import protocol_fragment, protocol_html, write_protocol
from analytics.domain.data import CONTENT, load
from analytics.protocol import build, protocol
from tests.documents.sentences import Sentences

TODAY = date(2026, 11, 22)
BESIDE = Path(__file__).parents[1] / "data" / "protocol"


@pytest.fixture(scope="module")
def html() -> str:
    return protocol_html(protocol(), TODAY)


def words(text: str) -> str:
    """``text`` without what typography and layout add: bullets, no-break spaces, the shape of an apostrophe, capitals."""
    return re.sub(r"[\s•]+", " ", text.replace("’", "'")).strip().lower()


def test_the_file_holds_every_entry_and_its_anchor(html):
    for entry in protocol().entries.values():
        assert f'id="{entry.anchor}"' in html, entry.code
        assert entry.action in html, entry.code


def test_the_file_and_the_page_show_the_same(html):
    assert protocol_fragment(protocol(), TODAY) in html


def test_the_file_is_light_with_the_parents_sheet_in_it_and_needs_nothing_from_outside(html):
    assert len(html.encode()) < 60_000
    assert all(line.text in html for line in protocol().parents_sheet)
    assert not re.search(r"<iframe|@import|src=|url\(| on\w+=", html)
    assert re.findall(r'<link[^>]*href="([^"]*)"', html) == ["data:,"]


def test_each_anchor_is_used_once_and_leads_somewhere(html):
    anchors = re.findall(r' id="([^"]+)"', html)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(anchors)


def test_french_signs_keep_to_their_word(html):
    text = re.sub(r"<(style|script)>.*?</\1>|<[^>]+>", "", html, flags=re.DOTALL)
    assert re.findall(r".{12} [:;?!»]|« .{12}", text) == []


# Whose words


@pytest.fixture(scope="module")
def listed() -> dict[str, str]:
    return tomllib.loads((BESIDE / "sentences.toml").read_text(encoding="utf-8"))["sentences"]


@pytest.fixture(scope="module")
def shown() -> list[tuple[str, bool]]:
    """The sentences of the shipped protocol, not of the tests' copy: a change of its words is to be read again."""
    return Sentences(protocol_fragment(build(load()), TODAY)).found


def test_each_sentence_under_a_paragraph_was_read_beside_the_procedure(shown, listed):
    assert {sentence for sentence, _ in shown} == set(listed)


def test_each_passage_is_in_the_procedure(listed):
    procedure = words((BESIDE / "procedure.txt").read_text(encoding="utf-8"))
    passages = set(listed.values()) - {"ajout"}
    assert [passage for passage in passages if words(passage) not in procedure] == []


def test_what_is_ours_bears_its_mark_and_what_is_the_procedure_s_does_not(shown, listed):
    assert [sentence for sentence, marked in shown if marked != (listed[sentence] == "ajout")] == []


def test_a_mark_that_is_missing_is_seen(html, listed):
    unmarked = html.replace("Complément", "")
    assert any(listed[sentence] == "ajout" and not marked for sentence, marked in Sentences(unmarked).found)


def test_the_modest_sentence_comes_before_anything_else():
    first = re.sub(r"<style>.*?</style>|<[^>]+>", "", protocol_fragment(protocol(), TODAY), flags=re.DOTALL).split("\n")
    assert next(filter(None, map(str.strip, first))) == "Un pense-bête\u202f: quelques suggestions, à adapter."


# Numbers


def test_a_number_unchecked_for_a_year_says_so_but_not_to_parents_and_not_in_the_red_frame():
    html = protocol_html(protocol(), date(2028, 1, 1))
    sheet = html[html.index("feuille-parents") :]
    red = html[html.index('class="danger"') : html.index("sans-danger")]
    assert "Non vérifié depuis plus d’un an (dernière fois le 22/11/2026)" in html
    for calm in (sheet, red):
        assert "tel:112" in calm
        assert "confirmer" not in calm
        assert "vérifié" not in calm


def test_a_qr_code_is_there_only_where_the_service_gave_its_public_address(html):
    assert "<svg" not in html
    public = replace(protocol(), public_address="https://mediation.example/protocole.html")
    assert "https://mediation.example/protocole.html" in protocol_html(public, TODAY)
    assert protocol_html(public, TODAY).count("<svg") == 1


def test_a_step_from_another_source_bears_the_mark_and_its_source():
    step, *others = CONTENT.protocol.steps
    file = CONTENT.protocol.replace(steps=(step.replace(source="child_focus", points=()), *others))
    html = protocol_fragment(build(msgspec.structs.replace(CONTENT, protocol=file)), TODAY)
    card = html[html.index(f'id="{step.anchor}"') : html.index("</article>")]
    assert card.index("Complément") < card.index(step.action)
    assert "Child Focus, actualité (19/03/2024)" in card
    assert "P1.6" not in card


def test_the_suffix_chooses_the_form(tmp_path):
    for name, start in (("p.html", b"<!doctype html>"), ("P.PDF", b"%PDF")):
        write_protocol(tmp_path / name, protocol(), TODAY)
        assert (tmp_path / name).read_bytes().startswith(start)


@pytest.mark.parametrize("name", ["p.docx", "p"])
def test_another_suffix_is_refused_in_french(tmp_path, name):
    with pytest.raises(ValueError, match="Le protocole s’écrit en"):
        write_protocol(tmp_path / name, protocol(), TODAY)
    assert list(tmp_path.iterdir()) == []
