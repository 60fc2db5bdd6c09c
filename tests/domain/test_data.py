"""The data files: the shipped ones are valid, a service's own take their place, and a fault is named in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.domain.data import DataError, load

FROZEN = Path(__file__).parents[1] / "data"


def test_the_shipped_files_are_valid():
    assert load().own_files == []


def test_texts_of_documents_are_typeset(own):
    contacts = load(
        own("contacts.toml", 'role = "Médiation d\'abord : ici"', 'role = "Médiation scolaire"')
    ).contacts.contacts
    assert (contacts[3].role, contacts[3].number) == ("Médiation d’abord\u202f: ici", "0474\u202f810\u202f891")


def test_a_service_may_set_a_target_for_detection_and_none_is_shipped(own):
    assert load().protocol.detection_target_days is None
    first = '[[paragraphs]]\ncode = "P0"'
    content = load(own("protocol.toml", f"detection_target_days = 7\n\n{first}", first))
    assert content.protocol.detection_target_days == 7


def test_a_folder_that_is_not_there_and_a_file_that_nobody_reads_are_said(tmp_path):
    with pytest.raises(DataError, match="introuvable"):
        load(tmp_path / "absent")
    (tmp_path / "vocabulaire.toml").touch()
    with pytest.raises(
        DataError, match=r"vocabulaire\.toml n’est pas un fichier de Relais ; il lit vocabulary\.toml, "
    ):
        load(tmp_path)


def test_what_the_service_observes_names_a_step(own):
    sentence = 'sentence = "Contactés le jour même dans 6 situations sur 10."'
    folder = own("contacts.toml", "")
    (folder / "observed.toml").write_text(f'[[observed]]\nstep = "parents"\n{sentence}', encoding="utf-8")
    assert [seen.step for seen in load(folder).observed.observed] == ["parents"]
    (folder / "observed.toml").write_text(f'[[observed]]\nstep = "gone"\n{sentence}', encoding="utf-8")
    with pytest.raises(DataError, match=r"observed\.toml : observed : « step » cite « gone »"):
        load(folder)
