"""The protocol and the parents' sheet as tagged A4 PDF, through Typst: accents right, fonts embedded, searchable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from analytics.documents._content import chapters, local_zone, situation_words
from analytics.domain.french import day
from analytics.protocol import Contact, Entry, Protocol, Situation, deadline_words, protocol

HERE = Path(__file__).parent


@lru_cache(maxsize=64)
def protocol_pdf(
    today: date,
    situation: Situation = Situation(),  # noqa: B008 (frozen)
    done: tuple[tuple[str, str], ...] = (),
) -> bytes:
    """The protocol on two pages at most: a checklist with an hour beside each box, then the words and the numbers.

    ``done`` gives the hour of the steps that are done already, as pairs of step and hour (``("cpms", "10 h 42")``).
    """
    content = protocol()
    zone = local_zone(content)
    hours = dict(done)
    return _compile(
        "protocol.typ",
        today,
        {
            "situation": situation_words(situation, content),
            "zone": content.zones[zone],
            "urgent": [_contact(contact, today) for contact in content.urgent],
            "contacts": [_contact(contact, today) for contact in content.contacts_of(zone) if not contact.urgent],
            "chapters": [
                {
                    "code": chapter.phase.code,
                    "label": chapter.phase.label,
                    "principles": [_entry(entry, content) for entry in chapter.principles],
                    "complements": [_entry(entry, content) for entry in chapter.complements],
                    "tasks": [
                        _entry(task.advice.step, content)
                        | {
                            "when": task.advice.step.when,
                            "deadline": deadline_words(task.advice.step.deadline) if task.advice.step.deadline else "",
                            "number": task.number,
                            "already": task.advice.already,
                            "action": task.advice.reason if task.advice.already else task.advice.step.action,
                            "hour": hours.get(task.advice.step.code, ""),
                            "complements": [_entry(entry, content) for entry in task.complements],
                            "numbers": [_short(contact, today) for contact in task.contacts if contact.number],
                        }
                        for task in chapter.tasks
                    ],
                }
                for chapter in chapters(content, situation, zone)
            ],
            "cards": [
                {"label": card.label, "lines": [text for entry in card.entries for text in entry.say]}
                for card in (content.card(code, situation) for code in content.cards)
            ],
        },
    )


@lru_cache(maxsize=4)
def parents_pdf(today: date) -> bytes:
    """The information sheet for the parents of a victim, on one page: a proposal that the service validates."""
    content = protocol()
    return _compile(
        "parents.typ",
        today,
        {
            "lines": [
                {
                    "label": line.label,
                    "text": line.text,
                    "added": bool(line.complements),
                    "origin": content.origin_of_line(line),
                }
                for line in content.parents_sheet
            ],
            "contacts": [_contact(contact, today) for contact in content.contacts.values() if contact.parents],
        },
    )


def _entry(entry: Entry, content: Protocol) -> dict[str, Any]:
    source = content.sources[entry.source]
    return {
        "label": entry.label,
        "action": entry.action,
        "added": entry.is_added,
        "source": f"{source.label}, {source.date}" if entry.is_added else ", ".join(entry.points),
    }


def _short(contact: Contact, today: date) -> str:
    return f"{contact.number} (à confirmer)" if contact.doubtful(today) else contact.number


def _contact(contact: Contact, today: date) -> dict[str, Any]:
    return {
        "role": contact.role,
        "number": contact.number,
        "tel": contact.tel,
        "hours": contact.hours,
        "checked": contact.checked(today),
        "doubtful": contact.doubtful(today),
    }


def _compile(template: str, today: date, content: Mapping[str, Any]) -> bytes:
    # System fonts are left out, so that every machine makes the same file.
    pdf = typst.compile(
        HERE / template,
        root=HERE,
        ignore_system_fonts=True,
        pdf_standards="ua-1",
        timestamp=datetime(today.year, today.month, today.day, tzinfo=UTC),
        sys_inputs={"content": json.dumps({**content, "written": day(today)})},
    )
    return bytes(pdf)
