"""Each step against its deadline."""

from analytics.charts import relays as charts
from analytics.domain.french import count, day, percents
from analytics.domain.vocabulary import RELAYS
from analytics.measures import relays
from analytics.workflows.comparing import shares_compared
from pages._widgets import (
    INTERVAL,
    Link,
    address,
    closure_note,
    columns,
    remembered,
    show_changes,
    show_chart,
    text,
)
from pages.relays.clock import STEP_LABELS, RelayContext


@remembered
def show(context: RelayContext) -> None:
    snapshot = context.snapshot
    reached = snapshot.steps_reached("deadline", context.selection)
    effects = relays.design_effects(reached, bunching=context.bunching)
    answer = relays.against_deadline(snapshot.step_counts("deadline", context.selection), effects)
    closure_note(snapshot)
    text.paragraph(
        f"**{count(answer['n_overdue'].sum(), 'étape')}** hors délai dans les dossiers ouverts, au {day(snapshot.as_of)}."
    )
    Link("Voir qui attend", "work_list", address(context.selection)).show()
    judged = answer.set_index("step").loc[list(RELAYS)].dropna(subset="share")
    best = judged.loc[judged["share"].idxmax()] if len(judged) else None
    text.header("Chaque étape et son délai")
    changed = shares_compared(
        snapshot,
        lambda chosen: snapshot.step_counts("deadline", chosen, ["school_group"], RELAYS),
        1,
        context.selection,
    )
    show_changes(changed, "step", {code: f"{label} à temps" for code, label in STEP_LABELS.items()})
    show_chart(
        charts.deadline_bars(answer),
        key="deadlines",
        alt=f"Le relais le plus souvent à temps est {STEP_LABELS[str(best.name)]} ({percents(best['share'], best['most_share'])})."
        if best is not None
        else "Aucun relais à juger dans ces dossiers.",
        read="chaque étape est jugée sur le délai que l’école s’est donné, sinon sur celui du service (page Protocole). Une menace "
        "pour la vie est toujours jugée en heures : un jour d’école compte alors 24 h. Ce qui est hachuré a dépassé son délai.",
        act="appelez d’abord pour « en attente, hors délai » : ces dossiers sont ouverts et l’étape est encore possible.",
        table=answer,
        columns=columns(
            "step",
            n_in_time="À temps",
            n_late="En retard",
            n_undated="Faites, sans date",
            n_waiting="Encore dans le délai",
        )
        | columns("n_overdue", "n_closed", n_no_deadline="Sans délai")
        | columns("n_not_applicable", "n_not_recorded")
        | columns(*INTERVAL)
        | {"share": "Part à temps"},
    )
