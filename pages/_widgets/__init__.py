"""What several pages show: the frame, the filter panel, a chart with its explanation, an indicator that opens."""

from __future__ import annotations

import logging
import math
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.scriptrunner import get_script_run_ctx

from analytics.charts.theme import CONFIG
from analytics.domain.errors import RelaisError
from analytics.domain.french import count, day, long_day, number, percent, typeset
from analytics.domain.selection import Selection
from analytics.domain.vocabulary import INCIDENT_TYPES, SCHOOL_LEVELS, SCHOOL_NETWORKS
from analytics.store import Snapshot

_PAGES = Path(__file__).parents[1]
_WHOLE = 20  # a table of no more rows is shown whole, without a bar to scroll
_SHOWN = "shown"  # what the page says under its title: the words of the selection, the day of the records
_LOG = logging.getLogger("relais")

# The page's language, which Streamlit leaves at English: screen readers and hyphenation need it.
_FRENCH_DOCUMENT = "<script>window.parent.document.documentElement.lang = 'fr'</script>"
# Less empty room above the title, so that a page begins on the screen; a figure's label and a link wrap instead of being
# cut, and figures stand two by two on a narrow screen; in the dark, a main button whose words can be read.
_STYLE = """<style>
[data-testid="stMainBlockContainer"] { padding-top: 2.5rem; padding-bottom: 1.5rem; }
[data-testid="stMainBlockContainer"] h1 { padding-top: 0; font-size: 2.25rem; }
[data-testid="stMainBlockContainer"] h2 { font-size: 1.75rem; }
[data-testid="stMetric"] * { white-space: normal !important; overflow: visible !important; }
.stPlotlyChart :is(.xtick, .ytick, .textpoint) text, .stPlotlyChart :is(.xtitle, .ytitle) { fill: currentColor !important; }
[data-testid="stPageLink"] * { white-space: normal !important; overflow: visible !important; }
@media (max-width: 1300px) {
  [data-testid="stHorizontalBlock"]:has([data-testid="stMetric"]) > [data-testid="stColumn"] { min-width: calc(50% - 1rem); }
}
[data-testid="stMetricValue"] { font-size: 1.9rem; line-height: 1.2; padding-bottom: 0; }
@media (prefers-color-scheme: dark) { [data-testid^="stBaseButton-primary"] * { color: #12181e; } }
</style>"""


def frame() -> None:
    """What every page has, before its own content."""
    st.html(_STYLE)
    st.html(_FRENCH_DOCUMENT, unsafe_allow_javascript=True)


def forget(prefix: str) -> None:
    """Drop what the session keeps under keys that begin with ``prefix``."""
    for key in [str(key) for key in st.session_state if str(key).startswith(prefix)]:
        del st.session_state[key]


def forget_uploads() -> None:
    """Drop the files that the session has uploaded: Streamlit would keep their bytes until the browser leaves."""
    context = get_script_run_ctx()
    if context is not None:
        context.uploaded_file_mgr.remove_session_files(context.session_id)


def run(page: StreamlitPage) -> None:
    """Run a page; on an error nobody foresaw, a calm word for the reader and the place, without a value, in the log."""
    try:
        page.run()
    except RelaisError as error:
        st.error(typeset(str(error)), icon=":material/error:")
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        _LOG.error("%s in %s, line %s", type(error).__name__, Path(place.filename).name, place.lineno)
        st.error(
            "Cette page a rencontré une erreur. Vos données sont intactes. Rechargez la page ; si l’erreur revient, "
            "signalez-la avec l’heure qu’il est.",
            icon=":material/error:",
        )


def title(text: str, question: str) -> None:
    """The title of a page and the question that it answers."""
    st.title(typeset(text))
    if question:
        st.markdown(typeset(question))


