"""The steps of a school against its own deadlines, compared with the others of its network and of its level."""

from analytics.charts import relays as charts
from analytics.domain.french import count, day
from analytics.domain.vocabulary import RELAYS
from analytics.measures import work
from analytics.workflows.one_school import PEERS, OneSchool, deadline_table
from pages._widgets import closure_note, columns, remembered, show_chart, show_table, text


@remembered
def show(context: OneSchool) -> None:
    snapshot, table = context.snapshot, deadline_table(context)
    peers = {f"share_{group}": f"À temps, autres, {word}" for group, word in PEERS.items() if group in context.groups}
    n_overdue, n_own = int(table["n_overdue"].sum()), int(table["is_own"].sum())
    whose = (
        f"{count(n_own, 'délai')} de l’école, les autres sont ceux du service."
        if n_own
        else "L’école n’a pas donné de délai : ceux du service servent."
    )
    text.header("Ses étapes et ses délais")
    closure_note(snapshot)
    text.paragraph(
        f"{whose} **{count(n_overdue, 'étape')}** hors délai dans ses dossiers ouverts, au {day(snapshot.as_of)}."
    )
    show_chart(
        charts.deadline_bars(table[table["step"].isin(RELAYS)]),
        key="deadlines",
        alt=f"{count(n_overdue, 'étape')} hors délai dans les dossiers ouverts de l’école.",
        read="chaque barre contient les dossiers de l’école où ce relais est à activer, jugés sur le délai qu’elle s’est donné, sinon "
        "sur celui du service. Au tableau, toutes les étapes : la part à temps, ce que le hasard y laisse d’incertain (entre bas et haut)"
        + ("." if context.is_alone else ", et celle des autres écoles de son réseau et de son niveau."),
        act="faites d’abord ce qui attend hors délai ; puis voyez avec le service ce qui freine le relais le plus souvent en retard."
        if context.is_alone
        else "appelez d’abord pour ce qui attend hors délai ; puis voyez avec l’école ce qui freine le relais le plus souvent en retard.",
        table=table.assign(is_own=table["is_own"].map({True: "l’école", False: "le service"})),
        columns=columns("step", limit="Délai", is_own="Fixé par")
        | columns("n_cases", n_undated="Faites, sans date", share="À temps")
        | columns("lower", "upper", **peers, n_overdue="Hors délai, ouverts"),
    )
    if n_overdue and not context.is_alone:
        text.header("Ses dossiers où une étape attend hors délai")
        waiting = work.listed(snapshot.work_list(context.selection))
        show_table(
            waiting,
            columns("danger", "report_week", "school_level", missing="Ce qui manque", due_on="Depuis le")
            | columns("case_id", limit="Dernier délai dépassé"),
        )
        text.caption("Liste exacte, interne : elle ne sort pas du service.")
