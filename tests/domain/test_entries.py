"""The shape of an entry: what is missing, unknown or of another type is named."""

from __future__ import annotations

from tests.domain.conftest import DOXING, refusals


@refusals(
    r"""
    protocol.toml | phase = "relays"\n |  | protocol.toml : steps « cpms » : « phase » manque ; ajoutez-le.
    protocol.toml | header = | headr = | steps « evidence_kept » : « headr » est inconnu
    protocol.toml | done = 0.78 | done = 1.5 | steps « evidence_kept » : « assumed.done » ne convient pas
    protocol.toml | done = 0.78 | done = 0.99 | steps « evidence_kept » : « assumed » ne convient pas : les parts
    protocol.toml | { hours = 24 } | { hours = 24, school_days = 2 } | « deadline » ne convient pas : hours ou
    protocol.toml | source = "procedure" | source = "" | « source » ne convient pas : une valeur vide
    protocol.toml | dated = "2006" | dated = "" | sources « plp41 » : « dated » ne convient pas
    contacts.toml | checked_on = 2026-11-22 | checked_on = 3 | contacts « emergency » : « checked_on » ne convient
    contacts.toml | urgent = true | urgent = 3 | « urgent » ne convient pas : il faut true ou false
    vocabulary.toml | [[reasons]] | [[raisons]] | vocabulary.toml : « raisons » est inconnu
    register.toml | terms = "reporters" | terms = "moon" | columns « reporter » : « terms » cite « moon »
    register.toml | code = "closed" | code = "closing" | columns : l’entrée « closed » manque ; ajoutez-la.
    register.toml | code = "pupils" | code = "pages" | schools : l’entrée « pupils » manque ; ajoutez-la.
    """,
    ("vocabulary.toml", "", DOXING, "vocabulary.toml : incident_types « doxing » : « assumed » manque ; ajoutez-le."),
)
def test_a_fault_is_one_french_sentence_that_names_file_entry_and_field(fault, file, old, new, message):
    assert message in fault(file, new, old)
