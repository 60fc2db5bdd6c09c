"""The filters of the pages of records and their address, from one list of fields."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from analytics.domain.french import count, day
from analytics.domain.selection import Selection
from analytics.domain.vocabulary import INCIDENT_TYPES, OFFICES, SCHOOL_LEVELS, SCHOOL_NETWORKS
from analytics.store import Choices, Snapshot
from pages._widgets.remembering import is_seen


@dataclass(frozen=True)
class Field:
    """A filter: its label, its key in the address, the attribute of :class:`Selection` that it sets.

    ``choices`` gives the values to choose from, of :meth:`Snapshot.choices`; ``written`` formats a value
    for the panel and the address.
    """

    label: str
    key: str
    attribute: str
    choices: Callable[[Choices], Iterable[Any]]
    written: Callable[[Any], str] = str
    placeholder: str = "Tous"
    several: bool = True


def _weeks(known: Choices) -> list[Any]:
    return [week.date() for week in pd.date_range(known.first_week, known.last_week, freq="7D")]


FIELDS = (
    Field("Années scolaires", "annees", "school_years", lambda known: known.school_years, placeholder="Toutes"),
    Field("Depuis la semaine du", "depuis", "first_week", _weeks, day, "Le début", several=False),
    Field("Jusqu’à la semaine du", "jusque", "last_week", _weeks, day, "La fin", several=False),
    Field("Types d’incidents", "types", "incident_types", lambda _: INCIDENT_TYPES, INCIDENT_TYPES.label),
    Field("Niveaux", "niveaux", "school_levels", lambda _: SCHOOL_LEVELS, SCHOOL_LEVELS.label),
    Field("Réseaux", "reseaux", "school_networks", lambda _: SCHOOL_NETWORKS, SCHOOL_NETWORKS.label),
    Field("Zones", "zones", "zones", lambda known: known.zones, placeholder="Toutes"),
    Field("Bureaux", "bureaux", "offices", lambda _: OFFICES if len(OFFICES) > 1 else (), OFFICES.label),
)


PERIOD = ("annees", "depuis", "jusque")
"""The keys of the fields that choose a time."""
ALL = "toutes"  # in an address: no choice, where a page proposes one


def filters(snapshot: Snapshot, fields: Iterable[Field], *, this_year: bool = False) -> Selection:
    """The filter panel of the data pages, with ``fields``. A choice is kept from page to page and in the address.

    With ``this_year`` the last school year that has a case is proposed while no other is chosen; a proposal is not kept. A
    field with nothing to choose is not shown.
    """
    known = snapshot.choices()
    if known.first_week is None:
        return Selection()
    proposed = {"annees": known.school_years[-1:]} if this_year else {}
    with st.sidebar:
        st.markdown("**Filtrer**")  # no heading: it stands before the page's own
        clear = st.container()
        chosen = {
            field.attribute: _choose(field, options, proposed.get(field.key, []))
            for field in fields
            if (options := _options(snapshot, field))
        }
        n_set = sum(map(bool, chosen.values()))
        clear.button(
            "Tout effacer", key="clear", on_click=_clear, disabled=not n_set, type="tertiary", icon=":material/close:"
        )
    st.html(_PHONE_BUTTON.replace("FILTERS", f"Menu · {count(n_set, 'filtre')}"))
    return Selection(**chosen)


def _clear() -> None:
    for field in FIELDS:
        st.session_state["filters"][field.key] = []
        st.session_state.pop(field.key, None)


# On a phone the panel is folded away: the button that opens it says what it opens.
_PHONE_BUTTON = """<style>@media (max-width: 768px) {
  [data-testid="stMainBlockContainer"] { padding-top: 3.75rem; }
  [data-testid="stExpandSidebarButton"] { width: auto; border: 1px solid; padding: 0 .6rem; }
  [data-testid="stExpandSidebarButton"]::after { content: "FILTERS"; margin-left: .4rem; font-size: .875rem; white-space: nowrap; }
}</style>"""


def _options(snapshot: Snapshot, field: Field) -> Mapping[Any, str]:
    """What can be chosen, with its words."""

    def written() -> dict[Any, str]:
        return {value: field.written(value) for value in field.choices(snapshot.choices())}

    return snapshot.remember(("options", field.key), written)


def chips(snapshot: Snapshot, *keys: str) -> dict[str, Any]:
    """The fields ``keys`` of the panel as chips where a page needs them at hand: what they set of a :class:`Selection`."""
    return {
        field.attribute: _choose(field, _options(snapshot, field), [], as_chips=True)
        for field in FIELDS
        if field.key in keys
    }


def _choose(field: Field, options: Mapping[Any, str], proposed: list[Any], *, as_chips: bool = False) -> Any:
    """Streamlit's own binding to the address forgets a choice at the first change of page, and what a link asks for: here the
    address is read when it says something new, and written after each choice.
    """
    kept = st.session_state.setdefault("filters", {})  # what was chosen, by key
    page = st.session_state.get("page")
    last_proposed, last_written, last_page = st.session_state.setdefault("panel", {}).get(field.key, (None, [], page))
    asked, shown = st.query_params.get_all(field.key), st.session_state.get(field.key)
    shown = shown if isinstance(shown, list) or shown is None else [shown]
    values = [value for value, word in options.items() if word in asked]
    is_new = asked != last_written or page != last_page  # a link to another page may ask for the same
    if not is_new or not (values or asked == [ALL]):
        is_untouched = field.key not in kept and shown == last_proposed
        values = kept.get(field.key, proposed) if shown is None or is_untouched else shown
        values = [value for value in values if value in options]
    # Set on each run: the panel of another page is another widget, which would begin empty.
    st.session_state[field.key] = values if field.several else next(iter(values), None)
    shared: dict[str, Any] = {"format_func": options.__getitem__, "key": field.key}
    if as_chips:
        values = list(st.pills(field.label, list(options), selection_mode="multi", wrap=True, **shared))
    elif field.several:  # the words of select_all are English
        values = st.multiselect(field.label, list(options), select_all=False, placeholder=field.placeholder, **shared)
    else:
        week = st.selectbox(field.label, list(options), index=None, placeholder=field.placeholder, **shared)
        values = [] if week is None else [week]
    if values != proposed or field.key in kept:
        kept[field.key] = values
    written = [options[value] for value in values] or ([ALL] if proposed else [])
    if st.query_params.get_all(field.key) != written:
        st.query_params[field.key] = written
    st.session_state["panel"][field.key] = (proposed, written, page)
    # In one order: it is the same choice, and is remembered once.
    chosen = (value for value in options if value in values)
    return tuple(chosen) if field.several else next(chosen, None)


def address(selection: Selection, **more: str) -> dict[str, str | list[str]]:
    """The address that gives a page this selection: what :func:`filters` reads, and ``more``, the page's own choices."""
    query: dict[str, str | list[str]] = {}
    for field in FIELDS:
        if chosen := getattr(selection, field.attribute):
            query[field.key] = [field.written(value) for value in chosen] if field.several else field.written(chosen)
    return query | more


