"""Open cases that wait for a step beyond its deadline."""

from analytics.domain.french import count, number
from analytics.measures import work
from pages._widgets import Context, Indicator, Link, address


def indicator(context: Context) -> Indicator:
    waiting = work.summary(context.snapshot.work_counts(context.selection))
    overdue, soon = waiting.loc["overdue"], waiting.loc["soon"]
    return Indicator(
        "Hors délai",
        count(overdue["n"], "dossier"),
        note=f"dont {number(overdue['n_danger'])} où la vie est menacée · {number(soon['n'])} bientôt",
        counts="Les dossiers ouverts qui attendent une étape au-delà du délai de l’école, sinon de celui du service. Une menace pour la "
        "vie se juge en heures.",
        numerator=count(overdue["n"], "dossier"),
        denominator="sans objet : c’est un nombre",
        left_out=f"{count(waiting.loc['dormant', 'n'], 'dossier dormant', 'dossiers dormants')}, sans rien de neuf depuis 60 jours d’école",
        links=(Link("Voir qui attend", "work_list", address(context.selection)),),
    )