def filters(snapshot: Snapshot) -> Selection:
    """The filter panel of the data pages. The choice stays from page to page and stands in the address.

    Streamlit's own binding to the address forgets a choice at the first change of page, and what a link asks for: here the
    address is read when it says something new, and written after each choice.
    """
    choices = snapshot.choices().iloc[0]
    if pd.isna(choices["first_week"]):
        return Selection()
    weeks = {week.date(): day(week) for week in pd.date_range(choices["first_week"], choices["last_week"], freq="7D")}
    kept: dict[str, list[Any]] = st.session_state.setdefault("filters", {})

    def chosen_before(key: str, options: Mapping[Any, str], shown: list[Any]) -> list[Any]:
        """What the address asks for, where it is not what this panel wrote in it; else what was chosen, here or before."""
        words, before = st.query_params.get_all(key), kept.get(key, [])
        asked = [value for value, word in options.items() if word in words]
        if asked and words != [options.get(value) for value in before]:
            return asked
        return [value for value in (shown if key in st.session_state else before) if value in options]

    def keep(key: str, values: list[Any], options: Mapping[Any, str]) -> None:
        kept[key] = values
        words = [options[value] for value in values]
        if st.query_params.get_all(key) != words:
            st.query_params[key] = words

    def several(label: str, key: str, options: Mapping[str, str], everything: str = "Tous") -> tuple[str, ...]:
        # Set on each run: the panel of another page is another widget, which would begin empty.
        st.session_state[key] = chosen_before(key, options, st.session_state.get(key, []))
        chosen = st.multiselect(
            label,
            list(options),
            format_func=options.__getitem__,
            key=key,
            placeholder=everything,
            select_all=False,  # its words are English
        )
        keep(key, chosen, options)
        return tuple(chosen)

    def week(label: str, key: str, placeholder: str) -> date | None:
        shown = st.session_state.get(key)
        st.session_state[key] = next(iter(chosen_before(key, weeks, [shown] if shown else [])), None)
        chosen = st.selectbox(
            label, list(weeks), index=None, format_func=weeks.__getitem__, key=key, placeholder=placeholder
        )
        keep(key, [chosen] if chosen else [], weeks)
        return chosen

    with st.sidebar:
        st.subheader("Filtrer")
        return Selection(
            school_years=several(
                "Années scolaires", "annees", {year: year for year in choices["school_years"]}, "Toutes"
            ),
            first_week=week("Depuis la semaine du", "depuis", "Le début"),
            last_week=week("Jusqu’à la semaine du", "jusque", "La fin"),
            incident_types=several("Types d’incidents", "types", INCIDENT_TYPES.labels),
            school_levels=several("Niveaux", "niveaux", SCHOOL_LEVELS.labels),
            school_networks=several("Réseaux", "reseaux", SCHOOL_NETWORKS.labels),
            zones=several("Zones", "zones", {zone: zone for zone in choices["zones"]}, "Toutes"),
        )


def address(selection: Selection, **more: str) -> dict[str, str | list[str]]:
    """The address that gives a page this selection: what :func:`filters` reads, and ``more``, the page's own choices."""
    several = {
        "annees": list(selection.school_years),
        "types": [INCIDENT_TYPES.label(code) for code in selection.incident_types],
        "niveaux": [SCHOOL_LEVELS.label(code) for code in selection.school_levels],
        "reseaux": [SCHOOL_NETWORKS.label(code) for code in selection.school_networks],
        "zones": list(selection.zones),
    }
    weeks = {"depuis": selection.first_week, "jusque": selection.last_week}
    return {
        **{key: values for key, values in several.items() if values},
        **{key: day(week) for key, week in weeks.items() if week},
        **more,
    }


def school_label(name: str, school_id: str) -> str:
    """How a school is called in a list and in an address: two schools may share a name."""
    return f"{name} ({school_id})"


def context(snapshot: Snapshot, selection: Selection, n_cases: int) -> None:
    """Under a title: whether the records are fictitious, as of when, what was chosen; stops when no case is left."""
    if snapshot.is_demo:
        st.warning(
            "**Données fictives.** Importez votre registre à la page Registre pour voir vos chiffres.",
            icon=":material/science:",
        )
    if snapshot.is_fallback:
        st.error(
            "Le dernier import est endommagé. Vous voyez les données de l’import précédent. Importez à nouveau le registre.",
            icon=":material/error:",
        )
    st.session_state[_SHOWN] = (selection.description, snapshot.as_of)
    st.caption(
        typeset(
            f"Données internes · extrait du {long_day(snapshot.as_of)} · {selection.description} · {count(n_cases, 'dossier')}"
        )
    )
    if n_cases == 0:
        st.info(
            "Aucun dossier ne répond à ces filtres. Élargissez la période ou retirez un filtre.",
            icon=":material/filter_alt_off:",
        )
        st.stop()


def chart(
    figure: go.Figure,
    *,
    key: str,
    alt: str,
    read: str,
    act: str,
    table: pd.DataFrame,
    columns: Mapping[str, str],
    folded: bool = False,
) -> None:
    """A chart with its finding for those who cannot see it, how to read it, what to do, and the table behind it.

    ``columns`` are the columns of ``table`` to show, with their French headers. ``folded`` puts the words with the table,
    where a page must hold in one screen.
    """
    st.plotly_chart(figure, key=f"figure-{key}", alt=typeset(alt), config=CONFIG)
    words = typeset(f"**Comment lire.** {read}\n\n**Que faire.** {act}")
    if not folded:
        st.markdown(words)
    with st.expander("Lire ce graphique, voir le tableau" if folded else "Voir le tableau"):
        if folded:
            st.markdown(words)
        show_table(table, columns)
        _offer_table(table, columns, key)


