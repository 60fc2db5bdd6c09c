"""Protocole: whom to call, in what order, what to say. Needs neither store nor filters, and asks nothing about a pupil."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from analytics.documents import parents_pdf, protocol_html, protocol_pdf
from analytics.domain.entries import EVERYWHERE
from analytics.protocol import FACTS, Advice, Entry, Protocol, Situation, advise, applies, protocol, search
from pages.protocol import widgets

YES, NO = "Oui", "Non"
BRUSSELS = ZoneInfo("Europe/Brussels")
HOURS = "protocole_heures"
OTHER_ZONE = "other"
ABOUT = "about"


def main() -> None:
    content = protocol()
    today = datetime.now(BRUSSELS).date()
    widgets.show(widgets.STYLE)
    st.title("Que faire maintenant\u202f?", anchor=False)
    st.markdown("Un élève révèle des faits graves en ligne. Voici qui appeler, dans quel ordre, et que dire.")
    st.header("Danger immédiat\u202f?", anchor="danger")
    widgets.show(widgets.calls(content.urgent, today, urgent=True))
    widgets.show(
        widgets.links(
            {
                "etapes": "Les étapes",
                "mots": "Mots prêts à dire",
                "contacts": "Contacts",
                "chercher": "Chercher",
                "emporter": "Imprimer",
            }
        )
    )
    situation = choose_situation(content)
    zone = choose_zone(content)
    advice = show_steps(content, situation, zone, today)
    show_words(content, situation)
    show_contacts(content, zone, today)
    show_search(content, situation)
    show_documents(situation, advice, today)
    st.header("À propos de ce protocole", anchor="a-propos")
    widgets.show(widgets.principles(content.of(ABOUT, "principle", situation)))
    widgets.show("".join(map(widgets.complement, content.of(ABOUT, "complement", situation))))
    widgets.show(
        widgets.soft(
            "P1, P2… renvoient aux paragraphes de la procédure du service, reprise dans nos mots. Ce que Relais ajoute est "
            "marqué «\u202fComplément\u202f», avec sa source et sa date. Les rappels de droit ne "
            "remplacent pas un avis juridique."
        )
    )
    widgets.go_to_the_step()


def choose_situation(content: Protocol) -> Situation:
    """What the reader says of the situation: in the address, so that a link shows the same steps; never kept."""
    st.header("Que s’est-il passé\u202f?", anchor="situation")
    widgets.show(
        widgets.soft(
            "Sans réponse, toutes les étapes restent. Rien n’est enregistré, et rien n’est demandé sur l’élève."
        )
    )
    facts = st.pills(
        "Faits",
        list(FACTS),
        selection_mode="multi",
        format_func=lambda code: FACTS[code].label,
        key="faits",
        bind="query-params",
    )
    known = Situation(frozenset(facts))
    with st.container(horizontal=True, gap="medium"):
        minor = ask("L’élève est mineur\u202f?", "mineur")
        images = True if known.holds("images") else ask("Des images circulent\u202f?", "images")
        threat = True if known.holds("threat") else ask("Une menace\u202f?", "menace")
    labels = {step.code: step.label for step in content.tellable}
    told = st.pills(
        "Qui est déjà prévenu\u202f?",
        list(labels),
        selection_mode="multi",
        format_func=lambda code: labels[code],
        key="prevenus",
        bind="query-params",
    )
    return Situation(frozenset(facts), minor, images, threat, frozenset(told))


def choose_zone(content: Protocol) -> str:
    zones = {code: label for code, label in content.zones.items() if code != EVERYWHERE} | {
        OTHER_ZONE: "Une autre zone"
    }
    return st.selectbox(
        "Votre zone", list(zones), format_func=lambda code: zones[code], key="zone_police", bind="query-params"
    )


def ask(question: str, key: str) -> bool | None:
    answer = st.segmented_control(question, [YES, NO], key=key, bind="query-params")
    return None if answer is None else answer == YES


def show_steps(content: Protocol, situation: Situation, zone: str, today: date) -> tuple[Advice, ...]:
    """The steps that apply, phase by phase, and what goes with them."""
    advice = advise(content, situation)
    st.header("Les étapes", anchor="etapes")
    n_done = sum(bool(st.session_state.get(f"fait_{each.step.code}")) for each in advice)
    widgets.show(
        widgets.soft(
            f"{len(advice)} étapes s’appliquent, {n_done} cochées. Les coches disparaissent quand vous fermez la page."
        )
    )

    def numbers(entry: Entry) -> str:
        return widgets.calls((each for each in content.contacts_for(entry, zone) if not each.urgent), today)

    def added(entries: Iterable[Entry]) -> str:
        return "".join(widgets.complement(entry, numbers(entry)) for entry in entries)

    for phase in content.phases.values():
        if phase.code == ABOUT:
            continue
        st.subheader(phase.label, anchor=f"phase-{phase.code}")
        widgets.show(widgets.principles(content.of(phase.code, "principle", situation)))
        for each in (each for each in advice if each.step.phase == phase.code):
            step = each.step
            complements = content.of(phase.code, "complement", situation, step.code)
            # What this situation adds is not hidden; what always holds is unfolded.
            pressing = [
                entry for entry in complements if any(situation.holds(condition) for condition in entry.applies)
            ]
            with st.container(border=True, gap="xxsmall"):
                st.markdown(f"#### {step.label}")
                widgets.show(widgets.step(each, numbers(step)) + added(pressing))
                tick(step.code, step.label)
                with st.expander("Pourquoi et comment", type="compact"):
                    rest = (entry for entry in complements if entry not in pressing)
                    widgets.show(widgets.why(each, content.observed.get(step.code, "")) + added(rest))
        widgets.show(added(content.of(phase.code, "complement", situation)))
    return advice


def tick(code: str, label: str) -> None:
    """A box to tick; the hour at which it was ticked goes on the printed checklist."""
    hours = st.session_state.setdefault(HOURS, {})
    done = f" à {hours[code]}" if code in hours else ""
    st.checkbox(
        f"{label}\u202f: fait{done}", key=f"fait_{code}", persist_state="session", on_change=note_hour, args=(code,)
    )


def note_hour(code: str) -> None:
    now = datetime.now(BRUSSELS)
    if st.session_state[f"fait_{code}"]:
        st.session_state[HOURS][code] = f"{now.hour}\u202fh\u202f{now:%M}"
    else:
        st.session_state[HOURS].pop(code, None)


def show_words(content: Protocol, situation: Situation) -> None:
    st.header("Mots prêts à dire", anchor="mots")
    for sayings in (content.card(code, situation) for code in content.cards):
        with st.expander(sayings.label):
            widgets.show(widgets.card(sayings))


def show_contacts(content: Protocol, zone: str, today: date) -> None:
    st.header("Contacts", anchor="contacts")
    if zone == OTHER_ZONE:
        st.markdown(
            "Cette page n’a pas encore les numéros de votre zone. Demandez à votre police locale son point de contact pour "
            "les écoles, et au CPMS le numéro de la médiation scolaire."
        )
    widgets.show(widgets.directory(content.contacts_of(zone), today))


def show_search(content: Protocol, situation: Situation) -> None:
    st.header("Chercher dans le protocole", anchor="chercher")
    query = st.text_input("Un mot", type="search", placeholder="capture, police, témoin…", key="protocole_recherche")
    if not query:
        return
    found = search(content, query)
    if not found:
        st.markdown("Rien ne correspond. Essayez un mot plus court.")
    shown = {
        entry.anchor for entry in content.entries.values() if applies(entry, situation) and entry.phase != "danger"
    }
    widgets.show(widgets.hits(found, shown | {"contacts"}) if found else "")


def show_documents(situation: Situation, advice: tuple[Advice, ...], today: date) -> None:
    """Files are made when a button is touched, not before."""
    st.header("Emporter et imprimer", anchor="emporter")
    hours = st.session_state.get(HOURS, {})
    done = tuple((each.step.code, hours[each.step.code]) for each in advice if each.step.code in hours)
    with st.container(horizontal=True):
        for label, data, file_name, mime in (
            (
                "Liste à cocher (PDF)",
                partial(protocol_pdf, today, situation, done),
                "liste-a-cocher.pdf",
                "application/pdf",
            ),
            ("Protocole complet (PDF)", partial(protocol_pdf, today), "protocole.pdf", "application/pdf"),
            ("Protocole hors ligne (HTML)", partial(protocol_html, today), "protocole.html", "text/html"),
            ("Feuille pour les parents (PDF)", partial(parents_pdf, today), "feuille-parents.pdf", "application/pdf"),
        ):
            st.download_button(label, data, file_name, mime, on_click="ignore", icon=":material/download:")
    widgets.show(
        widgets.soft(
            "La liste à cocher suit la situation choisie. La feuille pour les parents est une proposition, à valider "
            "par le service."
        )
    )


main()
