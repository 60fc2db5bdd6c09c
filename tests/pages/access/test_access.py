"""Pages as an account opens them: what is noted, once for each change of page, filter or school, and what is offered."""

from __future__ import annotations

import pytest

from analytics.access.log import AccessLog
from analytics.access.settings import Accounts
from analytics.access.visitors import Visitors
from analytics.domain.vocabulary import SCHOOL_LEVELS
from analytics.store import Store
from pages import _access
from pages._widgets.panel import FIELDS


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


def shown(app) -> tuple:
    """What stands on a page: its figures, words and tables."""
    return (
        {metric.label: metric.value for metric in app.metric},
        [block.value for block in (*app.caption, *app.markdown)],
        [table.value.to_csv() for table in app.dataframe],
    )


def test_no_address_gives_a_direction_more_than_its_school_by_school_year(as_account, extracts):
    app, log, school = as_account("d@x", "school")
    first = shown(app)
    assert [field.label for field in app.multiselect] == ["Années scolaires"]
    assert [field.label for field in app.selectbox] == ["École"]
    assert first[0].keys() == {"Dossiers", "Depuis le dernier signalement", "Dossiers qui en suivent un autre"}
    assert [button.label for button in app.button if "PDF" in button.label] == ["Fiche sur une page (PDF), interne"]
    assert [button.label for button in app.button if "Télécharger" in button.label] == []
    snapshot = Store(extracts).snapshot()
    known, other = snapshot.choices(), snapshot.school_counts().sort_values("n")["school_id"].iloc[-2]
    assert other != school
    choices = {field: list(field.choices(known)) for field in FIELDS[1:]}
    asked = {field.key: field.written(found[1 if field.several else 20]) for field, found in choices.items() if found}
    for key, value in ({"ecole": other} | asked).items():
        app.query_params[key] = value
        app.run()
        assert shown(app) == first, key
    app.query_params["annees"] = "2023-2024"
    assert shown(app.run()) == first  # no year of the register
    assert {line["what"].get("page") for line in log.lines()} >= {"school"}
    assert [line["what"] for line in log.lines() if line["what"].get("page") == "school"] == [
        {"school_ids": [school], "page": "school"}
    ]


def test_who_may_not_open_a_page_reads_no_word_of_it_and_is_noted_once_as_refused(as_account):
    app, log, _ = as_account("a@x", "register")
    app.run()
    assert app.title[0].value == "Page fermée"
    assert not app.file_uploader
    assert "Registre" not in {heading.value for heading in (*app.title, *app.header)}
    assert [(line["who"], line["act"], line["what"], line["result"]) for line in log.lines()] == [
        ("a@x", "page", {"page": "register"}, "refused")
    ]
