"""Pages as an account opens them: what is noted, once for each change of page, filter or school, and what is offered."""

from __future__ import annotations

import pytest

from analytics.access.log import AccessLog
from analytics.access.settings import Accounts
from analytics.access.visitors import Visitors
from analytics.domain.vocabulary import SCHOOL_LEVELS
from analytics.store import Store
from pages import _access


@pytest.fixture
def as_account(monkeypatch, tmp_path, extracts, visit):
    """Open a page as an account of a role, and give the page and the log."""
    roles, log = tmp_path / "roles.toml", AccessLog(tmp_path / "access.jsonl")
    school = Store(extracts).snapshot().school_counts().sort_values("n")["school_id"].iloc[-1]
    roles.write_text(
        f'"c@x" = "coordination"\n"a@x" = "analyse"\n"d@x" = {{ role = "direction", school = "{school}" }}\n'
    )
    visitors = Visitors(Accounts(roles, "http://127.0.0.1:1"), lambda: log)
    monkeypatch.setattr(_access, "visitors", lambda: visitors)

    def as_account(mail: str, page: str, **address: str):
        monkeypatch.setattr(_access, "token", lambda: token)
        token = visitors.sessions.begin(mail)
        return visit(page, extracts, **address), log, school

    return as_account


def noted(log: AccessLog) -> list[tuple]:
    return [(line["act"], line["what"], line["rows"]) for line in log.lines()]


def test_a_page_and_its_filters_are_noted_once_as_codes(as_account):
    level = SCHOOL_LEVELS.label("secondary_1")
    app, log, _ = as_account("a@x", "schools", niveaux=level)
    before = noted(log)
    assert ("page", "schools") in [(act, what["page"]) for act, what, _ in before]
    assert before[-1][1] == {"school_levels": ["secondary_1"], "page": "schools"}
    assert before[-1][2] > 0
    app.run()
    app.run()
    assert noted(log) == before


def test_a_direction_has_its_school_its_years_and_no_file(as_account):
    app, log, school = as_account("d@x", "school", niveaux="Fondamental", ecole="another")
    assert [field.label for field in app.multiselect] == ["Années scolaires"]
    assert [button.label for button in app.button if "Télécharger" in button.label] == []
    assert noted(log)[-1][1] == {"school_ids": [school], "page": "school"}
    assert {metric.label for metric in app.metric} == {
        "Dossiers",
        "Depuis le dernier signalement",
        "Dossiers qui en suivent un autre",
    }


def test_who_may_not_open_a_page_reads_no_word_of_it(as_account):
    with pytest.raises(ValueError, match="Could not find a navigation page"):  # it is not in the menu
        as_account("a@x", "register")
