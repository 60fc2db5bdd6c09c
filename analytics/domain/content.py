"""What all the data files hold together."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from analytics.domain.entries import ContactsFile, ObservedFile, OfficesFile, ProtocolFile, RegisterFile, VocabularyFile
from analytics.domain.numbers import ActivitiesFile, CalendarFile, ClaimsFile, ComparisonFile, PublicationsFile
from analytics.domain.shipped import SHIPPED


class Content(Struct, frozen=True):
    """What the data files hold, a field each.

    ``paths``: the file that was read for each name. ``publications_toml``: its bytes, which each release carries.
    """

    vocabulary: VocabularyFile
    offices: OfficesFile
    protocol: ProtocolFile
    register: RegisterFile
    contacts: ContactsFile
    activities: ActivitiesFile
    calendar: CalendarFile
    publications: PublicationsFile
    disclosure_comparison: ComparisonFile
    claims: ClaimsFile
    observed: ObservedFile
    paths: dict[str, Path]
    publications_toml: bytes

    @property
    def own_files(self) -> list[str]:
        """The names of the files that the service's own folder holds."""
        return [name for name, path in self.paths.items() if path.parent != SHIPPED / "data"]
