"""A served Relais with accounts: what each role is sent, and what is sent to who has no session, a forged or an old one."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.access.log import AccessLog
from analytics.store import Store
from pages._frame import MENU
from tests.access.conftest import MAILS, REGISTER, sign_in, write_roles
from tests.access.raw import ask, upgrade
from tests.access.recording import FORGED, OWN, Asked, ask_again, leaked, record
from tests.access.socket_pages import Socket, page_sent
from tests.browser.driving import visit

pytestmark = pytest.mark.browser

PATHS = {folder: path for _, folder, _, _, path in MENU}
OPEN = {
    "coordination": set(PATHS),
    "analyse": set(PATHS) - {"publish", "register"},
    "direction": {"protocol", "school", "access"},
}
QUICK = {"protocol", "register", "access"}  # open ones that are run: one of charts takes seconds
FILTERS = (
    "types=Insultes&niveaux=1er+degr%C3%A9&zones=Mons&depuis=12/01/2026"  # by the address, which the page then ignores
)


@pytest.fixture(scope="module")
def names(service) -> dict[str, bytes]:
    """The names of the schools by code: what must not leave."""
    with Store(service.roles.parent / "store").snapshot() as snapshot:
        schools = snapshot.table("schools").set_index("school_id")["name"]
    return {code: name.encode() for code, name in schools.items()}


def cookie(visit) -> str:
    found = [one for one in visit.page.context.cookies() if one["name"] == "relais"]
    return f"relais={found[0]['value']}"


@pytest.mark.parametrize("sent_cookie", ["", FORGED, "relais=", "_streamlit_user=forged"])
def test_without_a_session_no_page_sends_a_byte_of_data_but_the_protocol_is_open(sent_cookie, service, names):
    for folder, path in PATHS.items():
        sent = page_sent(service.server.port, path, sent_cookie)
        assert leaked(sent, names) == [], folder
        assert (b"Se connecter" in sent) and (b"data-step=" in sent) == (folder == "protocol")


@pytest.mark.parametrize("path", ["/protocole.html", "/protocole.pdf", "/feuille-parents.pdf"])
def test_the_protocol_is_open_as_a_file_too(path, service):
    assert ask(service.server.port, path).status == 200


@pytest.mark.parametrize("role", OPEN)
def test_a_role_opens_its_pages_and_no_other(role, signed_in, service, names):
    has = cookie(signed_in(role))
    for folder in {*PATHS} - (OPEN[role] - QUICK):
        sent = page_sent(service.server.port, PATHS[folder], has)
        is_closed = b"ouvre pas cette page" in sent
        if role == "direction" and folder == "overview":
            is_closed = True  # the root leads to the page of the school
        assert is_closed == (folder not in OPEN[role]), folder
        if is_closed or role == "direction":
            assert leaked(sent, names, but=[service.school]) == [], folder


def test_the_menu_holds_what_is_open_alone(signed_in):
    for role, folders in OPEN.items():
        links = signed_in(role).page.get_by_test_id("stSidebarNavLink").all_inner_texts()
        assert {link.splitlines()[-1] for link in links} == {title for _, f, title, _, _ in MENU if f in folders}


def test_whatever_a_direction_asks_for_its_socket_sends_no_other_school(signed_in, service, names):
    has, other = cookie(signed_in("direction")), next(code for code in names if code != service.school)
    sent = page_sent(service.server.port, "ecole", has, f"{FILTERS}&ecole={other}")
    assert leaked(sent, names, but=[service.school]) == []
    assert names[service.school] in sent


@pytest.mark.parametrize(
    ("role", "status"), [("coordination", 403), ("analyse", 403), ("direction", 403), ("", 403), ("forged", 403)]
)
def test_only_a_coordination_uploads(role, status, signed_in, service):
    sent = FORGED if role == "forged" else cookie(signed_in(role)) if role else None
    origin = f"http://127.0.0.1:{service.server.port}"
    answer = ask(service.server.port, "/_stcore/upload_file/x/y", "PUT", body=b"x", Origin=origin, Cookie=sent)
    # A coordination passes the guard; Streamlit then asks for its own proof, which is missing here.
    by_guard = answer.status == status and answer.body == b""
    assert by_guard == (role != "coordination")


def test_a_download_is_given_once_to_who_asked_for_it(signed_in, service):
    coordination = signed_in("coordination")
    page, port = coordination.page, service.server.port
    page.goto(f"{service.server.address}incidents")
    coordination.settle()
    page.get_by_text("Voir le tableau").first.click()
    coordination.settle()  # a touch while the page is drawn again is lost
    # The address that the browser would bring, kept from it: a ticket is good for one request.
    page.evaluate("HTMLAnchorElement.prototype.click = function () { window.taken = this.pathname }")

    def ticket() -> str:
        page.evaluate("window.taken = ''")
        page.get_by_role("button", name="Télécharger ce tableau").first.click()
        return page.wait_for_function("() => window.taken").json_value()

    right = cookie(coordination)
    for wrong in (None, FORGED, cookie(signed_in("analyse")), cookie(signed_in("direction"))):
        address = ticket()
        for sent in (wrong, right):  # a ticket that was shown is used up
            answer = ask(port, address, Cookie=sent)
            assert answer.status == 404
            assert b"Insultes" not in answer.body
    address = ticket()
    given = ask(port, address, Cookie=right)
    assert (given.status, given.headers["cache-control"]) == (200, "no-store")
    assert b"Insultes" in given.body
    assert ask(port, address, Cookie=right).status == 404
    assert not [one for one in coordination.complaints if service.server.address in one]  # the provider has its own


def test_every_address_of_a_session_gives_nothing_to_anyone_else(browser, signed_in, service, names):
    """A coordination chooses a register and takes a file; then each address is asked again: without a cookie, and with a
    forged, an old and another role's. A whole session is recorded by ``tests/benchmarks/session_benchmark.py``.
    """
    one, port = visit(browser.new_context(locale="fr-BE"), "about:blank"), service.server.port
    seen = record(one.page, port)
    one.page.goto(service.server.address)
    sign_in(one, MAILS["coordination"])
    for path in ("registre", "publier", "ecole"):
        one.page.goto(service.server.address + path)
        one.settle()
        if path == "registre":
            one.page.locator("input[type=file]").first.set_input_files(REGISTER)
            one.page.get_by_text("420 lignes lues").wait_for()
    with one.page.expect_download():
        one.press("Fiche sur une page (PDF), interne")
    old = cookie(one)
    assert leaked(page_sent(port, "registre", old), names) == []  # no name of a school stands there
    assert leaked(page_sent(port, "ecoles", old), names)
    one.page.get_by_role("button", name="Se déconnecter").click()
    one.page.wait_for_url("**/end_session**")  # the provider's own way out
    ours = {asked for asked in seen if not asked.path.startswith(("/oauth2", "/auth/"))} | {
        Asked("GET", p) for p in OWN
    }
    kinds = {(asked.method, asked.path.split("/")[1]) for asked in ours}
    assert kinds >= {("PUT", "_stcore"), ("GET", "fichier"), ("SOCKET", "_stcore"), ("GET", "ecole")}
    for sent in (None, FORGED, old, cookie(signed_in("direction"))):
        for asked in ours:
            if asked.method != "SOCKET":
                assert leaked(ask_again(port, asked, sent).body, names) == [], asked
    for path in PATHS.values():
        assert leaked(page_sent(port, path, old), names) == [], path
    one.page.context.close()


def test_a_callback_that_is_played_again_opens_no_session(service):
    answer = ask(service.server.port, "/oauth2callback?code=old&state=old")
    assert not [value for name, value in answer.headers.items() if name == "set-cookie" and "relais=" in value]


def test_another_origin_gets_no_socket_with_the_right_cookie(signed_in, service):
    right = cookie(signed_in("coordination"))
    assert upgrade(service.server.port, Origin="http://evil.example", Cookie=right) == 403
    assert upgrade(service.server.port, Cookie=right) == 403


def test_a_removed_account_is_out_at_its_next_run_in_a_socket_that_is_open(signed_in, service, names):
    socket = Socket(service.server.port, cookie(signed_in("analyse")))
    assert leaked(socket.run("ecoles"), names)
    whole = service.roles.read_text("utf-8")
    try:
        lines = [line for line in whole.splitlines() if MAILS["analyse"] not in line]
        service.roles.write_text("\n".join(lines), encoding="utf-8")
        assert leaked(socket.run("ecoles"), names) == []
        service.roles.write_text("half a line of =", encoding="utf-8")
        assert leaked(page_sent(service.server.port, "ecoles", cookie(signed_in("coordination"))), names) == []
    finally:
        write_roles(service.roles, service.school)
        socket.close()
    assert service.roles.read_text("utf-8") == whole


def test_an_account_reads_its_own_lines_and_no_other(signed_in, service):
    sent = page_sent(service.server.port, "acces", cookie(signed_in("direction")))
    assert MAILS["direction"].encode() in sent
    assert MAILS["coordination"].encode() not in sent


def test_the_log_holds_the_chain_and_no_value_of_the_register(signed_in, service, names):
    page_sent(service.server.port, "ecoles", cookie(signed_in("coordination")))
    content = service.log.read_bytes()
    assert AccessLog(service.log).faults() == []
    assert not [code for code, name in names.items() if name in content]
    assert {"sign-in", "page"} <= {line["act"] for line in AccessLog(service.log).lines()}
    assert service.log.stat().st_mode & 0o777 == 0o600


def test_where_the_log_cannot_be_written_nothing_is_shown(signed_in, service, names):
    kept = service.log.rename(service.log.with_suffix(".kept"))
    Path(service.log).mkdir()
    try:
        for path in ("", "ecoles", "registre"):
            sent = page_sent(service.server.port, path, cookie(signed_in("coordination")))
            assert leaked(sent, names) == []
            assert "journal des accès ne peut pas être écrit".encode() in sent
        assert b"data-step=" in page_sent(service.server.port, "protocole")
    finally:
        Path(service.log).rmdir()
        kept.rename(service.log)
