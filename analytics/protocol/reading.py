"""From ``data/*.toml`` to a checked protocol. An error names the entry at fault."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from analytics.domain import vocabulary
from analytics.domain.errors import RelaisError
from analytics.domain.french import day
from analytics.domain.vocabulary import DATA, Deadline
from analytics.protocol.model import (
    FACTS,
    FLAGS,
    Card,
    Contact,
    Entry,
    Kind,
    Phase,
    Protocol,
    SheetLine,
    Source,
    procedure_origin,
)
from analytics.protocol.words import french

TABLES: dict[Kind, str] = {"step": "steps", "principle": "principles", "complement": "complements"}


class ProtocolError(RelaisError):
    """An entry of the protocol's data is wrong; the message names it."""


@cache
def protocol(folder: Path = DATA) -> Protocol:
    """The protocol of ``folder``, checked; :class:`ProtocolError` names the first entry at fault."""
    return build(_toml(folder / "protocol.toml"), _toml(folder / "contacts.toml"))


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ProtocolError(f"{file.name} : illisible ({type(error).__name__})") from error


def build(content: Mapping[str, Any], directory: Mapping[str, Any]) -> Protocol:
    """The protocol from the parsed files, each entry checked against the others."""
    sources = {row["code"]: _source(row) for row in content["sources"]}
    phases = {row["code"]: Phase(*(french(row[key]) for key in ("code", "label", "aim"))) for row in content["phases"]}
    zones = {row["code"]: french(row["label"]) for row in directory["zones"]}
    contacts = {row["code"]: _contact(row, zones) for row in directory["contacts"]}
    entries: dict[str, Entry] = {}
    for kind, table in TABLES.items():
        for row in content[table]:
            name = f"{table} « {row.get('code', '?')} »"
            entry = _entry(name, kind, row, sources)
            _refuse(entry.code in entries, f"{name} : code déjà pris")
            _refuse(entry.anchor in {other.anchor for other in entries.values()}, f"{name} : libellé déjà pris")
            _known(name, "phase", [entry.phase], phases)
            _known(name, "contact", entry.contacts, contacts)
            _known(name, "condition", (*entry.applies, *entry.unless, *(entry.because or {})), FLAGS | FACTS.keys())
            _known(name, "étape", [entry.step] if entry.step else [], entries)
            entries[entry.code] = entry
    _check_points(content["paragraphs"], entries.values())
    cards = {}
    for row in content["cards"]:
        _known(f"cards « {row['code']} »", "entrée", row["entries"], entries)
        cards[row["code"]] = Card(row["code"], french(row["label"]), tuple(entries[code] for code in row["entries"]))
    sheet = tuple(_sheet_line(row, entries) for row in content["parents_sheet"])
    return Protocol(phases, entries, cards, zones, contacts, sheet)


def _source(row: Mapping[str, Any]) -> Source:
    name = f"sources « {row.get('code', '?')} »"
    _refuse(not row.get("dated"), f"{name} : date absente")
    dated = row["dated"]
    words = day(dated) if isinstance(dated, date) else "/".join(reversed(str(dated).split("-")))
    return Source(row["code"], french(row["label"]), words, row.get("url", ""))


def _contact(row: Mapping[str, Any], zones: Mapping[str, str]) -> Contact:
    name = f"contacts « {row.get('code', '?')} »"
    for key in ("code", "zone", "role", "number", "hours", "source", "checked_by"):
        _refuse(key not in row, f"{name} : {key} absent")
    _refuse(not row["source"], f"{name} : source absente")
    _refuse(not isinstance(row.get("checked_on"), date), f"{name} : date de vérification absente")
    _known(name, "zone", [row["zone"]], zones)
    return Contact(
        row["code"],
        row["zone"],
        *(french(row[key]) for key in ("role", "number", "hours", "source")),
        checked_on=row["checked_on"],
        checked_by=french(row["checked_by"]),
        confirmed=row.get("confirmed", True),
        urgent=row.get("urgent", False),
    )


def _entry(name: str, kind: Kind, row: Mapping[str, Any], sources: Mapping[str, Source]) -> Entry:
    for key in ("code", "label", "phase", "action"):
        _refuse(not row.get(key), f"{name} : {key} absent")
    _refuse(not row.get("source"), f"{name} : source absente")
    _known(name, "source", [row["source"]], sources)
    ours = kind == "complement"
    _refuse(ours == (row["source"] == "procedure"), f"{name} : la procédure et les compléments ne se mélangent pas")
    _refuse(not ours and not row.get("points"), f"{name} : point de la procédure absent")
    label, action, who, when, reason, told = (
        french(row.get(key, "")) for key in ("label", "action", "who", "when", "reason", "told")
    )
    say, avoid, words = (tuple(french(text) for text in row.get(key, ())) for key in ("say", "avoid", "words"))
    points, contacts, only, unless = (tuple(row.get(key, ())) for key in ("points", "contacts", "applies", "unless"))
    return Entry(
        row["code"],
        kind,
        label,
        row["phase"],
        action,
        who=who,
        when=when,
        reason=reason,
        told=told,
        say=say,
        avoid=avoid,
        words=words,
        points=points,
        contacts=contacts,
        applies=only,
        unless=unless,
        source=sources[row["source"]],
        because={condition: french(text) for condition, text in row.get("because", {}).items()},
        step=row.get("step", ""),
        deadline=Deadline(**row["deadline"]) if "deadline" in row else None,
    )


def _sheet_line(row: Mapping[str, Any], entries: Mapping[str, Entry]) -> SheetLine:
    name = f"parents_sheet « {row.get('label', '?')} »"
    added = tuple(row.get("complements", ()))
    _known(name, "complément", added, entries)
    _known(name, "point", row.get("points", ()), {point for entry in entries.values() for point in entry.points})
    _refuse(bool(added) == bool(row.get("points")), f"{name} : source absente, ou procédure et compléments mêlés")
    origin = tuple(entries[code].origin for code in added) or (procedure_origin(row["points"]),)
    return SheetLine(french(row["label"]), french(row["text"]), origin, bool(added))


def _check_points(paragraphs: Iterable[Mapping[str, Any]], entries: Iterable[Entry]) -> None:
    """Every point of the procedure is carried by an entry, and every point carried exists."""
    points = {f"{row['code']}.{n}" for row in paragraphs for n in range(1, row["points"] + 1)}
    carried: set[str] = set()
    for entry in entries:
        _known(f"« {entry.code} »", "point", entry.points, points)
        carried.update(entry.points)
    _refuse(bool(points - carried), f"points de la procédure sans entrée : {', '.join(sorted(points - carried))}")


def _known(name: str, what: str, codes: Iterable[str], known: Iterable[str]) -> None:
    for code in codes:
        _refuse(code not in known, f"{name} : {what} inconnu(e) « {code} »")


def _refuse(wrong: bool, message: str) -> None:
    if wrong:
        raise ProtocolError(message)


def observed(file: Path = DATA / "observed.toml") -> dict[str, str]:
    """What the service observes beside each step, from published figures; empty where there is none or it is damaged."""
    try:
        entries = tomllib.loads(file.read_text(encoding="utf-8"))["observed"]
        return {entry["step"]: french(str(entry["sentence"])) for entry in entries if entry["step"] in vocabulary.STEPS}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
