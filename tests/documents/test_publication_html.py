"""The publication as one HTML file."""

from __future__ import annotations

import re

from analytics.documents.publication_html import publication_html
from tests.released import release


def test_it_loads_nothing_and_runs_nothing():
    html = publication_html(release())
    assert not re.search(r"<script|https?://|@import|url\(", html)
    assert '<html lang="fr">' in html
