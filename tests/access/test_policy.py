"""The policy under which the pages run: their own scripts by hash, and nothing inline besides."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from analytics.access.policy import client_page, content_policy

PAGE = '<html lang="en"><link rel="service-desc" href="./x"><script>one()</script><script src="./x.js"></script></html>'


def test_the_clients_page_is_french_and_names_no_interface_for_programs():
    assert client_page(PAGE) == '<html lang="fr"><script>one()</script><script src="./x.js"></script></html>'


def test_each_inline_script_runs_by_its_hash_and_no_other_does():
    policy = content_policy(PAGE, ["two()"])
    for script in ("one()", "two()"):
        assert f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in policy
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert scripts.count("sha256-") == 2
    assert "unsafe-inline" not in scripts
    assert "'unsafe-eval'" not in scripts