def _offer_table(table: pd.DataFrame, columns: Mapping[str, str], key: str) -> None:
    """The table as a file for the service itself: marked, with the filters and the day of the records."""
    filters, as_of = st.session_state[_SHOWN]
    shown = table[list(columns)].rename(columns=dict(columns))

    def file() -> bytes:
        from analytics.documents.internal import internal_csv  # slow to import, and rarely clicked

        return internal_csv(shown, filters, as_of)

    st.download_button(
        "Télécharger ce tableau, pour l’usage interne",
        data=file,
        file_name=f"interne-{key}.csv",
        mime="text/csv",
        key=f"download-{key}",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
    )


def show_table(table: pd.DataFrame, columns: Mapping[str, str]) -> None:
    """The ``columns`` of a table under their French headers, written in French; sorting still follows the values."""
    shown = table[list(columns)].reset_index(drop=True)
    if "median" in columns:
        shown["median"] = shown["median"].fillna(math.inf)  # not reached: beyond all others, also when sorted
    formats = {columns[column]: _written(column, shown) for column in columns}
    height = "content" if len(shown) <= _WHOLE else "auto"
    st.dataframe(
        shown.rename(columns=dict(columns)).style.format(formats, na_rep="–"),
        hide_index=True,
        height=height,
        column_config={columns["median"]: st.column_config.Column(width=130)} if "median" in columns else None,
        placeholder="–",  # else the browser says "None", whatever the style says
    )


def _written(column: str, table: pd.DataFrame) -> Callable[[Any], str]:
    """How the values of a column are written: shares as percentages, days as 22/11/2026, numbers with their spaces."""
    of_shares = {"share", "incidence"} & set(table.columns)
    if column.startswith(("share", "within", "incidence")) or (column in ("lower", "upper") and of_shares):
        return percent
    if column == "median":
        return lambda value: (
            "moins de la moitié" if math.isinf(value) else number(value, 0 if value.is_integer() else 1)
        )
    if pd.api.types.is_datetime64_any_dtype(table[column]):
        return day
    if pd.api.types.is_bool_dtype(table[column]):
        return lambda value: "oui" if value else "non"
    if pd.api.types.is_float_dtype(table[column]):
        return lambda value: number(value, 0 if float(value).is_integer() else 1)
    return number if pd.api.types.is_integer_dtype(table[column]) else str


@dataclass(frozen=True)
class Link:
    """Where an indicator leads: a page of the folder, and the address it opens at (:func:`address`)."""

    label: str
    page: str
    address: Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Indicator:
    """A figure that can be opened: what it counts, from which date, over what, what is left out, how sure it is."""

    label: str
    value: str
    counts: str
    numerator: str
    denominator: str
    left_out: str = "rien"
    uncertainty: str = ""
    since: str = "la date du signalement"
    note: str = ""
    links: tuple[Link, ...] = ()


def show_link(page: str, label: str, query: Mapping[str, str | list[str]]) -> None:
    """A link to a page by its file's name, at the address that ``query`` makes."""
    st.page_link(
        str(_PAGES / page / "page.py"), label=typeset(label), icon=":material/arrow_forward:", query_params=dict(query)
    )


def indicators(entries: list[Indicator], as_of: date) -> None:
    """Indicators side by side, each with its own explanation one click away."""
    n_columns = 4 if len(entries) % 4 == 0 else 3
    rows = [entries[i : i + n_columns] for i in range(0, len(entries), n_columns)]
    cells = [(column, entry) for row in rows for column, entry in zip(st.columns(n_columns), row, strict=False)]
    for column, entry in cells:
        with column.container(border=True, height="stretch", gap="xxsmall"):
            st.metric(typeset(entry.label), typeset(entry.value))
            if entry.note:
                st.caption(typeset(entry.note))
            for link in entry.links:
                show_link(link.page, link.label, link.address)
            with st.popover("Ce que ça compte", type="tertiary"):
                band = f"- **Incertitude (95 %)** : {entry.uncertainty}\n" if entry.uncertainty else ""
                st.markdown(
                    typeset(
                        f"{entry.counts}\n\n- **Compté à partir de** {entry.since}\n- **Numérateur** : {entry.numerator}\n"
                        f"- **Dénominateur** : {entry.denominator}\n- **Laissés de côté** : {entry.left_out}\n{band}"
                        f"- **Au** {day(as_of)}"
                    )
                )


def one_of(label: str, key: str, options: Mapping[str, str]) -> str:
    """One choice among a few, kept in the address."""
    return st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        default=next(iter(options)),
        required=True,
        wrap=True,
        key=key,
        bind="query-params",
    )


def pick(label: str, key: str, options: Mapping[str, str], default: str) -> str:
    """One choice among many, kept in the address."""
    return st.selectbox(
        label,
        list(options),
        index=list(options).index(default),
        format_func=options.__getitem__,
        key=key,
        bind="query-params",
    )
