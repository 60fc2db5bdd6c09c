"""A whole session of a coordinator is recorded, and each address of it asked again by who should get nothing.

All pages, an import, an undo, a table, the work list and the page of a school as files, the way out. Then each request,
and each page by a socket: without a cookie, and with a forged one, one that was signed out, one that has expired, one of an
account that was removed, and those of the other roles. Prints, for each kind of address and of cookie, how many were asked
and how many answers held something of the records: 0 is promised.

``uv run python -m tests.benchmarks.session_benchmark``
"""

from __future__ import annotations

import re
import tempfile
import time
from collections import Counter
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from analytics.store import Store
from pages._frame import MENU
from tests.access.conftest import MAILS, Service, served, sign_in, write_roles
from tests.access.recording import FORGED, OWN, Asked, ask_again, leaked, record
from tests.access.socket_pages import page_sent
from tests.browser.driving import ROOT, Visit, launch, visit

IDLE = 90
"""Seconds without a run that end a session here, instead of half an hour: more than a page takes."""
LATER = ROOT / "tests/files/registre-2025-2026-suite.xlsx"
FILES = {"incidents": "Télécharger ce tableau", "a-faire": "Télécharger", "ecole": "Fiche sur une page"}
PAGES = {path: folder for _, folder, _, _, path in MENU}
OPEN = ("/protocole", "/feuille-parents", "/auth", "/oauth2")  # to whoever reaches the server, or the provider's
ALLOWED = {"analyse": set(PAGES.values()) - {"publish", "register"}, "direction": {"school", "protocol", "access"}}


def cookie(one: Visit) -> str:
    (found,) = [held["value"] for held in one.page.context.cookies() if held["name"] == "relais"]
    return f"relais={found}"


def enter(browser: Browser, service: Service, role: str) -> Visit:
    return sign_in(visit(browser.new_context(locale="fr-BE"), service.server.address), MAILS[role])


def whole_session(browser: Browser, service: Service) -> tuple[set[Asked], str]:
    """What a coordinator's browser asked for, from the way in to the way out, and the cookie that it had."""
    one = visit(browser.new_context(locale="fr-BE"), "about:blank")
    page, seen = one.page, record(one.page, service.server.port)
    page.goto(service.server.address)
    sign_in(one, MAILS["coordination"])
    for path in PAGES:
        page.goto(service.server.address + path)
        one.settle()
        if path in FILES:
            if path == "incidents":
                page.get_by_text("Voir le tableau").first.click()
            with page.expect_download():
                page.get_by_role("button", name=FILES[path]).first.click()
    page.goto(f"{service.server.address}registre")
    one.settle()
    page.locator("input[type=file]").first.set_input_files(LATER)
    one.press("Importer 431 dossiers")
    page.get_by_text("Le registre est importé").wait_for()
    one.press("Annuler la dernière importation")
    one.press("Oui, annuler")
    page.get_by_text("La dernière importation est annulée").wait_for()
    had = cookie(one)
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/end_session**")
    return seen | {Asked("GET", path) for path in OWN}, had


def kind(asked: Asked) -> str:
    first = re.sub(r"\?.*", "", asked.path).split("/")[1]
    return (
        f"{asked.method} /{first}"
        if first in ("_stcore", "fichier", "media", "app")
        else f"{asked.method} pages, files"
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        first = f"import analytics.access.sessions as sessions; sessions.IDLE_SECONDS = {IDLE}"
        with served(Path(folder), first) as service:
            with Store(Path(folder) / "store").snapshot() as snapshot:
                known = snapshot.table("schools").set_index("school_id")["name"]
            names = {code: name.encode() for code, name in known.items()}
            browser, port = launch(playwright), service.server.port
            seen, signed_out = whole_session(browser, service)
            expired = cookie(enter(browser, service, "coordination"))
            time.sleep(IDLE + 5)
            removed = cookie(enter(browser, service, "analyse"))
            lines = service.roles.read_text("utf-8").splitlines()
            service.roles.write_text("\n".join(line for line in lines if MAILS["analyse"] not in line), "utf-8")
            others = {
                "no cookie": "",
                "forged": FORGED,
                "signed out": signed_out,
                "expired": expired,
                "removed": removed,
            }
            n, n_told = Counter(), Counter()

            def count(what: str, who: str, found: list[str]) -> None:
                n[what, who] += 1
                n_told[what, who] += bool(found)
                if found:
                    print(f"{who}, {what}: {found[:3]}")

            def ask_all(who: str, held: str, allowed: set[str]) -> None:
                for asked in sorted(seen):
                    if asked.method != "SOCKET" and not asked.path.startswith(OPEN):
                        count(kind(asked), who, leaked(ask_again(port, asked, held or None).body, names))
                own = [service.school] if who == "direction" else []
                for path in (path for path, page in PAGES.items() if page not in allowed):
                    count("SOCKET, closed pages", who, leaked(page_sent(port, path, held), names, own))

            for who, held in others.items():
                ask_all(who, held, {"protocol"})
            write_roles(service.roles, service.school)
            for role, allowed in ALLOWED.items():
                ask_all(role, cookie(enter(browser, service, role)), allowed)
            right = cookie(enter(browser, service, "coordination"))
            assert leaked(page_sent(port, "ecoles", right), names)  # it would be seen
            print(f"{len(seen)} requests recorded, {len(names)} names of schools looked for\n")
            print(f"{'':24}" + "".join(f"{who:>22}" for who in (*others, *ALLOWED)))
            for what in sorted({what for what, _ in n}):
                cells = [f"{n[what, who]} asked, {n_told[what, who]} leaked" for who in (*others, *ALLOWED)]
                print(f"{what:24}" + "".join(f"{cell:>22}" for cell in cells))
            print(f"\nheld something of the records: {sum(n_told.values())} of {sum(n.values())}")
            browser.close()


if __name__ == "__main__":
    main()
