"""The files of a publication: all of them, without a trace of anybody in any."""

from __future__ import annotations

import base64
import io
import json
import re
import tomllib
import zipfile
import zlib

import pytest
from pypdf import PdfReader

from analytics.documents.publication import publication_files, zipped
from analytics.domain.vocabulary import STEPS
from tests.released import REGISTER, proposal, release, shared_store

TRUTH = json.loads(REGISTER.with_suffix(".truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return publication_files(release())


def test_every_file_says_period_day_rules_and_method_first(files):
    with zipfile.ZipFile(io.BytesIO(files["publication.xlsx"])) as opened:
        workbook = opened.read("xl/sharedStrings.xml").decode()
    first = {
        "pdf": PdfReader(io.BytesIO(files["publication.pdf"])).pages[0].extract_text(),
        "html": files["publication.html"].decode().split("<section>")[0],
        "xlsx": workbook,
    } | {name: content.decode().split("\r\n\r\n")[0] for name, content in files.items() if name.endswith(".csv")}
    for text in first.values():
        assert all(
            word in text for word in ("Période", "1er trimestre", "15/06/2026", "Règles", "Méthode", "Certificat")
        )


def test_a_refused_table_is_named_in_the_report(files):
    assert all(title in files["publication.html"].decode() for title in release().refused)


def test_a_rounded_release_says_so():
    assert b"arrondie" in publication_files(proposal().rounded)["publication.html"]


def test_the_observed_figures_are_those_that_the_protocol_page_reads(files):
    entries = tomllib.loads(files["observed.toml"].decode())["observed"]
    assert entries
    assert all(entry["step"] in STEPS and "environ" in entry["sentence"] for entry in entries)


def test_the_same_release_gives_the_same_bytes(files):
    again = publication_files(release())
    assert again == files
    assert zipped(again) == zipped(files)


def written(word: str) -> set[bytes]:
    """A word as it may be written: letters, encodings, escapes, base 64 at its three offsets."""
    forms = {word, word.upper(), word.lower(), word[::-1]}
    found = {form.encode(encoding) for form in forms for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le")}
    found |= {form.encode("cp1252", "ignore") for form in forms}
    found |= {form.encode().hex().encode() for form in forms}
    found |= {json.dumps(form)[1:-1].encode() for form in forms}
    found |= {"".join(f"%{byte:02X}" for byte in form.encode()).encode() for form in forms}
    for form in forms:
        for offset in range(3):
            coded = base64.b64encode(b"\0" * offset + form.encode())
            found.add(coded[4 if offset else 0 : len(coded) // 4 * 4 - 4])
    return {form for form in found if len(form) >= 6}


def unpacked(content: bytes) -> list[bytes]:
    """The bytes of a file, and those that it holds compressed."""
    parts = [content]
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            parts += [opened.read(name) for name in opened.namelist()]
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        try:
            parts.append(zlib.decompressobj().decompress(stream))
        except zlib.error:
            continue
    if content.startswith(b"%PDF"):
        parts.append("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).encode())
    return parts


def test_no_byte_of_any_file_holds_an_identifier(files):
    with shared_store().snapshot() as snapshot:
        schools = snapshot.table("schools")
        pseudonyms = snapshot.table("cases")["case_id"].head(20)
    planted = sorted({word.strip() for word in TRUTH["forbidden"] if len(word.strip()) >= 6})[::14]
    planted += [*pseudonyms, *schools["name"]]
    assert len(planted) > 60
    forms = {form for word in planted for form in written(word)}
    contents = [part for content in files.values() for part in unpacked(content)]
    assert not [form for form in forms if any(form in content for content in contents)]


def test_the_search_finds_what_is_planted():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("a.xml", base64.b64encode(b"xx" + "Zoé Lambert".encode()))
    assert any(form in part for part in unpacked(archive.getvalue()) for form in written("Zoé Lambert"))
