"""Fictitious names, addresses and phone numbers: what a real register holds and the import must drop."""

from __future__ import annotations

import numpy as np
from faker import Faker

_POOL = 300  # names and streets to draw from: Faker is slow, and people share them


class People:
    """Draws from a pool of Belgian names and French streets; the same seed gives the same people."""

    def __init__(self, seed: int, rng: np.random.Generator) -> None:
        belgian = Faker("fr_BE", providers=["faker.providers.person"], use_weighting=False)
        french = Faker("fr_FR", providers=["faker.providers.person", "faker.providers.address"], use_weighting=False)
        belgian.seed_instance(seed)
        french.seed_instance(seed)
        self._rng = rng
        self._first_names = [belgian.first_name() for _ in range(_POOL)]
        self.last_names = [belgian.last_name() for _ in range(_POOL)]
        self._streets = [french.street_address() for _ in range(_POOL)]

    def names(self, n: int) -> list[str]:
        first_names, last_names = self._rng.choice(self._first_names, n), self._rng.choice(self.last_names, n)
        return [f"{first} {last}" for first, last in zip(first_names, last_names, strict=True)]

    def remarks(self, names: list[str]) -> list[str]:
        """A free text for each name, with an address and a phone number."""
        streets = self._rng.choice(self._streets, len(names))
        phones = self._rng.integers(10**7, 10**8, len(names))
        addressed = zip(names, streets, phones, strict=True)
        return [f"{name} habite {street}, tél. 04{phone}" for name, street, phone in addressed]
