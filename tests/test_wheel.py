"""The wheel is whole: installed in a fresh environment and run in an empty folder, Relais finds all that it needs.

Where nothing can be installed the test is skipped; continuous integration sets ``CI``, and then it fails.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Generator
from pathlib import Path
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest

from tests.repository import ROOT, tracked_files

SHIPPED = ("app.py", "data/", "notebooks/", "pages/", ".streamlit/")
PATIENCE = 90  # seconds for a server to start on a loaded machine
OPEN_A_PAGE = """
import sys
from analytics.domain.shipped import SHIPPED
from streamlit.testing.v1 import AppTest
sys.path.insert(0, str(SHIPPED))
page = AppTest.from_file(str(SHIPPED / "app.py"), default_timeout=120).run()
print([title.value for title in page.title], [error.value for error in page.exception])
"""


def run_or_skip(*command: str | Path) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        if "CI" in os.environ:
            raise RuntimeError(done.stderr)
        pytest.skip("nothing can be built or installed here")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    if shutil.which("uv") is None:
        pytest.skip("uv is missing")
    folder = tmp_path_factory.mktemp("wheel")
    run_or_skip("uv", "build", "--quiet", "--wheel", "--out-dir", folder)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory) -> Path:
    """The folder of the programs of a fresh environment that holds the wheel and what it depends on."""
    folder = tmp_path_factory.mktemp("environment")
    run_or_skip("uv", "venv", "--quiet", folder / "venv")
    programs = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    run_or_skip("uv", "pip", "install", "--quiet", "--python", programs / "python", wheel)
    return programs


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def start(environment, home, tmp_path) -> Callable[..., subprocess.Popen]:
    """Starts a program of the environment in an empty folder, for a user who has nothing yet."""
    names = ("PATH", "SYSTEMROOT", "LANG")
    own = {name: os.environ[name] for name in names if name in os.environ}
    own |= {"HOME": str(home), "LOCALAPPDATA": str(home), "USERPROFILE": str(home)}

    def start(program: str, *arguments: str) -> subprocess.Popen:
        command = [environment / program, *arguments]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.Popen(command, cwd=tmp_path, env=own, text=True, encoding="utf-8", **streams)

    return start


@pytest.fixture
def served(start) -> Generator[str]:
    """The address of ``relais serve``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = start("relais", "serve", "--no-browser", "--port", str(port))
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_all_lies_under_analytics_and_nothing_that_git_ignores_is_in_it(wheel):
    names = set(ZipFile(wheel).namelist())
    tracked = {path.as_posix() for path in tracked_files()}
    expected = {name for name in tracked if name.startswith("analytics/")}
    expected |= {f"analytics/_shipped/{name}" for name in tracked if name.startswith(SHIPPED)}
    assert {name for name in names if ".dist-info/" not in name} == expected


def test_the_commands_run_in_an_empty_folder_and_keep_the_records_in_the_users_own(start, home, tmp_path):
    for arguments, said in (
        (["info"], "pas encore de données"),
        (["protocol", "x.pdf"], "Le protocole est écrit."),
        (["demo"], "Les données fictives sont prêtes."),
        (["info"], "Données fictives."),
    ):
        process = start("relais", *arguments)
        output, _ = process.communicate()
        assert (process.returncode, said in output) == (0, True), output
    assert (tmp_path / "x.pdf").read_bytes().startswith(b"%PDF")
    assert [path.name for path in tmp_path.iterdir()] == ["x.pdf"]
    assert [path.parent.name for path in home.rglob("manifest")] == ["store"]
    opened, _ = start("python", "-c", OPEN_A_PAGE).communicate()
    assert opened.splitlines()[-1] == "['Vue d’ensemble'] []"


def test_the_dashboard_is_served_from_an_empty_folder_to_this_machine_alone(served):
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(f"{served}/_stcore/health", timeout=5) as answer:
                assert answer.read() == b"ok"
                break
        except OSError:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.2)
    elsewhere = ("127.0.0.2", urlsplit(served).port)  # another address of this machine: all of them, or one
    with pytest.raises(OSError), socket.create_connection(elsewhere, timeout=5):
        pass
