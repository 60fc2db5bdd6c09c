"""The pieces of the protocol page that Streamlit has no widget for: numbers to touch, cards, complements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from html import escape

import streamlit as st

from analytics.protocol import Advice, Card, Contact, Entry, Hit, deadline_words, protocol

# Streamlit's own links open a new tab, which a telephone number must not; the colours hold in its light and dark themes.
STYLE = """<style>
.relais-calls { display: grid; gap: .5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)); }
.relais-call { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 .6rem; min-height: 2.75rem;
  padding: .6rem .8rem; border: 1px solid color-mix(in srgb, currentColor 45%, transparent); border-radius: .5rem;
  color: inherit !important;
  text-decoration: none !important; }
.relais-call b { font-size: 1.15rem; white-space: nowrap; }
.relais-call.urgent { background: #a3161a; color: #fff !important; border-color: #a3161a; }
.relais-call.urgent b { font-size: 1.6rem; }
.relais-call:focus-visible, .relais-links a:focus-visible { outline: 3px solid currentColor; outline-offset: 2px; }
ul.relais-links { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; padding: 0; margin: 0; }
ul.relais-links li, ul.relais-contacts li { margin: 0; padding: 0; }
.relais-links a { display: inline-block; padding: .6rem .9rem; border-radius: 2rem; color: inherit !important;
  border: 1px solid color-mix(in srgb, currentColor 45%, transparent); text-decoration: none !important; }
.relais-soft { opacity: .85; font-size: .9rem; margin: 0; }
.relais-added { border: 1px dashed #8a63bd; border-radius: .5rem; padding: .7rem .9rem; }
.relais-added + .relais-added, p + .relais-added { margin-top: .75rem; }
.relais-added p, .relais-step p { margin: .3rem 0 0; }
ul.relais-guides { margin: 0 0 .25rem; padding-left: 1.25rem; }
ul.relais-guides li { margin: 0 0 .3rem; padding: 0; }
.stMainBlockContainer { max-width: 56rem; padding-top: 3.75rem; counter-reset: step; }
.stMainBlockContainer h4 { counter-increment: step; font-size: 1.15rem; padding: 0 0 .15rem; }
.stMainBlockContainer h4::before { content: counter(step) ". "; opacity: .75; }
.relais-badge { font-size: .8rem; font-weight: 700; border: 1px solid #8a63bd; border-radius: 1rem; padding: 0 .5rem; }
.relais-say { border-left: 4px solid #2e9068; padding-left: .7rem; margin: .5rem 0; }
.relais-avoid { border-left: 4px solid #c9353b; padding-left: .7rem; margin: .5rem 0; }
ul.relais-contacts { list-style: none; padding: 0; margin: 0; display: grid; gap: 1rem; }
[data-testid="stExpander"] summary, [data-testid="stExpander"] summary * { color: inherit; opacity: 1; }
[data-testid="stCheckbox"] label, [data-testid="stExpander"] summary { min-height: 2.25rem; align-items: center; }
[data-testid="stButtonGroup"] button { min-height: 2.75rem; }
[data-testid="stButtonGroup"] [data-selected="true"] p { color: CanvasText; font-weight: 700; }
@media (max-width: 40rem) { .stMainBlockContainer h1 { font-size: 1.9rem; } .stMainBlockContainer h2 { font-size: 1.5rem; }
  .stMainBlockContainer h3 { font-size: 1.3rem; } }
</style>"""


def call(contact: Contact, today: date, urgent: bool = False) -> str:
    """A number to touch, in red where life may depend on it."""
    look = "relais-call urgent" if urgent else "relais-call"
    return f'<a class="{look}" href="{contact.tel}"><b>{contact.number}</b> <span>{escape(contact.named(today))}</span></a>'


def calls(contacts: Iterable[Contact], today: date, urgent: bool = False) -> str:
    """Numbers side by side, or one under the other on a phone; what each school has for itself has no number here."""
    made = "".join(call(contact, today, urgent) for contact in contacts if contact.tel)
    return f'<div class="relais-calls">{made}</div>' if made else ""


def links(targets: dict[str, str]) -> str:
    """Links within the page, by anchor."""
    items = "".join(
        f'<li><a href="#{anchor}" target="_self">{escape(label)}</a></li>' for anchor, label in targets.items()
    )
    return f'<nav aria-label="Dans cette page"><ul class="relais-links">{items}</ul></nav>'


def words(entry: Entry) -> str:
    """What to say and what to avoid."""
    say = "".join(f'<p class="relais-say"><b>À dire</b> «\u202f{escape(text)}\u202f»</p>' for text in entry.say)
    return say + "".join(f'<p class="relais-avoid"><b>À éviter</b> {escape(text)}</p>' for text in entry.avoid)


def origin(entry: Entry) -> str:
    """Where the entry comes from, with its link; what is added bears its mark already."""
    source = protocol().sources[entry.source]
    url, text = source.url, source.description if entry.is_added else protocol().origin(entry)
    link = f' · <a href="{escape(url)}" target="_blank" rel="noopener noreferrer">source</a>' if url else ""
    return f'<p class="relais-soft">{escape(text)}{link}</p>'


def complement(entry: Entry, numbers: str = "") -> str:
    """What Relais adds, marked so and never mixed with the procedure; ``numbers`` are its :func:`calls`."""
    return (
        f'<div class="relais-added" id="{entry.anchor}"><span class="relais-badge">Complément</span> '
        f"<b>{escape(entry.label)}</b><p>{escape(entry.action)}</p>{words(entry)}{numbers}{origin(entry)}</div>"
    )


def principles(entries: Iterable[Entry]) -> str:
    """The ways of being of a phase."""
    items = "".join(
        f'<li id="{entry.anchor}"><b>{escape(entry.label)}.</b> {escape(entry.action)} '
        f'<span class="relais-soft">({", ".join(entry.points)})</span></li>'
        for entry in entries
    )
    return f'<ul class="relais-guides">{items}</ul>' if items else ""


def step(advice: Advice, numbers: str) -> str:
    """What a step asks, when, and the number to touch; what remains to do where the other side knows already."""
    entry = advice.step
    text = f"<p>{escape(entry.action)}</p>"
    if advice.already:
        text = f'<p><span class="relais-badge">Déjà prévenu</span> {escape(advice.reason)}</p>'
    if entry.when:
        text += f'<p class="relais-soft">{escape(entry.when)}</p>'
    if entry.is_added:
        return (
            f'<div class="relais-step relais-added"><span class="relais-badge">Complément</span>{text}{numbers}</div>'
        )
    return f'<div class="relais-step">{text}{numbers}</div>'


def why(advice: Advice, observed: str) -> str:
    """What a step shows when unfolded: its reason, who, the words, what is observed, where it comes from, the deadline."""
    entry = advice.step
    text = f"<p><b>Pourquoi</b> {escape(entry.reason if advice.already else advice.reason)}</p>"
    text += f"<p><b>Qui</b> {escape(entry.who)}</p>{words(entry)}"
    if observed:
        text += f"<p><b>Ce que le service observe</b> {escape(observed)}</p>"
    text += origin(entry)
    if entry.deadline:
        text += (
            '<p class="relais-soft"><span class="relais-badge">Complément</span> Délai proposé par Relais\u202f: '
            f"{deadline_words(entry.deadline)}. Celui de votre école prime.</p>"
        )
    return text


def card(sayings: Card) -> str:
    """Words ready to say, numbered."""
    lines = "".join(
        f"<li><b>{escape(entry.label)}.</b> "
        + " ".join(f"«\u202f{escape(text)}\u202f»" for text in entry.say)
        + "</li>"
        for entry in sayings.entries
    )
    return f"<ol>{lines}</ol><p class='relais-soft'>Formulations proposées par Relais d’après la procédure.</p>"


def directory(contacts: Iterable[Contact], today: date) -> str:
    """Contacts with hours, source and how sure the number is."""
    items = "".join(
        f"<li>{call(contact, today) if contact.tel else f'<b>{escape(contact.role)}</b>'}"
        f"<div>{escape(contact.hours)}. <b>{escape(contact.checked(today)) if contact.doubtful(today) else ''}</b></div>"
        f'<div class="relais-soft">{escape("" if contact.doubtful(today) else contact.checked(today))} '
        f"Source\u202f: {escape(contact.source)}. {escape(contact.checked_by)}.</div></li>"
        for contact in contacts
    )
    return f'<ul class="relais-contacts">{items}</ul>'


def hits(found: Iterable[Hit], shown: set[str]) -> str:
    """Search results; linked where the page shows them now."""
    items = ""
    for hit in found:
        label = (
            f'<a href="#{hit.anchor}" target="_self">{escape(hit.label)}</a>'
            if hit.anchor in shown
            else escape(hit.label)
        )
        items += f'<li><b>{label}</b> <span class="relais-soft">({hit.kind})</span><br>{escape(hit.excerpt)}</li>'
    return f"<ul>{items}</ul>"


def soft(text: str) -> str:
    """A quiet line; Streamlit's own caption is too pale to read."""
    return f'<p class="relais-soft">{escape(text)}</p>'


def show(html: str) -> None:
    """Draw ``html``; empty text draws nothing, as Streamlit refuses it."""
    if html:
        st.html(html)


def go_to_the_step() -> None:
    """Bring the step that the address names into view again: what was written above it meanwhile has pushed it down."""
    st.html(
        "<script>document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView()</script>",
        unsafe_allow_javascript=True,
    )
