"""Open cases that wait for a step beyond its deadline, danger first."""

from analytics.domain.french import count, number
from analytics.measures import work
from pages._widgets import Context, Indicator, Link, address


def indicator(context: Context) -> Indicator:
    selection = context.selection.at_any_time  # what waits, waits, whatever its year
    waiting = work.summary(context.snapshot.work_counts(selection))
    overdue, soon, dormant = (waiting.loc[state] for state in ("overdue", "soon", "dormant"))
    return Indicator(
        "Attendent hors délai",
        count(overdue["n"], "dossier"),
        alarm=f"{number(overdue['n_danger'])} où la vie est menacée" if overdue["n_danger"] else "",
        note=f"{number(soon['n'])} bientôt · {count(dormant['n'], 'dormant')}",
        counts="Les dossiers ouverts, de toutes les années, qui attendent une étape au-delà du délai de l’école, sinon de celui du "
        "service. Une menace pour la vie se juge en heures.",
        left_out=f"{count(dormant['n'], 'dossier dormant', 'dossiers dormants')}, sans rien de neuf depuis 60 jours d’école",
        links=(Link("Voir qui attend", "work_list", address(selection)),),
    )
