"""The list on the screen and as a workbook to call from."""

from collections.abc import Mapping

import pandas as pd

from analytics.domain.french import count, number
from pages._widgets import columns, in_french, offer_file, remembered, show_table, text
from pages.work_list.choices import STATES, Work

_SHOWN = 1_000  # more rows than anyone calls; the file holds all
_WRITTEN = 100_000

_MEANING = {
    "overdue": "Ce que des dossiers ouverts attendent au-delà du délai de l’école, sinon de celui du service. Le danger d’abord ; "
    "puis ce qui vient de dépasser son délai : là, un appel aide encore.",
    "soon": "Rien n’est en retard dans ces dossiers, mais une étape est à faire dans les deux jours d’école.",
    "dormant": "Ouverts, sans étape datée et sans changement d’un extrait à l’autre depuis 60 jours d’école : à clôturer, ou à "
    "rouvrir ensemble.",
}


def show(work: Work, own_numbers: Mapping[str, str]) -> None:
    """``own_numbers`` are the service's own numbers of cases, where its register was chosen: these are not remembered."""
    if own_numbers:
        _list(work, own_numbers)
    else:
        _remembered_list(work)
    if not (n := int(work.numbers.loc[work.state, "n"])):
        return

    def file() -> bytes:
        from analytics.documents.internal import internal_xlsx  # slow to import, and rarely clicked

        cases = _numbered(work.cases(_WRITTEN), own_numbers)
        filters = f"{STATES[work.state]} · {work.selection.description}"
        listed = _columns(work.state, cases, is_numbered=bool(own_numbers))
        return internal_xlsx(in_french(cases, listed), filters, work.snapshot.as_of)

    label = f"Télécharger {count(min(n, _WRITTEN), 'dossier')} (XLSX), pour l’usage interne"
    offer_file(label, file, f"interne-a-faire-{work.snapshot.as_of}.xlsx", "work-list")


@remembered
def _remembered_list(work: Work) -> None:
    _list(work, {})


def _list(work: Work, own_numbers: Mapping[str, str]) -> None:
    n, n_danger = (int(work.numbers.loc[work.state, column]) for column in ("n", "n_danger"))
    danger = f", dont **{number(n_danger)}** où la vie est menacée" if n_danger else ""
    others = (
        f"{label} : {number(work.numbers.loc[state, 'n'])}" for state, label in STATES.items() if state != work.state
    )
    text.paragraph(" · ".join([f"**{count(n, 'dossier')}** sur {count(_n_open(work), 'ouvert')}{danger}", *others]))
    if not n:
        return
    shown = work.cases(_SHOWN)
    show_table(_numbered(shown, own_numbers), _columns(work.state, shown, is_numbered=bool(own_numbers)))
    text.caption(_MEANING[work.state])
    if n > _SHOWN:
        text.caption(f"Les {number(_SHOWN)} premiers sur {number(n)}. Le fichier les contient tous.")


def _n_open(work: Work) -> int:
    counts = work.snapshot.case_counts(work.selection, ["status"])
    return int(counts.loc[counts["status"] == "open", "n"].sum())


def _numbered(cases: pd.DataFrame, own_numbers: Mapping[str, str]) -> pd.DataFrame:
    return cases.assign(case_id=[own_numbers.get(case, case) for case in cases["case_id"]])


def _columns(state: str, cases: pd.DataFrame, *, is_numbered: bool) -> dict[str, str]:
    """The columns of a list, with their headings; danger and what is soon due only where there is any. The service's own
    number leads to its file; a pseudonym calls nobody, and stands last.
    """
    number = ["case_id"]
    first = columns(*(["danger"] if cases["danger"].any() else []), *(number if is_numbered else []), "name")
    soon = {"soon_words": "À faire bientôt"} if (cases["soon_words"] != "").any() else {}
    own = {
        "overdue": {
            "missing": "Ce qui manque",
            "limit": "Dernier délai dépassé",
            "due_on": "Depuis le",
            "late_days": "Jours",
        }
        | soon,
        "soon": soon | {"limit": "Prochain délai", "due_on": "À faire pour le"},
        "dormant": {"missing": "Ce qui manque", "quiet_days": "Jours d’école sans rien"},
    }
    return first | own[state] | columns("school_level", "zone", "report_week", *([] if is_numbered else number))
