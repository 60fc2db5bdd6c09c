"""How long one waits at the start: two commands, the server's first answer, its first pages in a headless Chromium.

    uv run python -m tests.benchmarks.start_benchmark [ROUNDS]

Each is started anew, one after the other, in so many ROUNDS (7): ``relais --help`` and ``relais info`` of the demonstration;
the server, until it answers; the protocol, until its title is there; the first page, until its charts are painted, where the
demonstration exists and where it is made first; and the same charts as constants in an application that imports nothing but
Streamlit. Printed: the median of each in seconds, with the least and the most, whether pandas was in the server's process
once the protocol was there, and how many times as long as the constants the first page took. Wall time: other work on the
machine is counted too. Needs Chromium.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright
from streamlit.testing.v1 import AppTest

from analytics.store import Store
from analytics.workflows.demo import build_demo
from tests.browser.driving import PATIENCE, ROOT, Server, launch, serve

CONSTANTS = """
import json

import streamlit as st

st.set_page_config(layout="wide")
st.title("Constants")
for spec in json.loads({specs!r}):
    st.plotly_chart(spec)
"""
PAINTED = """n => {
    const charts = [...document.querySelectorAll(".stPlotlyChart")]
    return charts.length === n && charts.every(chart => chart.querySelector(".main-svg .trace"))
}"""


def command(word: str, environment: dict[str, str]) -> float:
    """Seconds that a command of Relais takes."""
    program = [sys.executable, "-c", "from analytics.cli.commands import main; main()", word]
    began = time.perf_counter()
    subprocess.run(program, cwd=ROOT, env=os.environ | environment, check=True, capture_output=True)
    return time.perf_counter() - began


def loads_pandas(server: Server) -> bool:
    """Whether the server has pandas in its process."""
    return "/pandas/_libs/" in Path(f"/proc/{server.pid}/maps").read_text("utf-8")


def main(n_rounds: int = 7) -> None:
    seconds, with_pandas = defaultdict(list), 0
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder, browser = Path(name), launch(playwright)
        environment = {"RELAIS_STORE": str(folder / "store"), "RELAIS_KEY": str(folder / "relais.key")}
        build_demo(Store(folder / "store"), datetime.now(UTC))
        specs = first_charts(environment)
        constants = folder / "constants.py"
        constants.write_text(CONSTANTS.format(specs=json.dumps([json.loads(spec) for spec in specs])), "utf-8")
        for number in range(n_rounds):
            for word in ("--help", "info"):
                seconds[f"relais {word}"].append(command(word, environment))
            began = time.perf_counter()
            with serve(folder) as server:
                seconds["server answers"].append(time.perf_counter() - began)
                seconds["protocol is there"].append(opened(browser, f"{server.address}protocole", 0) - began)
                with_pandas += loads_pandas(server)
            first = folder / f"first-{number}"
            first.mkdir()
            for what, place, script in (
                ("first page is painted", folder, "app.py"),
                ("first page is painted, on a first start", first, "app.py"),
                ("the same charts as constants", folder, str(constants)),
            ):
                began = time.perf_counter()
                with serve(place, script=script) as server:
                    seconds[what].append(opened(browser, server.address, len(specs)) - began)
    for what, taken in seconds.items():
        print(f"{what:40} {median(taken):5.2f} s ({min(taken):.2f} to {max(taken):.2f})")
    print(f"pandas was in the process once the protocol was there: {with_pandas} of {n_rounds} times")
    *_, painted, on_first_start, as_constants = map(median, seconds.values())
    print(f"of the constants' time: {painted / as_constants:.2f}, on a first start {on_first_start / as_constants:.2f}")


def first_charts(environment: dict[str, str]) -> list[str]:
    """The charts of the first page, as Plotly's JSON."""
    os.environ |= environment
    return [
        chart.proto.spec for chart in AppTest.from_file(ROOT / "app.py", default_timeout=60).run().get("plotly_chart")
    ]


def opened(browser: Browser, url: str, n_charts: int) -> float:
    """When a page that nobody has opened yet shows its title and has painted ``n_charts``."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector("h1", timeout=PATIENCE)
    page.wait_for_function(PAINTED, arg=n_charts, timeout=PATIENCE, polling=20)
    when = time.perf_counter()
    context.close()
    return when


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
