"""The closed vocabularies: each word once, with its code, French label, definition and source.

They are data: ``vocabulary.toml``, and for the steps ``protocol.toml``, whose entries are at once the protocol page, the
columns of the register and what is measured. A code that is not here cannot enter a record.
"""

from __future__ import annotations

from analytics.domain.checks import PRINCIPAL
from analytics.domain.data import CONTENT
from analytics.domain.entries import Deadline, IncidentType, Step, Term
from analytics.domain.matching import holds_stem, normalise, word_key
from analytics.domain.terms import Vocabulary

__all__ = ["PRINCIPAL", "Deadline", "IncidentType", "Step", "Term", "Vocabulary", "holds_stem", "normalise", "word_key"]


def _vocabulary(name: str) -> Vocabulary:
    return Vocabulary(name, getattr(CONTENT.vocabulary, name))


INCIDENT_TYPES = _vocabulary("incident_types")
SCHOOL_LEVELS = _vocabulary("school_levels")
TEACHING_LEVELS = _vocabulary("teaching_levels")
REPORTERS = _vocabulary("reporters")
CHANNELS = _vocabulary("channels")
SCHOOL_NETWORKS = _vocabulary("school_networks")
OUTCOMES = _vocabulary("outcomes")
REASONS = _vocabulary("reasons")
STATUSES = _vocabulary("statuses")
MINORS = _vocabulary("minors")
OFFICES = Vocabulary("offices", CONTENT.offices.offices)

NO_CLOSURE = "Ce registre ne dit rien des clôtures : chaque dossier compte comme ouvert."

STEPS: dict[str, Step] = {step.code: step for step in CONTENT.protocol.steps}
POSTVENTION_FOLLOWED = {"hours": 720, "school_days": 20}
"""How long postvention, which may follow the closure, is followed by each clock: a closed case keeps no longer wait, which
would give back the day of its report."""
RELAYS: tuple[str, ...] = tuple(code for code, step in STEPS.items() if step.relay)
RESPONSES: dict[str, tuple[str, ...]] = {
    code: steps
    for code in ("first_relay", "parents", "protection")
    if (steps := RELAYS if code == "first_relay" else tuple(c for c, step in STEPS.items() if step.response == code))
}
"""What a report is answered by, as far as the protocol has it: each response is the first of its steps that is done."""
DETECTION_TARGET_DAYS: int | None = CONTENT.protocol.detection_target_days
DANGER_TYPES: tuple[str, ...] = tuple(term.code for term in CONTENT.vocabulary.incident_types if term.danger)
