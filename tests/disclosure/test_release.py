"""A whole release: proven, the same every time, recorded, and without a trace of anybody in any of its files."""

from __future__ import annotations

import base64
import io
import json
import re
import tomllib
import zipfile
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from analytics.disclosure.attack import OutOfTimeError
from analytics.disclosure.audit import attack
from analytics.disclosure.catalogue import CatalogueError, load_catalogue
from analytics.disclosure.counting import count_tables
from analytics.disclosure.proposing import propose
from analytics.disclosure.published import WITHHELD, read_publication
from analytics.disclosure.records import past_records
from analytics.documents.publication import cell_words
from analytics.documents.publication_files import publication_files, zipped
from analytics.domain.errors import RefusedError
from analytics.domain.selection import Selection
from analytics.domain.vocabulary import RELAYS, STEPS
from analytics.intake import Key
from analytics.measures import relays
from analytics.store import Store
from analytics.workflows.importing import import_register
from analytics.workflows.publishing import publish_folder, record_and_render

FILES = Path(__file__).parents[1] / "files"
REGISTER = FILES / "registre-2025-2026.xlsx"
TRUTH = json.loads(REGISTER.with_suffix(".truth.json").read_text(encoding="utf-8"))
TERM = "2025-2026-T1"
TODAY = date(2026, 6, 15)


def imported(folder: Path) -> Store:
    store = Store(folder)
    import_register(store, REGISTER.read_bytes(), Key(b"k" * 32), datetime(2026, 6, 12, tzinfo=UTC))
    return store


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    return imported(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def proposal(store):
    catalogue = load_catalogue()
    with store.snapshot() as snapshot:
        return propose(snapshot, catalogue, catalogue.period(TERM), (), TODAY)


@pytest.fixture(scope="module")
def files(proposal) -> dict[str, bytes]:
    assert proposal.release is not None
    return publication_files(proposal.release)


def test_every_withheld_cell_has_a_reason_and_an_interval(proposal):
    withheld = [(t.code, c.labels) for t in proposal.release.tables for c in t.cells if c.value is None]
    assert withheld
    assert set(withheld) == set(proposal.reasons)
    assert all(c.lower >= 1 for t in proposal.release.tables for c in t.cells if c.value is None)


def test_no_shown_count_lies_below_the_threshold(proposal):
    shown = [c.value for t in proposal.release.tables for c in t.cells if c.value is not None and t.unit != "schools"]
    assert not [value for value in shown if 0 < value < proposal.release.rules.threshold]


def test_a_table_withheld_for_too_large_a_part_is_not_there_and_is_named(proposal, files):
    release = proposal.release
    assert {table.title for table in release.tables}.isdisjoint(release.refused)
    for table in release.tables:
        filled = [cell for cell in table.cells if cell.value != 0]
        assert sum(cell.value is None for cell in filled) <= 0.4 * len(filled)
    assert all(title in files["publication.html"].decode() for title in release.refused)


def test_the_csv_says_what_the_release_says(proposal, files):
    printed = {table.title: table for table in read_publication(files).tables}
    for table in proposal.release.tables:
        assert dict(printed[table.title].cells) == {cell.labels: cell.value for cell in table.cells}


def test_a_relay_is_in_time_as_on_the_screens_and_a_threat_in_hours(store):
    """A threat reported before a holiday and passed on after it is late, though hardly a school day has gone by."""
    catalogue = load_catalogue()
    period = catalogue.period(TERM)
    weeks = Selection(school_years=(period.school_year,), first_week=period.first_day, last_week=period.last_day)
    with store.snapshot() as snapshot:
        counted = next(c for c in count_tables(snapshot, catalogue, period) if c.spec.code == "relays_by_level")
        answer = relays.against_deadline(snapshot.step_counts("deadline", weeks)).set_index("step")
    of_all_levels = counted.numbers[:, -1]
    for place, relay in enumerate(RELAYS):
        row = answer.loc[relay]
        late = row["n_late"] + row["n_overdue"] + row["n_closed"]
        assert of_all_levels[place].tolist() == [row["n_in_time"], late, row["n_in_time"] + late]


def test_csv_opens_as_a_belgian_spreadsheet_expects(files):
    for name in (name for name in files if name.endswith(".csv")):
        text = files[name].decode("utf-8")
        assert text.startswith("\ufeffTableau;")
        assert not re.search(r";-?\d+\.\d+(;|\r)", text)
        assert WITHHELD not in text or f";{WITHHELD};" in text


def test_each_format_says_period_day_rules_and_method_first(files):
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(files["publication.xlsx"]))
    first = {
        "pdf": PdfReader(io.BytesIO(files["publication.pdf"])).pages[0].extract_text(),
        "html": files["publication.html"].decode().split("<section>")[0],
        "xlsx": str(workbook.get_sheet_by_index(0).to_python()),
    } | {name: content.decode().split("\r\n\r\n")[0] for name, content in files.items() if name.endswith(".csv")}
    for text in first.values():
        assert all(
            word in text for word in ("Période", "1er trimestre", "15/06/2026", "Règles", "Méthode", "Certificat")
        )


def test_the_workbook_holds_numbers_as_numbers_and_no_formula(proposal, files):
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(files["publication.xlsx"]))
    sheet = workbook.get_sheet_by_index(1).to_python()
    table = proposal.release.tables[0]
    assert [row[0] for row in sheet[3:]] == list(table.labels(0))
    assert sheet[3][1] == (table.cells[0].value or cell_words(table.cells[0]))
    with zipfile.ZipFile(io.BytesIO(files["publication.xlsx"])) as opened:
        assert not [name for name in opened.namelist() if b"<f>" in opened.read(name) or b"<f " in opened.read(name)]


