"""What the data files must hold together: every reference points somewhere, everything counted has its category.

Each fault is one French sentence that names file, entry and field.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain, pairwise

from analytics.domain.content import Content
from analytics.domain.entries import EVERYWHERE, PROCEDURE, Entry, Row, SheetLine, Term
from analytics.domain.french import listing
from analytics.domain.matching import normalise, word_list
from analytics.domain.numbers import PublicationsFile
from analytics.domain.terms import Vocabulary

FLAGS = frozenset({"minor", "adult", "images", "threat"})
NOT_RECORDED = "not_recorded"
PRINCIPAL = "principal"  # the office of what was imported before there were several

# The codes that the programme itself names, and so must find.
_NEEDED = {
    "school_levels": ("unknown",),
    "teaching_levels": ("fundamental", "secondary"),
    "reporters": ("unknown",),
    "channels": ("unknown",),
    "outcomes": ("done", "not_done", "not_applicable", "not_recorded"),
    "statuses": ("open", "closed"),
    "minors": ("yes", "no", "unknown"),
}
_CLOSED = ("teaching_levels", "outcomes", "statuses", "minors")  # and no others
_MONTHS = (*(f"A{month:02}" for month in range(8, 13)), *(f"B{month:02}" for month in range(1, 9)))
# By what each unit of the publications is counted.
_COUNTED_BY = {
    "incidents": ("incident_type", "school_level", "school_network", "month"),
    "relays": ("relay", "school_level", "month", "timeliness"),
    "schools": ("band", "school_network"),
}
_READ_COLUMNS = {
    "columns": word_list(
        "case_number | school | year | level | facts_on | reported | reporter | incidents | channel | minor | closed"
    ),
    "also_read": word_list("status | action | action_on | steps"),
    "schools": word_list("code | name | network | teaching | zone | pupils"),
}


def faults(content: Content) -> Iterator[str]:
    """Every fault, those that explain others first."""
    yield from _codes(content)
    yield from _words(content)
    yield from _columns(content)
    yield from _protocol(content)
    yield from _contacts(content)
    yield from _activities(content)
    yield from _calendar(content)
    yield from _publications(content)


def _tables(content: Content) -> Iterator[tuple[str, tuple[Row, ...]]]:
    """The lists of entries, each with its file and name: ``protocol.toml : steps``."""
    for file in content.__struct_fields__:
        entries = getattr(content, file)
        for table in getattr(entries, "__struct_fields__", ()):
            rows = getattr(entries, table)
            if isinstance(rows, tuple) and rows and isinstance(rows[0], Row):
                yield f"{file}.toml : {table}", rows


def _codes(content: Content) -> Iterator[str]:
    """Each code once in its list; each term with a source that the protocol names."""
    sources = {source.code for source in content.protocol.sources}
    for table, rows in _tables(content):
        codes = [code for row in rows if (code := getattr(row, "code", None))]
        yield from (f"{table} « {code} » : ce code est donné deux fois." for code in codes if codes.count(code) > 1)
        for row in rows:
            if isinstance(row, Term):
                yield from _unknown(f"{table} « {row.code} »", "source", filter(None, [row.source]), sources)


def _words(content: Content) -> Iterator[str]:
    """Each word of a list means one term; the codes that the programme names are there."""
    for name in content.vocabulary.__struct_fields__:
        terms, table = getattr(content.vocabulary, name), f"vocabulary.toml : {name}"
        codes = [term.code for term in terms]
        for code in _NEEDED.get(name, ()):
            if code not in codes:
                yield f"{table} : l’entrée « {code} » manque ; ajoutez-la."
        if name in _CLOSED and (more := set(codes) - set(_NEEDED[name])):
            yield f"{table} « {min(more)} » : cette liste ne peut pas s’allonger ; retirez l’entrée."
        yield from _ambiguous(table, terms)
    yield from _ambiguous("activities.toml : activities", content.activities.activities)
    yield from _ambiguous("offices.toml : offices", content.offices.offices)
    if PRINCIPAL not in (office.code for office in content.offices.offices):
        yield f"offices.toml : offices : l’entrée « {PRINCIPAL} » manque ; ajoutez-la."
    headers = [normalise(step.header) for step in content.protocol.steps]
    for step, header in zip(content.protocol.steps, headers, strict=True):
        if headers.count(header) > 1:
            yield f"protocol.toml : steps « {step.code} » : une autre étape a le même « header »."


def _columns(content: Content) -> Iterator[str]:
    """The columns of register.toml are those that Relais reads, each with words of a list that there is."""
    for table, needed in _READ_COLUMNS.items():
        columns = getattr(content.register, table)
        codes = [column.code for column in columns]
        yield from (
            f"register.toml : {table} : l’entrée « {code} » manque ; ajoutez-la."
            for code in needed
            if code not in codes
        )
        if more := set(codes) - set(needed):
            yield f"register.toml : {table} « {min(more)} » : cette liste ne peut pas s’allonger ; retirez l’entrée."
        for column in columns:
            named = [column.terms] if column.terms else []
            place = f"register.toml : {table} « {column.code} »"
            yield from _unknown(place, "terms", named, content.vocabulary.__struct_fields__)


def _ambiguous(table: str, terms: Iterable[Term]) -> Iterator[str]:
    try:
        Vocabulary(table, terms)
    except ValueError as error:
        yield f"{table} : {error} ; gardez l’un des deux."


def _protocol(content: Content) -> Iterator[str]:
    protocol = content.protocol
    facts = {term.code for term in content.vocabulary.incident_types if term.source == PROCEDURE}
    points = {f"{row.code}.{n}" for row in protocol.paragraphs for n in range(1, row.points + 1)}
    phases, contacts = {row.code for row in protocol.phases}, {row.code for row in content.contacts.contacts}
    entries: dict[str, Entry] = {}
    for code in ("danger", "about"):
        if code not in phases:
            yield f"protocol.toml : phases : l’entrée « {code} » manque ; ajoutez-la."
    for table in ("steps", "principles", "complements"):
        for entry in getattr(protocol, table):
            place = f"protocol.toml : {table} « {entry.code} »"
            if entry.code in entries:
                yield f"{place} : ce code est donné deux fois."
            if entry.anchor in {other.anchor for other in entries.values()}:
                yield f"{place} : une autre entrée a le même « label »."
            entries[entry.code] = entry
            yield from _unknown(place, "phase", [entry.phase], phases)
            yield from _unknown(place, "contacts", entry.contacts, contacts)
            yield from _unknown(place, "applies", entry.applies, FLAGS | facts)
            yield from _unknown(place, "unless", entry.unless, FLAGS | facts)
            yield from _unknown(place, "urgent", entry.urgent, FLAGS | facts)
            yield from _unknown(place, "because", getattr(entry, "because", ()), FLAGS | facts)
            yield from _unknown(place, "points", entry.points, points)
            if entry.is_added == bool(entry.points):
                added = "« points » n’est que pour la procédure ; retirez-le"
                yield f"{place} : {added if entry.is_added else '« points » manque ; ajoutez-le'}."
            if entry.kind != "step" and entry.is_added != (entry.kind == "complement"):
                yield f"{place} : « source » : la procédure et les compléments ne se mélangent pas."
    steps = {step.code for step in protocol.steps}
    for entry in protocol.complements:
        yield from _unknown(f"protocol.toml : complements « {entry.code} »", "step", filter(None, [entry.step]), steps)
    carried = set(chain.from_iterable(entry.points for entry in entries.values()))
    if points - carried:
        yield f"protocol.toml : points de la procédure sans entrée : {listing(sorted(points - carried))}."
    for table in ("essentials", "cards"):
        for card in getattr(protocol, table):
            yield from _unknown(f"protocol.toml : {table} « {card.code} »", "entries", card.entries, entries)
    complements = {entry.code for entry in protocol.complements}
    for line in protocol.parents_sheet:
        yield from _sheet_line(line, points, complements)
    for seen in content.observed.observed:
        yield from _unknown("observed.toml : observed", "step", [seen.step], steps)


def _sheet_line(line: SheetLine, points: Collection[str], complements: Collection[str]) -> Iterator[str]:
    place = f"protocol.toml : parents_sheet « {line.label} »"
    yield from _unknown(place, "points", line.points, points)
    yield from _unknown(place, "complements", line.complements, complements)
    if bool(line.points) == bool(line.complements):
        yield f"{place} : il faut « points » ou « complements », l’un des deux."


def _contacts(content: Content) -> Iterator[str]:
    zones = {zone.code for zone in content.contacts.zones}
    if EVERYWHERE not in zones or len(zones) < 2:
        yield f"contacts.toml : zones : il faut « {EVERYWHERE} » et une zone au moins ; ajoutez-les."
    for contact in content.contacts.contacts:
        yield from _unknown(f"contacts.toml : contacts « {contact.code} »", "zone", [contact.zone], zones)


def _activities(content: Content) -> Iterator[str]:
    steps = {step.code for step in content.protocol.steps}
    levels = {term.code for term in content.vocabulary.school_levels}
    teaching = {term.code for term in content.vocabulary.teaching_levels}
    for activity in content.activities.activities:
        place = f"activities.toml : activities « {activity.code} »"
        yield from _unknown(place, "step", [activity.step], steps)
        yield from _unknown(place, "levels", activity.levels, levels)
        yield from _unknown(place, "teaching", activity.teaching, teaching)
    shares = content.activities.pupils_by_level
    yield from _unknown("activities.toml", "pupils_by_level", shares, teaching)
    yield from _unknown("activities.toml", "pupils_by_level", chain.from_iterable(shares.values()), levels)


def _calendar(content: Content) -> Iterator[str]:
    """School years follow each other without a gap in their names or an overlap of their days."""
    years = sorted(content.calendar.school_years, key=lambda year: year.first_day)
    for year in years:
        if any(period.first_day > period.last_day for period in (year, *year.holidays)):
            yield f"calendar.toml : school_years « {year.name} » : une période finit avant de commencer."
        if year.name != f"{year.first_day.year}-{year.first_day.year + 1}":
            yield f"calendar.toml : school_years « {year.name} » : « name » ne suit pas de « first_day »."
    for year, following in pairwise(years):
        if following.first_day.year != year.first_day.year + 1 or following.first_day <= year.last_day:
            problem = f"elle ne suit pas « {year.name} » sans trou ni recouvrement"
            yield f"calendar.toml : school_years « {following.name} » : {problem}."


def _publications(content: Content) -> Iterator[str]:
    catalogue = content.publications
    vocabulary = content.vocabulary
    relays = [step.code for step in content.protocol.steps if step.relay]
    counted = {
        "incident_type": ("le type", [term.code for term in vocabulary.incident_types]),
        "school_level": ("le niveau", [term.code for term in vocabulary.school_levels]),
        "school_network": ("le réseau", [*(term.code for term in vocabulary.school_networks), NOT_RECORDED]),
        "relay": ("le relais", relays),
        "month": ("le mois", _MONTHS),
        "timeliness": ("le délai", ("within", "late", "undated")),
    }
    for dimension in catalogue.dimensions:
        place = f"publications.toml : dimensions « {dimension.code} »"
        column = dimension.counts or dimension.code
        if column == "band":
            continue
        if column not in counted:
            yield from _unknown(place, "counts" if dimension.counts else "code", [column], counted)
            continue
        what, codes = counted[column]
        grouped = [code for category in dimension.categories for code in category.codes]
        yield from _unknown(place, "categories", grouped, codes)
        for code in codes:
            n = grouped.count(code)
            if n != 1:
                stands = f"{'aucune catégorie' if n == 0 else 'plusieurs catégories'} de « {dimension.heading} »"
                repair = "ajoutez-le" if n == 0 else "gardez-en une"
                yield f"publications.toml : {what} « {code} » est dans {stands} ; {repair}.".replace(
                    "est dans aucune", "n’est dans aucune"
                )
    yield from _published_tables(catalogue)


def _published_tables(catalogue: PublicationsFile) -> Iterator[str]:
    counts = {dimension.code: dimension.counts or dimension.code for dimension in catalogue.dimensions}
    for table in catalogue.tables:
        place = f"publications.toml : tables « {table.code} »"
        of_unit = [code for code, column in counts.items() if column in _COUNTED_BY[table.unit]]
        yield from _unknown(place, "rows", [table.rows], of_unit)
        yield from _unknown(place, "columns", table.columns, of_unit)
        yield from _unknown(place, "totals", table.totals, (table.rows, *table.columns))
        yield from _unknown(place, "known", table.known, table.totals)


def _unknown(place: str, field: str, codes: Iterable[str], known: Collection[str]) -> Iterator[str]:
    for code in codes:
        if code not in known:
            yield f"{place} : « {field} » cite « {code} », qui n’existe pas."
