"""The entries of the files that hold numbers and rules."""

from __future__ import annotations

from analytics.domain.data import CONTENT, decode
from analytics.domain.numbers import PublicationsFile
from tests.domain.conftest import FROZEN, refusals


def test_a_session_takes_its_staff_for_as_long_as_it_and_its_preparation_take():
    activity = CONTENT.activities.activities[0].replace(staff=2, minutes=100, preparation_minutes=20)
    assert activity.team_hours == 4


def test_the_catalogue_of_a_past_release_is_read_without_the_words_of_today():
    past = (FROZEN / "publications.toml").read_bytes().replace(b'"impersonation", "other"', b'"impersonation"')
    assert decode("publications.toml", past, PublicationsFile).rules.threshold == 5


@refusals(
    r"""
    calendar.toml | closed_dates = ["09-27", "11-11", "05-01"] | closed_dates = 3 | il faut une liste
    calendar.toml | local_closed_dates = [] | local_closed_dates = ["le 3"] | local_closed_dates : ne convient pas
    calendar.toml |  | pas du TOML | calendar.toml : ce n’est pas un fichier TOML lisible (ligne
    publications.toml | threshold = 5 | threshold = 2 | rules : « threshold » ne convient pas
    publications.toml | school_threshold = 3 | school_threshold = 6 | le seuil d’une école ne dépasse pas
    publications.toml | "A12" | "A13" | terms « T1 » : « months » ne convient pas
    """
)
def test_a_fault_is_one_french_sentence_that_names_file_entry_and_field(fault, file, old, new, message):
    assert message in fault(file, new, old)