def school_label(name: str, school_id: str) -> str:
    """How a school is called in a list: two schools may share a name. In an address it is its code."""
    return f"{name} ({school_id})"


def school_labels(schools: pd.DataFrame) -> dict[str, str]:
    """:func:`school_label` by code, in the order of ``schools`` (name, school_id)."""
    names, codes = schools["name"].tolist(), schools["school_id"].tolist()
    return {code: school_label(name, code) for name, code in zip(names, codes, strict=True)}


def pick_school(labels: Mapping[str, str]) -> str:
    """One school among those of ``labels``, by code. Its code is kept in the address, where a name would stay in histories."""
    kept, asked = st.session_state.get("school"), st.query_params.get("ecole")
    chosen = asked if asked != kept else st.session_state.get("ecole", kept)
    st.session_state["ecole"] = chosen if chosen in labels else next(iter(labels))
    chosen = st.selectbox("École", list(labels), format_func=labels.__getitem__, key="ecole")
    st.session_state["school"] = chosen
    if asked != chosen:
        st.query_params["ecole"] = chosen
    return chosen


def one_of(label: str, key: str, options: Mapping[str, str], default: str = "") -> str:
    """One choice among a few, kept in the address; the first one where there is no ``default``."""
    if not is_seen():
        return default or next(iter(options))
    return st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        default=default or next(iter(options)),
        required=True,
        wrap=True,
        key=key,
        bind="query-params",
    )


def pick(label: str, key: str, options: Mapping[str, str], default: str) -> str:
    """One choice among many, kept in the address."""
    if not is_seen():
        return default
    return st.selectbox(
        label,
        list(options),
        index=list(options).index(default),
        format_func=options.__getitem__,
        key=key,
        bind="query-params",
    )
