"""What a service decides on the page of prevention, kept beside its records: ``plan.json`` in the folder of the store."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import msgspec
import pandas as pd

from analytics.domain.programme import Programme, programme
from analytics.planning.allocation import Plan
from analytics.planning.lots import Draw
from analytics.planning.problem import Team
from analytics.store import Snapshot, Store, StoreError

FILE = "plan.json"
_TYPES = {"school_id": "str", "activity": "str", "week": "datetime64[us]", "n_groups": "int64", "hours": "float64"}


def digest(*parts: object) -> str:
    """A short name for what a plan is computed from."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Choice:
    """The hours of the team, and the activities, weights and rules that a plan was asked with. ``file`` is the digest of
    what the data files said then: once they say otherwise, they count."""

    team: Team
    programme: Programme
    file: str = field(default_factory=lambda: digest(programme()))


@dataclass(frozen=True)
class KeptPlan:
    """A plan and the digest of what it was computed from. ``sessions``: school_id, activity, week, n_groups, hours."""

    of: str
    sessions: tuple[tuple[str, str, date, int, float], ...]
    value: float
    bound: float

    @classmethod
    def from_plan(cls, plan: Plan, of: str) -> KeptPlan:
        columns = (plan.sessions[name].tolist() for name in _TYPES)
        rows = ((school, activity, week.date(), n, h) for school, activity, week, n, h in zip(*columns, strict=True))
        return cls(of, tuple(rows), plan.value, plan.bound)

    @property
    def plan(self) -> Plan:
        sessions = pd.DataFrame(list(self.sessions), columns=list(_TYPES)).astype(_TYPES)
        return Plan(sessions, self.value, self.bound)


@dataclass(frozen=True)
class Kept:
    """The draws of lots, the last one last; what the last plan was asked with, and that plan."""

    draws: tuple[Draw, ...] = ()
    choice: Choice | None = None
    plan: KeptPlan | None = None

    @property
    def programme(self) -> Programme:
        """The activities, weights and rules of the last plan, unless the data files have changed since."""
        is_current = self.choice is not None and self.choice.file == digest(programme())
        return self.choice.programme if self.choice is not None and is_current else programme()

    def draw_of(self, year: str) -> Draw | None:
        """The last draw for a plan of this school year."""
        return next((draw for draw in reversed(self.draws) if draw.year == year), None)


def read_kept(snapshot: Snapshot) -> Kept:
    """What was kept for these records; empty where nothing was. What was tried on the demonstration is not offered for real
    records. StoreError where the file cannot be read."""
    return _all(snapshot).get(_records(snapshot), Kept())


def keep(snapshot: Snapshot, kept: Kept) -> None:
    """Keep this for these records, for their owner alone. StoreError while an import writes, or when the disk is full."""
    store = Store(snapshot.location)
    with store.writing():
        content = msgspec.json.encode({**_all(snapshot), _records(snapshot): kept})
        try:
            written = store.folder / f".{FILE}"
            written.write_bytes(msgspec.json.format(content))
            written.replace(store.folder / FILE)
        except OSError:
            raise StoreError("L’écriture a échoué (disque plein ?). Ce qui était gardé reste en place.") from None


def _all(snapshot: Snapshot) -> Mapping[str, Kept]:
    try:
        return msgspec.json.decode((Store(snapshot.location).folder / FILE).read_bytes(), type=dict[str, Kept])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError):
        raise StoreError(
            f"Le fichier {FILE} du dossier des données n’est pas lisible. Retirez-le pour continuer."
        ) from None


def _records(snapshot: Snapshot) -> str:
    return "demo" if snapshot.is_demo else "register"
