"""Types d'incidents: what happens, to whom, where and when."""

from pages import _data, _widgets
from pages.incidents import parts as _incident_parts

QUESTIONS = {
    "Ce qui arrive": _incident_parts.what,
    "À qui, par où": _incident_parts.whom,
    "Quand": _incident_parts.when,
}

_widgets.title("Types d’incidents", "Que se passe-t-il, à quel âge, par quel canal et à quel moment de l’année ?")
snapshot = _data.snapshot()
selection = _widgets.filters(snapshot)
n_cases = int(snapshot.case_counts(selection)["n"].iloc[0])
_widgets.context(snapshot, selection, n_cases)

chosen = _widgets.one_of("Question", "sujet", {name: name for name in QUESTIONS})
QUESTIONS[chosen](snapshot, selection, n_cases)
