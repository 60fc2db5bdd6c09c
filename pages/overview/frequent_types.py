"""The most frequent incident types."""

from analytics.charts import incidents as charts
from analytics.domain.french import count, number, percent
from analytics.domain.vocabulary import INCIDENT_TYPES
from pages._widgets import SHARES, Context, columns, show_chart, text


def show(context: Context) -> None:
    types = context.type_shares
    first = types.iloc[0]
    text.paragraph("**Les cinq types les plus fréquents**")
    show_chart(
        charts.share_bars(types.head(5), "incident_type", INCIDENT_TYPES.labels),
        key="types",
        alt=f"Le plus fréquent : {INCIDENT_TYPES.label(first['incident_type'])}, {count(first['n'], 'dossier')} sur "
        f"{number(context.n_cases)}, soit {percent(first['share'])}.",
        read="la part des dossiers où ce type est noté ; un dossier peut en avoir plusieurs, la somme peut dépasser 100 %. En "
        "orange, ce qui menace la vie.",
        act="voyez la page Types d’incidents pour les autres types et le détail par niveau.",
        table=types,
        columns=columns("incident_type", *SHARES),
        folded=True,
    )
