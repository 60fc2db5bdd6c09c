"""From a file to a version of the store: again and again, real after fictitious, under the right key, and nothing raw."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from analytics.domain.shipped import SHIPPED
from analytics.domain.vocabulary import STEPS
from analytics.intake import Key, KeyFileError, OwnWords, RefusedFileError, UnansweredError
from analytics.store import Store, StoreError
from analytics.workflows.importing import Import, import_register, store_key
from tests.scanning import disguises

FILES = Path(__file__).parents[1] / "files"
FIRST, LATER = FILES / "registre-2025-2026.xlsx", FILES / "registre-2025-2026-suite.xlsx"
KEY = Key(b"k" * 32)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "store")


def take(store: Store, path: Path = FIRST, hours: int = 0, **how) -> Import:
    return import_register(store, path.read_bytes(), KEY, NOW + timedelta(hours=hours), **how)


def counted(done: Import) -> tuple[int, ...]:
    return done.changes.new, done.changes.changed, done.changes.unchanged, done.changes.missing


def test_a_later_extract_updates_what_is_known_and_meaning_decides(store):
    assert counted(take(store)) == (420, 0, 0, 0)
    later = take(store, LATER, 1)
    assert counted(later) == (11, 31, 389, 0)
    assert store.versions[0] == later.version
    snapshot = store.snapshot()
    assert snapshot.case_counts()["n"].tolist() == [431]
    assert snapshot.as_of == date(2026, 6, 26)
    assert snapshot.table("imports")["n_new"].tolist() == [420, 11]


def test_an_earlier_extract_keeps_the_cases_that_it_does_not_hold_yet(store):
    assert take(store, LATER).known_as_of is None
    earlier = take(store, FIRST, 1)
    assert earlier.changes.missing == 11
    assert earlier.known_as_of == date(2026, 6, 26)
    assert store.snapshot().case_counts()["n"].tolist() == [431]


@pytest.mark.parametrize("hours", [0, -5])
def test_the_last_import_counts_as_the_last_where_the_clock_stood_still_or_went_back(store, hours):
    take(store)
    take(store, LATER, hours)
    assert store.snapshot().as_of == date(2026, 6, 26)
    assert store.snapshot().table("imports")["n_new"].tolist() == [420, 11]


def test_the_same_file_twice_changes_nothing_and_says_so(store):
    first = take(store)
    again = take(store, hours=1)
    assert counted(again) == (0, 0, 420, 0)
    assert again.version == first.version
    assert store.versions == [first.version]


def test_a_store_that_was_laid_otherwise_is_told_and_the_same_file_mends_it(store, write_old_layout):
    take(store)
    write_old_layout(store)
    old = store.snapshot()
    assert len(old.table("case_steps")) == 420 * len(STEPS)
    assert set(old.table("cases")["first_seen_on"]) == {old.table("imports")["as_of"].item()}
    assert not old.table("schools")["provisional"].any()
    assert old.table("imports")["tells_closure"].all()
    assert set(old.table("cases")["office"]) == set(old.table("imports")["office"]) == {"principal"}
    with pytest.raises(StoreError, match="Importez à nouveau le registre"):
        old.step_counts("hours")
    again = take(store, hours=1)
    assert counted(again) == (0, 0, 420, 0)
    assert store.versions[0] == again.version
    assert store.snapshot().step_counts("hours")["n"].sum() == 420 * len(STEPS)


def test_a_file_that_was_taken_back_can_be_imported_again(store):
    take(store)
    take(store, LATER, 1)
    store.undo()
    assert counted(take(store, LATER, 2)) == (11, 31, 389, 0)


def test_a_forgotten_case_that_the_file_still_holds_is_said_to_be_new(store):
    take(store)
    store.forget(store.snapshot().table("cases")["case_id"].iloc[0])
    assert counted(take(store, hours=1)) == (1, 0, 419, 0)


def test_a_later_day_of_extraction_is_a_change_for_the_cases_that_are_open(store):
    take(store)
    assert counted(take(store, hours=1, as_of=date(2026, 6, 19))) == (0, 0, 420, 0)
    assert store.snapshot().as_of == date(2026, 6, 19)


def test_a_dry_run_tells_all_and_writes_nothing(store):
    tried = take(store, dry_run=True)
    assert counted(tried) == (420, 0, 0, 0)
    assert tried.version is None
    assert not store.folder.exists()


def test_a_real_register_takes_the_place_of_fictitious_records(store):
    take(store, source="demo")
    assert store.snapshot().is_demo
    assert counted(take(store, LATER, 1)) == (431, 0, 0, 0)
    snapshot = store.snapshot()
    assert not snapshot.is_demo
    assert snapshot.table("imports")["source"].tolist() == ["register"]


def test_an_import_mends_a_store_of_which_every_version_is_damaged(store):
    take(store)
    (store.folder / store.versions[0]).write_bytes(b"damaged")
    assert counted(take(store, hours=1)) == (420, 0, 0, 0)
    assert not store.snapshot().is_fallback


def test_a_refused_file_leaves_the_store_as_it_was(store):
    before = take(store)
    with pytest.raises(RefusedFileError):
        import_register(store, b"PK damaged", KEY, NOW)
    assert store.versions == [before.version]


def test_the_summary_counts_every_row_once(store):
    summary: dict = take(store, FILES / "registre-a-corriger.xlsx").summary
    assert summary["read"] == sum(summary[name] for name in ("accepted", "refused"))
    assert summary["accepted"] == sum(summary[name] for name in ("new", "changed", "unchanged"))
    assert summary["snapshot"] == store.versions[0]


def test_progress_moves_forward_to_the_end(store):
    shares: list[float] = []
    take(store, progress=lambda share, what: shares.append(share))
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert len(set(shares)) > 4


def test_nothing_that_identifies_is_in_any_byte_of_the_store_however_it_is_written(store):
    take(store)
    take(store, LATER, 1)
    contents = [path.read_bytes() for path in store.folder.iterdir()]
    assert not disguises(FIRST.stem).found_in(*contents)
    assert not disguises(LATER.stem).found_in(*contents)


def test_the_search_for_what_identifies_finds_it_in_the_register_itself():
    """So that the test above can fail: a workbook is unpacked and searched the same way."""
    with zipfile.ZipFile(FIRST) as archive:
        assert disguises(FIRST.stem).found_in(*(archive.read(name) for name in archive.namelist()))


def test_the_key_is_made_on_first_use_for_its_owner_alone(store, tmp_path):
    path = tmp_path / "configuration" / "relais.key"
    key = store_key(store, path)
    assert store_key(store, path) == key
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_store_that_holds_records_wants_the_key_that_made_them(store, tmp_path):
    path = tmp_path / "relais.key"
    key = store_key(store, path)
    import_register(store, FIRST.read_bytes(), key, NOW)
    path.rename(tmp_path / "elsewhere.key")
    with pytest.raises(KeyFileError, match=f"La clé {key.id}.* est introuvable"):
        store_key(store, path)
    assert not path.exists(), "never a silent new key"
    path.touch(mode=0o600)
    path.write_text("0" * 64)
    with pytest.raises(KeyFileError, match=f"importé avec la clé {key.id}"):
        store_key(store, path)
    path.write_text("0" * 10)
    with pytest.raises(KeyFileError, match="incomplet"):
        store_key(store, path)


def test_a_key_that_others_can_read_is_refused_with_what_to_do(store, tmp_path):
    path = tmp_path / "relais.key"
    key = store_key(store, path)
    for mode in (0o640, 0o604, 0o620):
        path.chmod(mode)
        with pytest.raises(KeyFileError, match="chmod 600"):
            store_key(store, path)
    path.chmod(0o400)
    assert store_key(store, path) == key


def test_fictitious_records_do_not_tie_the_service_to_their_key(store, tmp_path):
    take(store, source="demo")
    assert store_key(store, tmp_path / "relais.key").id != KEY.id


@pytest.mark.parametrize("where", ["the repository", "the store"])
def test_the_key_may_stand_neither_in_the_repository_nor_in_the_store(store, where):
    path = {"the repository": SHIPPED / "relais.key", "the store": store.folder / "relais.key"}[where]
    with pytest.raises(KeyFileError, match="ne peut pas se trouver"):
        store_key(store, path)
    assert not path.exists()


# What is asked, and what is remembered

HEADER = "N° dossier;École;Classe;Signalé le;Faits;CPMS contacté le;Clôturé le"


def typed(year: int, *numbers: int, school: str = "Institut Saint-Exemple", header: str = HEADER) -> bytes:
    """A register without a list of schools: a case a week from 13 January of ``year``, the CPMS called the day after."""
    days = {n: date(year, 1, 13) + timedelta(weeks=n) for n in numbers}
    cells = [
        {
            "N° dossier": str(n),
            "École": school,
            "Classe": "S3",
            "Signalé le": f"{day:%Y-%m-%d}",
            "Faits": "Insultes",
            "CPMS contacté le": f"{day + timedelta(days=1):%Y-%m-%d}",
            "Clôturé le": f"{day + timedelta(days=9):%Y-%m-%d}",
        }
        for n, day in days.items()
    ]
    headers = header.split(";")
    return "\n".join([header, *(";".join(row[name] for name in headers) for row in cells)]).encode()


def add(store: Store, content: bytes, hours: int = 0, **how) -> Import:
    return import_register(store, content, KEY, NOW + timedelta(hours=hours), as_of=date(2026, 6, 12), **how)


def test_numbers_that_begin_again_are_asked_once_and_remembered(store):
    add(store, typed(2025, 1, 2, 3, 4, 5, 6))
    with pytest.raises(UnansweredError, match="sous le même numéro") as asked:
        add(store, typed(2026, 1, 2, 3, 4), 1)
    assert store.snapshot().case_counts()["n"].tolist() == [6], "nothing was overwritten"
    (question,) = asked.value.questions
    again = add(store, typed(2026, 1, 2, 3, 4), 1, own_words=OwnWords().with_answer(question.place, question.default))
    assert counted(again) == (4, 0, 0, 0)
    assert counted(add(store, typed(2026, 1, 2, 3, 4, 5), 2)) == (1, 0, 4, 0), "not asked again"
    assert counted(add(store, typed(2025, 1, 2, 3, 4, 5, 6, 7), 3)) == (1, 0, 6, 0), "the old numbers are found again"
    assert store.snapshot().case_counts()["n"].tolist() == [12]


def test_a_column_that_is_gone_leaves_what_was_stored_and_is_named(store):
    add(store, typed(2026, 1, 2, 3))
    without = HEADER.replace(";CPMS contacté le", "")
    for hours, numbers in ((1, (1, 2, 3, 4)), (2, (1, 2, 3, 4, 5))):
        later = add(store, typed(2026, *numbers, header=without), hours)
        assert later.lost_fields == ("step:cpms",)
        assert counted(later) == (1, 0, len(numbers) - 1, 0)
    steps = store.snapshot().table("case_steps")
    assert steps[steps["step"] == "cpms"]["outcome"].value_counts().to_dict() == {"done": 3, "not_recorded": 2}


def test_the_rows_that_are_refused_again_are_known_by_case_and_reason_wherever_they_stand(store):
    def refused(*numbers: int, signalled: str = "2026-02-31") -> bytes:
        header, *lines = typed(2026, 1, 2, 3, 4, 5).decode().splitlines()
        for number in numbers:
            day = date(2026, 1, 13) + timedelta(weeks=number)
            lines[number - 1] = lines[number - 1].replace(f"{day};Insultes", f"{signalled};Insultes")
        return "\n".join([header, *(lines[::-1] if numbers == (3, 2) else lines)]).encode()

    def is_known(done: Import) -> bool:
        return done.extract.refused_digest == done.known_refused

    first = add(store, refused(2, 3))
    assert (first.known_refused, is_known(first)) == ("", False)
    assert is_known(add(store, refused(3, 2), 1)), "in another order"
    assert not is_known(add(store, refused(2, 4), 1)), "another case"
    assert not is_known(add(store, refused(2), 1, dry_run=True)), "one of them is corrected"
    assert not is_known(add(store, refused(2, 3, signalled=""), 1)), "for another reason"
    corrected = add(store, refused(), 2)
    assert (corrected.extract.refused_digest, is_known(corrected)) == ("", False)
    assert not is_known(add(store, refused(2), 3))


def test_a_case_keeps_the_day_on_which_it_was_first_seen(store):
    import_register(store, typed(2026, 1, 2, 3), KEY, NOW, as_of=date(2026, 3, 2))
    add(store, typed(2026, 1, 2, 3, 4), 1)
    seen = store.snapshot().table("cases")["first_seen_on"].value_counts()
    assert {day.date(): n for day, n in seen.items()} == {date(2026, 3, 2): 3, date(2026, 6, 12): 1}


def test_the_wrong_file_is_asked_about(store):
    add(store, typed(2026, 1, 2, 3, 4, 5))
    with pytest.raises(UnansweredError, match="Est-ce le bon fichier"):
        add(store, typed(2026, 11, 12, 13, 14), 1)


def test_a_list_gives_its_codes_to_schools_that_were_known_by_their_names(store):
    add(store, typed(2026, 1, 2, 3))
    assert store.snapshot().table("schools")["provisional"].tolist() == [True]
    listed = "Code;Nom;Élèves\n3001;Institut St Exemple;620\n".encode()
    assert counted(add(store, typed(2026, 1, 2, 3), 1, schools_content=listed)) == (0, 0, 3, 0)
    schools = store.snapshot().table("schools")
    assert schools[["school_id", "n_pupils", "provisional"]].to_numpy().tolist() == [["3001", 620, False]]
    assert set(store.snapshot().table("cases")["school_id"]) == {"3001"}


def test_a_school_that_changes_its_name_without_a_code_is_asked_about(store):
    add(store, typed(2026, 1, 2, 3))
    with pytest.raises(UnansweredError, match="s’appelle-t-elle maintenant") as asked:
        add(store, typed(2026, 1, 2, 3, 4, school="Collège des Rivages"), 1)
    own_words = OwnWords()
    for question in asked.value.questions:
        own_words = own_words.with_answer(question.place, question.default)
    renamed = add(store, typed(2026, 1, 2, 3, 4, school="Collège des Rivages"), 1, own_words=own_words)
    assert counted(renamed) == (1, 0, 3, 0)


def test_probable_duplicates_are_told_by_their_rows_and_never_merged(store):
    content = typed(2026, 1, 2, 3).decode().splitlines()
    again = content[2].replace("2;", "22;", 1)
    done = add(store, "\n".join([*content, again]).encode())
    assert done.changes.new == 4
    assert [set(pair) for pair in done.duplicates[["row", "other_row"]].to_numpy()] == [{"3", "5"}]
    assert done.duplicates["school"].tolist() == ["Institut Saint-Exemple"]
