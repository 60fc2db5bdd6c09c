"""Who may open and do what: accounts and their roles in a TOML file, and each rule as a question and its enforcement."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from analytics.domain.errors import RefusedError, RelaisError

OPEN_PAGES = frozenset({"protocol"})
"""Whoever reaches the server may open them. They open no store."""

_RECORDS = {"overview", "work_list", "incidents", "relays", "schools", "school", "prevention"}
_READING = OPEN_PAGES | _RECORDS | {"method", "access"}
_PAGES = {"analyse": _READING, "direction": OPEN_PAGES | {"school", "access"}}
_ACTS = {"analyse": {"table"}, "direction": {"school_sheet"}}
"""coordination: all. analyse: all but what changes or leaves. direction: the page of one school, and its A4."""


class RolesError(RelaisError):
    """The file of roles is missing or says what cannot be understood."""


@dataclass(frozen=True)
class Account:
    """Who is here. ``mail`` is "" where there are no accounts; ``school`` is a code for a direction, else ""."""

    mail: str
    role: str
    school: str = ""


OWNER = Account("", "coordination")
"""The one person of a machine without accounts."""


def can_open(account: Account | None, page: str) -> bool:
    if page in OPEN_PAGES:
        return True
    return account is not None and (account.role == "coordination" or page in _PAGES[account.role])


def check_can_open(account: Account | None, page: str) -> None:
    if not can_open(account, page):
        raise RefusedError("Votre compte n’ouvre pas cette page.")


def can(account: Account | None, act: str) -> bool:
    """Whether ``account`` may import, undo, forget, publish, keep a plan, or take a table, a school_sheet or names."""
    return account is not None and (account.role == "coordination" or act in _ACTS[account.role])


def check_can(account: Account | None, act: str) -> None:
    if not can(account, act):
        raise RefusedError("Votre compte ne permet pas de faire cela. Rien n’a changé.")


def read_accounts(path: Path) -> dict[str, Account]:
    """The accounts by mail, in small letters. RolesError names the entry that cannot be understood."""
    try:
        entries = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise RolesError(f"Le fichier des comptes ({path.name}) manque ou n’est pas du TOML lisible.") from None
    return {mail.lower(): _account(mail, entry) for mail, entry in entries.items()}


def _account(mail: str, entry: object) -> Account:
    match entry:
        case "coordination" | "analyse":
            return Account(mail.lower(), str(entry))
        case {"role": "direction", "school": str(school), **more} if school and not more:
            return Account(mail.lower(), "direction", school)
    raise RolesError(
        f'Le fichier des comptes, à « {mail} » : écrivez "coordination", "analyse" ou '
        '{ role = "direction", school = "3007" }.'
    )
