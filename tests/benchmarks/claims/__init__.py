"""What a sentence on a screen promises, beside what a simulation of it does: one module per room, each with ``claims()``."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Claim:
    """One claim: the French sentence on the screen, what it promises, what was measured, and whether the promise is held."""

    sentence: str
    promised: str
    measured: str
    held: bool
