"""A served Relais with accounts, a provider of identities on this machine, and browsers that are signed in."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics.intake.anonymising import load_key
from analytics.store import Store
from analytics.workflows.importing import import_register
from tests.browser.conftest import browser
from tests.browser.driving import PATIENCE, Server, Visit, free_port, serve, visit
from tests.repository import ROOT

__all__ = ["browser"]

REGISTER = ROOT / "tests/files/registre-2025-2026.xlsx"
MAILS = {role: f"{role}@service.example" for role in ("coordination", "analyse", "direction")}


@dataclass(frozen=True)
class Service:
    """A server with accounts: the school of its direction is ``school``; ``roles`` and ``log`` are files."""

    server: Server
    school: str
    roles: Path
    log: Path


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with served(tmp_path_factory.mktemp("accounts")) as service:
        yield service


@contextmanager
def served(folder: Path, first: str = "") -> Generator[Service]:
    """A server with accounts and a register in ``folder``; ``first`` as in :func:`serve`."""
    from oidc_provider_mock import run_server_in_thread  # its own dependencies warn of each other

    key = load_key(folder / "relais.key", folder / "store", None)
    import_register(Store(folder / "store"), REGISTER.read_bytes(), key, datetime(2026, 6, 27, tzinfo=UTC))
    with Store(folder / "store").snapshot() as snapshot:
        school = snapshot.school_counts().sort_values("n")["school_id"].iloc[-1]
    port, roles, secrets = free_port(), folder / "roles.toml", folder / "secrets.toml"
    write_roles(roles, school)
    with run_server_in_thread() as provider:
        secrets.write_text(
            f'[auth]\nredirect_uri = "http://127.0.0.1:{port}/oauth2callback"\ncookie_secret = "{"s" * 40}"\n'
            f'client_id = "relais"\nclient_secret = "secret"\n'
            f'server_metadata_url = "http://127.0.0.1:{provider.server_port}/.well-known/openid-configuration"\n'
        )
        environment = {"RELAIS_ROLES": str(roles), "STREAMLIT_SECRETS_FILES": str(secrets)}
        with serve(folder, port, first=first, **environment) as server:
            yield Service(server, school, roles, folder / "access.jsonl")


def write_roles(file: Path, school: str) -> None:
    entries = {
        MAILS["coordination"]: "coordination",
        MAILS["analyse"]: "analyse",
        MAILS["direction"]: {"role": "direction", "school": school},
    }
    lines = []
    for mail, entry in entries.items():
        written = json.dumps(entry) if isinstance(entry, str) else f'{{ role = "direction", school = "{school}" }}'
        lines.append(f'"{mail}" = {written}')
    file.write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture(scope="module")
def signed_in(browser, service) -> Callable[[str], Visit]:
    """A browser of its own in which an account has signed in, by its role; one for all tests of a module."""
    visits: dict[str, Visit] = {}

    def signed_in(role: str) -> Visit:
        if role not in visits:
            visits[role] = sign_in(visit(browser.new_context(locale="fr-BE"), service.server.address), MAILS[role])
        return visits[role]

    yield signed_in
    for one in visits.values():
        one.page.context.close()


def sign_in(visit: Visit, mail: str) -> Visit:
    """Through the provider and back, as a person does."""
    page = visit.settle().page
    page.get_by_role("button", name="Se connecter").click()
    field = page.get_by_role("textbox", name="sub")
    field.fill(mail)
    field.press("Enter")
    page.get_by_role("button", name="Se déconnecter").wait_for(timeout=PATIENCE)
    return visit.settle()