def test_the_report_loads_nothing_and_runs_nothing(files):
    html = files["publication.html"].decode()
    assert not re.search(r"<script|https?://|@import|url\(", html)
    assert '<html lang="fr">' in html


def test_the_observed_figures_are_those_that_the_protocol_page_reads(files):
    entries = tomllib.loads(files["observed.toml"].decode())["observed"]
    assert entries
    assert all(entry["step"] in STEPS and "environ" in entry["sentence"] for entry in entries)


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


def test_no_byte_of_any_file_holds_an_identifier(store, files):
    with store.snapshot() as snapshot:
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


class TestPublishing:
    @pytest.fixture
    def own(self, tmp_path) -> Store:
        return imported(tmp_path / "store")

    def test_the_same_records_give_the_same_bytes_and_a_release_that_is_recorded_gives_them_again(
        self, own, tmp_path, files
    ):
        publish_folder(own, TERM, tmp_path / "one", TODAY)
        said = publish_folder(own, TERM, tmp_path / "two", date(2027, 1, 1))
        assert "mêmes fichiers" in said[0]
        for folder in (tmp_path / "one", tmp_path / "two"):
            written = {path.name: path.read_bytes() for path in folder.iterdir()}
            assert written == files
            assert zipped({name: written[name] for name in files}) == zipped(files)

    def test_neither_an_import_nor_an_undo_forgets_what_has_left(self, own, tmp_path, proposal):
        record_and_render(own, proposal.release, 0)
        again = FILES / "registre-2025-2026-suite.xlsx"
        import_register(own, again.read_bytes(), Key(b"k" * 32), datetime(2026, 6, 20, tzinfo=UTC))
        own.undo()
        assert [entry.period for entry in past_records(own.folder)] == [TERM]

    def test_a_period_that_is_not_over_is_refused(self, own, tmp_path):
        with pytest.raises(CatalogueError, match="n’est pas close"):
            publish_folder(own, "2025-2026", tmp_path / "year", TODAY)
        assert not (tmp_path / "year").exists()

    def test_a_folder_that_is_there_is_not_touched(self, own, tmp_path):
        with pytest.raises(RefusedError, match="existe déjà"):
            publish_folder(own, TERM, tmp_path, TODAY)

    def test_a_proof_that_did_not_know_the_last_release_lets_nothing_out(self, own, proposal):
        record_and_render(own, proposal.release, 0)
        with pytest.raises(RefusedError, match="Recommencez"):
            record_and_render(own, proposal.release, 0)

    def test_what_is_not_proven_in_time_is_offered_rounded_and_labelled(self, store):
        catalogue = load_catalogue()
        hurried = replace(catalogue, rules=catalogue.rules.replace(seconds=0))
        with store.snapshot() as snapshot:
            found = propose(snapshot, hurried, hurried.period(TERM), (), TODAY)
        assert found.release is None
        assert all(cell.value is not None for table in found.rounded.tables for cell in table.cells)
        inner = [c.value for t in found.rounded.tables for c in t.cells if "Total" not in c.labels]
        assert {value % 6 for value in inner} <= {0, 3}
        assert b"arrondie" in publication_files(found.rounded)["publication.html"]


class TestAgainstPastReleases:
    @pytest.fixture
    def record(self, tmp_path, proposal):
        own = imported(tmp_path / "store")
        record_and_render(own, proposal.release, 0)
        return own, past_records(own.folder)[0]

    def again(self, store: Store, past, catalogue, code: str = TERM):
        with store.snapshot() as snapshot:
            return propose(snapshot, catalogue, catalogue.period(code), past, TODAY)

    def test_a_period_that_overlaps_a_published_one_is_refused(self, record):
        store, past = record
        overlapping = replace(past, period="2025-2026")
        with pytest.raises(CatalogueError, match="recouvre"):
            self.again(store, [overlapping], load_catalogue())

    def test_a_second_release_with_other_numbers_is_refused(self, record):
        store, past = record
        name = next(name for name in past.files if name.endswith(".csv"))
        changed = re.sub(
            rb";Total;(\d+);", lambda found: b";Total;%d;" % (int(found[1]) + 1), past.files[name], count=1
        )
        with pytest.raises(CatalogueError, match="d’autres nombres"):
            self.again(store, [replace(past, files={**past.files, name: changed})], load_catalogue())

    def test_a_second_release_is_attacked_together_with_the_first_and_shows_nothing_more_of_it(self, record, proposal):
        store, past = record
        found = self.again(store, [past], load_catalogue())
        assert found.release is not None
        assert found.release.n_past == 1
        first = {(t.code, c.labels): c.value for t in proposal.release.tables for c in t.cells}
        again = {(t.code, c.labels): c.value for t in found.release.tables for c in t.cells}
        assert {cell: again[cell] for cell in first if cell in again} == {c: first[c] for c in first if c in again}

    def test_a_fictitious_release_does_not_bind_a_real_one(self, record):
        store, past = record
        found = self.again(store, [replace(past, is_demo=True, period="2025-2026")], load_catalogue())
        assert found.release is not None


def test_an_attack_that_runs_out_of_time_proves_nothing(files):
    with pytest.raises(OutOfTimeError):
        attack([read_publication(files)], seconds=0)
