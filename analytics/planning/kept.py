"""What a service decides on the page of prevention, kept beside its records: ``plan.json`` in the folder of the store."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from analytics.planning.lots import Draw
from analytics.store import Snapshot, Store, StoreError

FILE = "plan.json"


@dataclass(frozen=True)
class Kept:
    """The draws of lots, the last one last."""

    draws: tuple[Draw, ...] = ()

    def draw_of(self, year: str) -> Draw | None:
        """The last draw for a plan of this school year."""
        return next((draw for draw in reversed(self.draws) if draw.year == year), None)


def read_kept(snapshot: Snapshot) -> Kept:
    """What was kept for these records; empty where nothing was. What was tried on the demonstration is not offered for real
    records. StoreError where the file cannot be read."""
    return _all(snapshot).get(_records(snapshot), Kept())


def keep(snapshot: Snapshot, kept: Kept) -> None:
    """Keep this for these records, for their owner alone. StoreError while an import writes, or when the disk is full."""
    folder = snapshot.folder
    with Store(folder).writing():
        written = folder / f".{FILE}"
        try:
            written.write_bytes(msgspec.json.format(msgspec.json.encode(_all(snapshot) | {_records(snapshot): kept})))
            written.replace(folder / FILE)
        except OSError:
            raise StoreError("L’écriture a échoué (disque plein ?). Ce qui était gardé reste en place.") from None


def _all(snapshot: Snapshot) -> dict[str, Kept]:
    try:
        return msgspec.json.decode((snapshot.folder / FILE).read_bytes(), type=dict[str, Kept])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError):
        raise StoreError(f"Le fichier {FILE} du dossier des données n’est pas lisible.") from None


def _records(snapshot: Snapshot) -> str:
    return "demo" if snapshot.is_demo else "register"
