"""Roles: what a file of accounts may say, and each role by each page and act."""

from __future__ import annotations

import pytest

from analytics.access.roles import (
    OWNER,
    Account,
    RolesError,
    can,
    can_open,
    check_can,
    check_can_open,
    read_accounts,
)
from analytics.domain.errors import RefusedError
from pages._frame import MENU

COORDINATION, ANALYSE = Account("c@x", "coordination"), Account("a@x", "analyse")
DIRECTION = Account("d@x", "direction", "3007")
FOLDERS = {folder for _, folder, *_ in MENU}
CHANGES = {"import", "undo", "forget", "publish", "publication", "names"}

PAGES = [
    (OWNER, FOLDERS),
    (COORDINATION, FOLDERS),
    (ANALYSE, FOLDERS - {"publish", "register"}),
    (DIRECTION, {"protocol", "school", "access"}),
    (None, {"protocol"}),
]
ACTS = [
    (OWNER, {*CHANGES, "table", "school_sheet"}),
    (COORDINATION, {*CHANGES, "table", "school_sheet"}),
    (ANALYSE, {"table"}),
    (DIRECTION, {"school_sheet"}),
    (None, set()),
]


@pytest.mark.parametrize(("account", "folders"), PAGES)
def test_the_pages_of_a_role(account, folders):
    assert {folder for folder in FOLDERS if can_open(account, folder)} == folders
    for folder in FOLDERS - folders:
        with pytest.raises(RefusedError):
            check_can_open(account, folder)


@pytest.mark.parametrize(("account", "acts"), ACTS)
def test_the_acts_of_a_role(account, acts):
    assert {act for act in {*CHANGES, "table", "school_sheet"} if can(account, act)} == acts
    for act in CHANGES - acts:
        with pytest.raises(RefusedError):
            check_can(account, act)


def test_a_page_that_no_rule_names_is_a_coordinations_alone():
    assert [can_open(account, "new page") for account, _ in PAGES] == [True, True, False, False, False]


def test_a_file_of_accounts_is_read_whatever_the_case_of_a_mail(tmp_path):
    file = tmp_path / "roles.toml"
    file.write_text('"C@X" = "coordination"\n"d@x" = { role = "direction", school = "3007" }\n')
    assert read_accounts(file) == {"c@x": COORDINATION, "d@x": DIRECTION}


@pytest.mark.parametrize(
    "line",
    [
        '"a@x" = "chef"',
        '"a@x" = "direction"',
        '"a@x" = { role = "direction" }',
        '"a@x" = { role = "direction", school = "" }',
        '"a@x" = { role = "direction", school = "1", page = "incidents" }',
        '"a@x" = { role = "coordination", school = "1" }',
        '"a@x" = 3',
        'a@x = "analyse"',
        '"a@x" = "analyse"\n"a@x" = "coordination"',
    ],
)
def test_a_file_that_cannot_be_understood_lets_nobody_in(line, tmp_path):
    file = tmp_path / "roles.toml"
    file.write_text(line)
    with pytest.raises(RolesError):
        read_accounts(file)
    with pytest.raises(RolesError):
        read_accounts(tmp_path / "none.toml")
