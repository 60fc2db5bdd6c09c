"""The protocol and the parents' sheet on paper, as tagged PDF."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from analytics.documents._templates import pdf
from analytics.documents.protocol_html import qr_svg
from analytics.domain.french import day
from analytics.protocol import Contact, Entry, Protocol


def protocol_pdf(protocol: Protocol, today: date) -> bytes:
    """The protocol on two pages: a checklist with an hour to write beside each box, then the words and the numbers."""

    def contacts(chosen: Iterable[Contact]) -> list[dict[str, str]]:
        return [_contact(contact, protocol.role(contact, today), contact.checked(today)) for contact in chosen]

    def complements(phase: str, step: str = "") -> list[dict[str, Any]]:
        entries = protocol.of(phase, "complement", step)
        return [_entry(protocol, entry) | {"contacts": contacts(protocol.contacts_for(entry))} for entry in entries]

    return pdf(
        "protocol.typ",
        today,
        {
            "written": day(today),
            "aim": protocol.phases["about"].aim,
            "urgent": contacts(protocol.urgent),
            "essentials": [
                {"label": line.label, "contacts": contacts(protocol.contacts_for(*line.entries))}
                for line in protocol.essentials
            ],
            "contacts": contacts(contact for contact in protocol.directory if not contact.urgent),
            "chapters": [
                {
                    "code": phase.code,
                    "label": phase.label,
                    "principles": [_entry(protocol, entry) for entry in protocol.of(phase.code, "principle")],
                    "complements": complements(phase.code),
                    "tasks": [
                        _entry(protocol, step)
                        | {
                            "when": step.when,
                            "deadline": step.deadline.description if step.deadline else "",
                            "number": protocol.number(step),
                            "complements": complements(phase.code, step.code),
                            "contacts": contacts(protocol.contacts_for(step)),
                        }
                        for step in protocol.steps
                        if step.phase == phase.code
                    ],
                }
                for phase in protocol.phases.values()
            ],
            "cards": [
                {"label": card.label, "lines": [text for entry in card.entries for text in entry.say]}
                for card in protocol.cards
            ],
            "address": protocol.public_address,
            "qr": qr_svg(protocol.public_address) if protocol.public_address else "",
        },
    )


def parents_pdf(protocol: Protocol, today: date) -> bytes:
    """The information sheet for the parents of a victim, on one page: a proposal that the service validates."""
    return pdf(
        "parents.typ",
        today,
        {
            "written": day(today),
            "lines": [{"label": line.label, "text": line.text} for line in protocol.parents_sheet],
            "contacts": [_contact(contact, contact.role) for contact in protocol.contacts.values() if contact.parents],
        },
    )


def _entry(protocol: Protocol, entry: Entry) -> dict[str, Any]:
    return {
        "label": entry.label,
        "action": entry.action,
        "avoid": entry.avoid,
        "added": entry.is_added,
        "source": protocol.sources[entry.source].description if entry.is_added else ", ".join(entry.points),
    }


def _contact(contact: Contact, role: str, checked: str = "") -> dict[str, str]:
    return {"role": role, "number": contact.number, "tel": contact.tel, "hours": contact.hours, "checked": checked}
