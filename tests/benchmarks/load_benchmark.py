"""Fifty people at once: how long a run of a page takes, over Streamlit's own protocol, without a browser.

    python tests/benchmarks/load_benchmark.py [--people N] [--seconds N] [--cases N] [--servers N]

Each person walks the pages in an order of their own, thinks three seconds, then changes page, question or filter. Filters
are drawn from all that the panel offers. Two servers share the people, as in the README's file for a proxy; they run on the
demonstration, or on ``--cases`` fictitious cases, first with their memory, then without (``RELAIS_MEMORY=0``). A run counts
from the request to the end of its script; it is seen before when anybody has already asked the same server for the same
page with the same choices. Printed: p50 and p95 of a run in
milliseconds, of all, of those of the first minute and of those after it, of those seen before and of the others; their
share; the servers' processor time per run, their memory at the start, halfway and at the end, and errors. Twenty minutes
(``--seconds 1250``) are 20,000 runs.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from analytics.store import Store
from analytics.workflows.demo import build_demo
from tests.browser.driving import Server, serve

THINKING = 3.0
FIRST = 60
"""Seconds in which most is asked for the first time."""
KINDS = ("multiselect", "selectbox", "button_group")
PAGES = {"", "a-faire", "protocole", "incidents", "relais", "ecoles", "ecole", "prevention", "publier", "methode"}
_MAIN, _SIDEBAR = 0, 1


@dataclass
class Runs:
    """What all people have asked for, and when each run began and how long it took: (seconds, seconds, seen before)."""

    begun: float = field(default_factory=time.perf_counter)
    seen: set[tuple] = field(default_factory=set)
    taken: list[tuple[float, float, bool]] = field(default_factory=list)
    errors: int = 0


class Person:
    """A browser's side of a session: its pages, its widgets and what they hold, its address."""

    def __init__(self, socket: ClientConnection, server: Server, runs: Runs, dice: random.Random) -> None:
        self.socket, self.server, self.runs, self.dice = socket, server.pid, runs, dice
        self.pages: dict[str, str] = {}
        self.page, self.query = "", ""
        self.places: dict[str, int] = {}
        self.widgets: dict[str, object] = {}
        self.values: dict[str, list[str]] = {}
        self.filters: dict[str, list[str]] = {}

    async def run(self) -> None:
        """Ask for the page as it stands and take in the answer."""
        asked = BackMsg()
        state = asked.rerun_script
        state.page_script_hash, state.query_string = self.page, self.query
        state.widget_states.widgets.extend(self._states())
        key = (
            self.server,
            self.page,
            *sorted((w, tuple(v)) for w, v in self.filters.items() if v),
            *sorted((w, tuple(v)) for w, v in self.values.items() if v and self.places.get(w) == _MAIN),
        )
        start = time.perf_counter()
        await self.socket.send(asked.SerializeToString())
        while not _ends(message := ForwardMsg.FromString(await self.socket.recv())):
            self._take(message)
        self.runs.taken.append((start - self.runs.begun, time.perf_counter() - start, key in self.runs.seen))
        self.runs.seen.add(key)
        self.values = {widget: value for widget, value in self.values.items() if widget in self.widgets}

    def _states(self) -> Iterator[WidgetState]:
        for widget, chosen in self.values.items():
            state = WidgetState(id=widget)
            if self.widgets[widget].DESCRIPTOR.name == "Selectbox":
                if chosen:
                    state.string_value = chosen[0]
            else:
                state.string_array_value.data.extend(chosen)
            yield state

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.widgets, self.places = {}, {}
            self.page = message.new_session.page_script_hash
        elif kind == "navigation":
            self.pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            name = element.WhichOneof("type")
            if name == "exception" or (name == "alert" and element.alert.icon == ":material/error:"):
                self.runs.errors += 1
            if name in KINDS and not getattr(element, name).form_id:
                widget = getattr(element, name)
                self.widgets[widget.id], self.places[widget.id] = widget, message.metadata.delta_path[0]
                if widget.set_value:  # the server says what it holds
                    held = [widget.raw_value] if name == "selectbox" else list(widget.raw_values)
                    self.values[widget.id] = [value for value in held if value]

    def step(self) -> None:
        """Change page, question or filter."""
        filters, questions = (
            [widget for widget, place in self.places.items() if place == at] for at in (_SIDEBAR, _MAIN)
        )
        acts = ["page", *["filter"] * bool(filters), *["question"] * bool(questions)]
        act = self.dice.choice(acts)
        if act == "page":
            open_pages = [page for page in self.pages if page in PAGES and self.pages[page] != self.page]
            self.page, self.query, self.values = self.pages[self.dice.choice(open_pages)], "", {}
            return
        widget_id = self.dice.choice(filters if act == "filter" else questions)
        widget = self.widgets[widget_id]
        options = [getattr(option, "content", option) for option in widget.options]
        most = 2 if act == "filter" else 1
        chosen = self.dice.sample(options, min(len(options), self.dice.randint(0 if act == "filter" else 1, most)))
        if widget.DESCRIPTOR.name == "Selectbox":
            chosen = chosen[:1]
        self.values[widget_id] = chosen
        if act == "filter":
            self.filters[widget.label] = chosen
        if name := getattr(widget, "query_param_key", ""):
            kept = [(key, value) for key, value in parse_qsl(self.query) if key != name]
            self.query = urlencode([*kept, *((name, value) for value in chosen)])


