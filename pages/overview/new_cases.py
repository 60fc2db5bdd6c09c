"""New cases since the previous extract."""

from dataclasses import replace
from datetime import timedelta

from analytics.domain.french import count, day, listing, number
from analytics.domain.vocabulary import INCIDENT_TYPES
from analytics.measures import incidents
from pages import _data
from pages._widgets import Context, Indicator, Link, address


def indicator(context: Context) -> Indicator:
    snapshot, selection, n_cases = context.snapshot, context.selection, context.n_cases
    previous = _data.previous_snapshot(snapshot)
    last = snapshot.table("imports").iloc[-1]
    refused = f"{count(last['n_refused'], 'ligne refusée', 'lignes refusées')} au dernier import"
    if previous is None:
        return Indicator(
            "Dossiers, semaine en cours comprise",
            number(n_cases),
            note="Premier extrait : dès le suivant, ce qui est nouveau se verra ici.",
            counts="Les dossiers du registre qui répondent aux filtres.",
            left_out=refused,
            links=(Link("Voir les types", "incidents", address(selection)),),
        )
    n_before = Context(previous, selection).n_cases
    moved = incidents.change(
        snapshot.incident_counts(selection), previous.incident_counts(selection), "incident_type", list(INCIDENT_TYPES)
    )
    more = moved[moved["difference"] > 0].head(2)
    risen = zip(more["incident_type"], more["difference"], strict=True)
    since = previous.as_of - timedelta(days=previous.as_of.weekday())
    new_weeks = replace(selection, first_week=max(since, selection.first_week or since))
    return Indicator(
        f"Nouveau depuis l’extrait du {day(previous.as_of)}",
        f"{n_cases - n_before:+d}".replace("+0", "0") + (" dossier" if abs(n_cases - n_before) < 2 else " dossiers"),
        note=listing([f"{INCIDENT_TYPES.label(code)} +{n}" for code, n in risen]) or "aucun type ne progresse",
        counts="La différence entre les deux derniers extraits, avec les mêmes filtres. Un dossier corrigé peut changer de type.",
        numerator=f"{count(n_cases, 'dossier')} à cet extrait, {number(n_before)} au précédent",
        left_out=refused,
        links=(Link("Voir ces semaines", "incidents", address(new_weeks)),),
    )
