"""The folder of TOML files that hold the service's words, protocol, calendar and rules: found, decoded and checked once.

``RELAIS_DATA`` names a folder of the service's own: each of its files takes the place of the shipped one of the same name.
All files are read and checked together when this module is first imported; what they hold is :data:`CONTENT`.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import msgspec

from analytics.domain import checks
from analytics.domain.content import Content
from analytics.domain.entries import ObservedFile, Row
from analytics.domain.errors import RelaisError
from analytics.domain.french import listing, typeset
from analytics.domain.shipped import SHIPPED

_File = TypeVar("_File", bound=Row)


class DataError(RelaisError):
    """A data file cannot be used. The message names file, entry and field."""


_KINDS: dict[str, type[Row]] = {
    f"{name}.toml": kind
    for name, kind in get_type_hints(Content).items()
    if isinstance(kind, type) and issubclass(kind, Row)
}


def load(own: Path | None = None) -> Content:
    """The shipped files with those of the folder ``own`` in their place. DataError names the first fault."""
    if own and not own.is_dir():
        raise DataError("Le dossier que RELAIS_DATA nomme est introuvable.")
    found = sorted(path.name for path in own.glob("*.toml")) if own else []
    if unknown := set(found) - _KINDS.keys():
        raise DataError(
            f"RELAIS_DATA : {min(unknown)} n’est pas un fichier de Relais ; il lit {listing(list(_KINDS))}."
        )
    paths = {name: own / name if own and name in found else SHIPPED / "data" / name for name in _KINDS}
    if not paths["observed.toml"].exists():
        del paths["observed.toml"]
    sources = {name: _bytes(path) for name, path in paths.items()}
    files: dict[str, Any] = {"observed": ObservedFile()}
    files |= {Path(name).stem: decode(name, source, _KINDS[name]) for name, source in sources.items()}
    content = Content(**files, paths=paths, publications_toml=sources["publications.toml"])
    for fault in checks.faults(content):
        raise DataError(fault)
    return content


def decode(name: str, source: bytes, kind: type[_File]) -> _File:
    """The TOML of the file ``name`` as its typed  DataError when its shape is not that of ``kind``."""
    try:
        raw = tomllib.loads(source.decode("utf-8"))
    except ValueError as error:
        place = re.search(r"line \d+", str(error))
        at = f" (ligne {place[0].removeprefix('line ')})" if place else ""
        raise DataError(f"{name} : ce n’est pas un fichier TOML lisible{at}.") from None
    if name in ("protocol.toml", "contacts.toml", "observed.toml"):
        raw = _typeset(raw)  # what documents print as it is
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise DataError(f"{name} : {_in_french(str(error), raw)}.") from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise DataError(f"{path.name} : ce fichier ne s’ouvre pas.") from None


def _typeset(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _typeset(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_typeset(entry) for entry in value]
    return typeset(value).replace("'", "’") if isinstance(value, str) else value


_EXPECTED = {
    "str": "un texte",
    "int": "un nombre entier",
    "float": "un nombre",
    "bool": "true ou false",
    "date": "une date",
    "array": "une liste",
    "object": "une table",
}


def _in_french(message: str, raw: dict[str, Any]) -> str:
    """What msgspec says of a value, with the entry by its code in place of its number."""
    what, _, path = message.partition(" - at `$")
    table, *fields = re.findall(r"\w+", re.sub(r"\[\.\.\.\]", "", path)) or [""]
    where = [table] if table else []
    entry = raw[table][int(fields[0])] if fields and fields[0].isdigit() else None
    if isinstance(entry, dict):
        named = [entry[key] for key in ("code", "label", "name") if key in entry]
        where = [f"{table} « {named[0]} »" if named else f"{table}, une entrée sans code"]
    fields = [field for field in fields if not field.isdigit()]
    field = re.search(r"field `(\w+)`", what)
    if field and "missing" in what:
        problem = f"« {'.'.join([*fields, field[1]])} » manque ; ajoutez-le"
    elif field:
        problem = f"« {'.'.join([*fields, field[1]])} » est inconnu ; corrigez-le ou retirez-le"
    else:
        expected = re.search(r"^Expected `(\w+)", what)
        reason = (
            "une valeur vide, trop longue ou hors limites"
            if re.search(r"length|[<>]=? |matching|Invalid", what)
            else f"il faut {_EXPECTED.get(expected[1], 'une autre valeur')}"
            if expected
            else what
        )
        problem = f"« {'.'.join(fields)} » ne convient pas : {reason}" if fields else f"ne convient pas : {reason}"
    return " : ".join([*where, problem])


CONTENT = load(Path(own) if (own := os.environ.get("RELAIS_DATA")) else None)
