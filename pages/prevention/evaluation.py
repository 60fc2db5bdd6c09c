"""Whether one could see that a session helps: the chance to see it, what would fall by itself, what was seen."""

import pandas as pd

from analytics.charts import planning as charts
from analytics.domain.french import count, number, percent
from analytics.domain.school_calendar import calendar
from analytics.planning.evaluation import Effect, baseline, effect, expected_without_action
from analytics.planning.power import power_table, schools_needed
from analytics.planning.preparing import observed_panel, observed_rates
from analytics.store import Snapshot
from pages._widgets import Context, columns, show_chart, text


def show(context: Context) -> None:
    text.header("Verra-t-on si cela aide ?")
    text.paragraph(
        "Après une séance, les signalements peuvent **augmenter** : plus de confiance, et non plus de faits. Ils peuvent "
        "**baisser** sans la séance : on choisit des écoles au plus haut. D’où trois questions, dans cet ordre."
    )
    observed = observed_panel(context.snapshot, calendar())
    _power(observed)
    _falls(context.snapshot)
    text.subheader("3. Qu’a-t-on vu ?")
    show_effect(effect(observed), effect(observed[~observed["just_before"]]))


def _power(observed: pd.DataFrame) -> None:
    cases, dispersion = baseline(observed)
    table = power_table(cases, dispersion)
    needed = {n_terms: schools_needed(cases, dispersion, n_terms) for n_terms in (3, 6)}
    words = {
        n: "plus d’écoles qu’il n’y en a" if found is None else count(found, "école") for n, found in needed.items()
    }
    text.subheader("1. Peut-on le voir ?")
    show_chart(
        charts.power_curves(table),
        key="plan-power",
        alt=f"Pour voir une baisse de 20 %, il faut {words[3]} avec trois trimestres avant et après.",
        read=f"la chance de voir une vraie baisse de 20 % pour une moyenne de {number(cases, 1)} par école et par trimestre. Quatre "
        f"chances sur cinq demandent {words[3]} avec une année avant et une après, {words[6]} avec deux, sans compter "
        "le trimestre de la séance.",
        act="si votre service a moins d’écoles, n’attendez pas des chiffres qu’ils tranchent. Notez ce qui est vraiment donné, "
        "et demandez aux classes ce qu’elles en gardent.",
        table=table.rename(columns={"power": "share"}),
        columns=columns("n_schools", n_terms="Trimestres avant et après", share="Chances de le voir"),
    )


def _falls(snapshot: Snapshot) -> None:
    falls = expected_without_action(observed_rates(snapshot, calendar()), 10)
    rates = falls.merge(snapshot.school_counts()[["school_id", "name"]], on="school_id")
    text.subheader("2. Qu’est-ce qui baisserait tout seul ?")
    show_chart(
        charts.falls_by_themselves(rates),
        key="plan-mean",
        alt=f"Les dix taux les plus hauts baisseraient d’eux-mêmes de {percent(-rates['change'].mean())} en moyenne.",
        read="les taux les plus hauts doivent une part au hasard. Le second point est ce qu’on attend ensuite, sans rien faire.",
        act="ne comptez comme effet d’une séance que ce qui dépasse cette baisse-là.",
        table=rates.rename(columns={"change": "share"}),
        columns=columns("name", "n", share="Changement attendu"),
    )


def show_effect(found: Effect, cautious: Effect) -> None:
    """The estimate, or why there is none."""
    if not found.is_known:
        text.paragraph(
            f"**On ne peut pas le dire.** Il faut au moins dix écoles suivies avant et après une première action, et dix sans "
            f"action à côté d’elles, toutes avec au moins un dossier ; il y en a {number(found.n_visited)} et "
            f"{number(found.n_compared)}. Il faut aussi des dossiers avant et après."
        )
        return
    lines = [
        f"Après la première action, **{percent(found.ratio)}** des signalements attendus sans elle, entre {percent(found.lower)} "
        f"et {percent(found.upper)} : {count(found.n_visited, 'école')} comparées à {number(found.n_compared)} autres, "
        f"sur {count(found.n_terms, 'trimestre')}."
    ]
    if cautious.is_known:
        lines.append(
            f"Sans le trimestre qui précède l’action, où l’école était peut-être au plus haut : {percent(cautious.ratio)}, entre "
            f"{percent(cautious.lower)} et {percent(cautious.upper)}."
        )
    lines.append(
        "Au-dessus de 100 %, cela peut être de la confiance. Si l’intervalle contient 100 %, on ne sait pas. Les écoles n’ont "
        "pas été tirées au sort : d’autres différences peuvent jouer."
    )
    text.paragraph("\n\n".join(lines))
