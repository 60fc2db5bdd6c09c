"""What the protocol page may show beside each relay: ``data/observed.toml``, written from published numbers only."""

from __future__ import annotations

from analytics.disclosure.release import Release
from analytics.domain.french import percent
from analytics.domain.vocabulary import RELAYS, STEPS

OBSERVED = "observed.toml"
_TOTAL = "Total"


def observed_toml(release: Release) -> str:
    """One sentence a relay, where its share is published; copy the file to ``data/`` to show them."""
    lines = [
        "# Chiffres observés, tirés de la publication. Copiez ce fichier dans data/ pour les montrer à côté du protocole."
    ]
    table = next((table for table in release.tables if table.code == "relays_by_level"), None)
    for cell in table.cells if table else ():
        relay = next((code for code in RELAYS if STEPS[code].label == cell.labels[0]), None)
        if cell.share is not None and cell.labels[1] == _TOTAL and relay:
            lines += ["", "[[observed]]", f'step = "{relay}"', f'sentence = "{_sentence(release, cell.share)}"']
    if len(lines) == 1:
        lines.append("observed = []")
    return "\n".join(lines) + "\n"


def _sentence(release: Release, share: float) -> str:
    fictitious = " (données fictives)" if release.is_demo else ""
    return f"Fait dans le délai dans environ {percent(share)} des dossiers, {release.period.label}{fictitious}."
