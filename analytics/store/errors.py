"""What the store answers when it cannot do what is asked, and the settings that each of its connections begins with."""

from __future__ import annotations

from analytics.domain.errors import RelaisError

Config = dict[str, str | bool | int | float | list[str]]
CONFIG: Config = {
    "max_temp_directory_size": "0KB",  # nothing is ever spilled to a file that a killed process would leave behind
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
FULL = "L’écriture a échoué (disque plein ?). Les données d’avant restent en place."


class StoreError(RelaisError):
    """The store cannot do what is asked."""


class DamagedStoreError(StoreError):
    """No kept version can be read."""

    def __init__(self) -> None:
        super().__init__("Les données sont endommagées. Importez à nouveau le registre.")


class OldLayoutError(StoreError):
    """The protocol, or Relais, has changed since the version was written. Its tables can still be read whole."""

    def __init__(self) -> None:
        super().__init__(
            "Relais a changé depuis le dernier import. Importez à nouveau le registre : les dossiers connus sont gardés."
        )
