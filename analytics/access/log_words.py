"""A line of the log in French, for « Mes accès » and ``relais access``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from analytics.domain.timezone import TIMEZONE

ACTS = {
    "sign-in": "connexion",
    "sign-out": "déconnexion",
    "page": "page",
    "case": "dossier",
    "download": "téléchargement",
    "import": "importation",
    "undo": "annulation",
    "forget": "oubli d’un dossier",
    "publish": "publication",
    "plan": "tirage au sort du programme",
    "cut": "lignes de plus d’un an effacées",
}
RESULTS = {"ok": "fait", "refused": "refusé", "failed": "échoué"}


def in_french(line: Mapping) -> dict[str, str]:
    """The fields of a line under French headings. One that was altered may lack some: it is shown as far as it goes."""
    what = line.get("what") or {}
    shown = {
        "Le": _moment(str(line.get("at", ""))),
        "Compte": str(line.get("who") or "–"),
        "Rôle": str(line.get("role") or "–"),
        "Quoi": ACTS.get(str(line.get("act")), "–"),
        "Détail": " · ".join(f"{name} {_value(value)}" for name, value in what.items()) or "–",
        "Lignes": "–" if line.get("rows") is None else str(line["rows"]),
        "Résultat": RESULTS.get(str(line.get("result")), "–"),
    }
    return {heading: "".join(filter(str.isprintable, value)) for heading, value in shown.items()}


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _moment(written: str) -> str:
    try:
        return f"{datetime.fromisoformat(written).astimezone(ZoneInfo(TIMEZONE)):%d/%m/%Y %H:%M:%S}"
    except ValueError:
        return "–"