def _ends(message: ForwardMsg) -> bool:
    """Whether a run ends here, and none of the page that it leads to comes after."""
    is_last = message.WhichOneof("type") == "script_finished"
    return is_last and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN


async def _walk(server: Server, runs: Runs, number: int, until: float) -> None:
    dice = random.Random(number)
    origin = server.address.rstrip("/")
    await asyncio.sleep(dice.uniform(0, THINKING))
    async with connect(
        f"ws://127.0.0.1:{server.port}/_stcore/stream",
        origin=origin,
        subprotocols=["streamlit"],
        max_size=None,
        proxy=None,
        ping_timeout=None,
    ) as socket:
        person = Person(socket, server, runs, dice)
        await person.run()
        while time.monotonic() < until:
            await asyncio.sleep(dice.uniform(0.5, 1.5) * THINKING)
            person.step()
            await person.run()


async def _walk_all(servers: Sequence[Server], people: int, seconds: float) -> tuple[Runs, float]:
    """What was taken, and the servers' memory halfway."""
    runs, memory = Runs(), []
    until = time.monotonic() + seconds
    asyncio.get_running_loop().call_later(seconds / 2, lambda: memory.append(_megabytes(servers)))
    await asyncio.gather(
        *(_walk(servers[number % len(servers)], runs, number, until) for number in range(max(people, len(servers))))
    )
    return runs, memory[0]


def _megabytes(servers: Sequence[Server]) -> float:
    statuses = (Path(f"/proc/{server.pid}/status").read_text("ascii").splitlines() for server in servers)
    return sum(int(line.split()[1]) for lines in statuses for line in lines if line.startswith("VmRSS")) / 1024


def _processor(servers: Sequence[Server]) -> float:
    stats = (Path(f"/proc/{server.pid}/stat").read_text("ascii").rpartition(")")[2].split() for server in servers)
    return sum(int(times[11]) + int(times[12]) for times in stats) / os.sysconf("SC_CLK_TCK")


def _milliseconds(seconds: np.ndarray) -> str:
    return " / ".join(f"{1000 * value:.0f}" for value in np.percentile(seconds, [50, 95])) if len(seconds) else "–"


def measure(folder: Path, n_servers: int, people: int, seconds: float, **environment: str) -> str:
    """A row of the table that :func:`main` prints."""
    with ExitStack() as stack:
        servers = [stack.enter_context(serve(folder, **environment)) for _ in range(n_servers)]
        asyncio.run(_walk_all(servers, 1, 10))  # first runs import what pages need
        memory, processor = _megabytes(servers), _processor(servers)
        runs, halfway = asyncio.run(_walk_all(servers, people, seconds))
        each = 1000 * (_processor(servers) - processor) / len(runs.taken)
        memory_after = _megabytes(servers)
    begun, taken, seen = map(np.array, zip(*runs.taken, strict=True))
    times = (taken[kind] for kind in (begun >= 0, begun < FIRST, begun >= FIRST, seen, ~seen))
    return (
        f"| {n_servers} | {people} | {len(taken)} | {' | '.join(map(_milliseconds, times))} | {seen.mean():.0%} "
        f"| {each:.0f} | {memory:.0f}, {halfway:.0f}, {memory_after:.0f} | {runs.errors} |"
    )


def main() -> None:
    asked = argparse.ArgumentParser()
    for name, default in (("servers", 2), ("people", 50), ("seconds", 60), ("cases", 0)):
        asked.add_argument(f"--{name}", type=int, default=default)
    asked.add_argument("--memory", choices=("with", "without", "both"), default="both")
    options = asked.parse_args()
    print(
        "| servers | people | runs | all p50 / p95 (ms) | first minute | after it | seen before | not seen | share seen "
        "| processor per run (ms) | memory (MB) | errors |\n|---|---|---|---|---|---|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.cases:
            from tests.benchmarks.measures_benchmark import draw_store  # here: it brings a calendar of its own

            (folder / "store").mkdir()
            draw_store(folder / "store", options.cases)
        else:
            build_demo(Store(folder / "store"), datetime.now(UTC))
        if options.memory != "without":
            print(measure(folder, options.servers, options.people, options.seconds), flush=True)
        if options.memory != "with":
            print(
                measure(folder, options.servers, options.people, options.seconds, RELAIS_MEMORY="0"),
                "without memory",
                flush=True,
            )


if __name__ == "__main__":
    main()
