"""How the browser tests and the pictures of the README serve Relais and look at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

ROOT = Path(__file__).parents[2]
START = "streamlit run app.py"  # the README's command, as tests/test_readme.py checks

# Address, title and whether the page draws charts, in the order of the menu.
PAGES = {
    "": ("Vue d’ensemble", True),
    "a-faire": ("À faire", False),
    "protocole": ("Protocole", False),
    "incidents": ("Types d’incidents", True),
    "relais": ("Activation des relais", True),
    "ecoles": ("Écoles concernées", True),
    "ecole": ("Fiche d’une école", True),
    "prevention": ("Programme de prévention", True),
    "publier": ("Publier", False),
    "registre": ("Registre", False),
    "methode": ("Comment c’est compté", False),
}

PHONE, DESK, HEIGHT = 390, 1280, 844
BACKGROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 24, 30)"}
PATIENCE = 90_000  # milliseconds: a loaded machine is not a broken page

_QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# The script has run, nothing is still to come or moving, each chart is drawn as wide as its place, and since the last look
# nothing changed.
_SETTLED = """() => {
    const app = document.querySelector("[data-testid=stApp]")
    const [before, now] = [window.relaisSeen, document.documentElement.outerHTML.length]
    window.relaisSeen = now
    return before === now && app?.dataset.testScriptState === "notRunning"
        && app.dataset.testConnectionState === "CONNECTED"
        && document.querySelector("h1, [data-testid=stException]")
        && !document.querySelector("[data-testid=stSkeleton], [data-testid=stSpinner]")
        && document.getAnimations().every(animation => animation.playState !== "running")
        && [...document.querySelectorAll(".stPlotlyChart")].every(chart =>
            Math.abs(chart.querySelector(".main-svg")?.getBoundingClientRect().width - chart.clientWidth) < 2)
}"""


def chromium() -> str | None:
    """The Chromium that ``RELAIS_CHROMIUM`` names, or the system's; None when there is none."""
    names = (os.environ.get("RELAIS_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, (shutil.which(name) for name in names if name)), None)


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=chromium(), args=_QUIET)


@dataclass(frozen=True)
class Server:
    address: str
    port: int
    log: Path
    pid: int


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def serve(
    folder: Path, port: int = 0, health_host: str = "", first: str = "", script: str = "app.py", **more: str
) -> Generator[Server]:
    """Relais, started as the README says, with its store, key and log in ``folder`` and ``more`` in its environment.

    ``health_host`` is the name that it answers to, where that is not this machine's own; ``first`` is run before, in Python;
    ``script`` is served in the place of Relais.
    """
    port = port or free_port()
    start = START.replace("app.py", script).split()
    program = ["-c", f"{first}; from streamlit.web.cli import main; main()", *start[1:]] if first else ["-m", *start]
    command = [sys.executable, *program, "--server.headless=true", f"--server.port={port}"]
    environment = os.environ | {"RELAIS_STORE": str(folder / "store"), "RELAIS_KEY": str(folder / "relais.key")} | more
    output = folder / f"log-{port}"  # two servers may share a folder
    with output.open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    server = Server(f"http://127.0.0.1:{port}/", port, output, process.pid)
    try:
        _wait_for(server, process, health_host)
        yield server
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(server: Server, process: subprocess.Popen, host: str) -> None:
    health = urllib.request.Request(f"{server.address}_stcore/health", headers={"Host": host} if host else {})
    for _ in range(4_500):
        try:
            with urllib.request.urlopen(health, timeout=2):
                return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.02)
    raise RuntimeError(f"The server did not start:\n{server.log.read_text(encoding='utf-8')}")


@dataclass
class Visit:
    """A page that was opened, the hosts it asked, and what it complained about."""

    page: Page
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def settle(self) -> Visit:
        self.page.evaluate("delete window.relaisSeen")
        self.page.wait_for_function(_SETTLED, timeout=PATIENCE, polling=100)  # milliseconds between two looks
        return self

    def turn(self, width: int, scheme: str = "light", height: int = HEIGHT) -> Visit:
        """The same page on another screen, once it has followed."""
        self.page.emulate_media(color_scheme=scheme)
        self.page.set_viewport_size({"width": width, "height": height})
        expect(self.page.get_by_test_id("stApp")).to_have_css("background-color", BACKGROUNDS[scheme])
        return self.settle()

    def press(self, name: str) -> None:
        """Press a button with the keyboard once the page stands still: one that is being drawn again loses the key."""
        button = self.page.get_by_role("button", name=name)
        button.wait_for()
        self.settle()
        button.press("Enter")

    @property
    def text(self) -> str:
        """All that can be read on the page or is read aloud, folded parts included; not the names that draw icons, nor the
        words of Streamlit's own file widget, which the page covers with French ones.
        """
        return self.page.evaluate("""() => {
            for (const folded of document.querySelectorAll("details")) folded.open = true
            const names = ["stFileUploaderDropzone", "stIconMaterial"]
            const asides = names.flatMap(name => [...document.querySelectorAll(`[data-testid=${name}]`)])
            for (const aside of asides) aside.style.display = "none"
            const names_of = ["placeholder", "aria-label", "title"]
            const hints = [...document.querySelectorAll(names_of.map(name => `[${name}]`))]
                .flatMap(part => names_of.map(name => part.getAttribute(name) ?? ""))
            const text = [document.title, document.body.innerText, ...hints].join("\\n")
            for (const aside of asides) aside.style.display = ""
            return text
        }""")

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than the screen, wherever it scrolls; the menu may be folded away."""
        return self.page.evaluate("""Math.max(...[...document.querySelectorAll("html, body, section, main")]
            .filter(part => !part.closest("[data-testid=stSidebar]"))
            .map(part => part.scrollWidth - part.clientWidth))""")

    @property
    def findings(self) -> list[str]:
        """What axe finds on the page, one line each: the rule and the element."""
        return [
            f"{found['id']}: {node['target']} {node['html'][:200]}"
            for found in Axe().run(self.page).response["violations"]
            for node in found["nodes"]
        ]


def visit(context: BrowserContext, url: str) -> Visit:
    """Open an address; whatever the page asks of a host, or complains about, is noted."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    visited = Visit(page)
    page.on("request", lambda request: visited.hosts.add(urlsplit(request.url).hostname or ""))
    page.on("pageerror", lambda error: visited.complaints.append(str(error)))
    page.on("console", lambda message: _note(visited, message.type, message.text, message.location["url"]))
    page.goto(url)
    return visited


def _note(visited: Visit, kind: str, text: str, url: str) -> None:
    # Opened by a link, Streamlit's client looks for its server below the page's address first, and finds it above.
    looks_for_server = url.endswith(("/_stcore/health", "/_stcore/host-config"))
    if kind == "error" and not looks_for_server:
        visited.complaints.append(f"{text} ({url})")
