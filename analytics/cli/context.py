"""What commands work on: the store, the access log. Loads what is heavy when it is asked for."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analytics.access.log import AccessLog
    from analytics.store import Snapshot, Store


def access_log() -> AccessLog:
    from analytics.access.log import AccessLog
    from analytics.intake import key_path

    return AccessLog(key_path().with_name("access.jsonl"))


def noting(act: str) -> AbstractContextManager[dict]:
    """Note what a command changes. Where accounts are listed, a log that cannot be written refuses it."""
    from analytics.access.roles import Account
    from analytics.access.settings import Accounts, roles_path
    from analytics.access.visitors import Visitors

    listed = roles_path()
    return Visitors(Accounts(listed, "") if listed else None, access_log).acting(
        Account("terminal", "coordination"), act
    )


def open_store() -> Store:
    from analytics.store import Store

    return Store()


def current_records(store: Store) -> Snapshot:
    """The current version. RefusedError where there is none."""
    from analytics.domain.errors import RefusedError

    if (snapshot := store.snapshot()) is None:
        raise RefusedError("Il n’y a pas encore de données. Importez un registre, ou essayez relais demo.")
    return snapshot
