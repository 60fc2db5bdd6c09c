"""The page Activation des relais, opened on two extracts of a known register or on another store."""

import pytest


@pytest.fixture
def ask(visit, extracts):
    """Open the page on a store, at the address of a question."""

    def ask(folder=extracts, **address: str):
        return visit("relays", folder, **address)

    return ask
