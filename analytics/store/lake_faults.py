"""What is wrong with a shared store, for who sets it up: the catalogue, the clock, the shared folder."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile

import duckdb

from analytics.domain.french import count
from analytics.store.catalogue import CATALOGUE, connect, query
from analytics.store.shared_settings import SharedSettings

CLOCK_SECONDS = 60


def faults(settings: SharedSettings, cursor: duckdb.DuckDBPyConnection | None, now: datetime) -> list[str]:
    """French sentences. ``cursor`` reads the lake; None where nothing was ever imported. StoreError when nothing answers."""
    if cursor is None:
        connect(settings).close()
        return _of_folder(settings)
    return [*_of_catalogue(cursor, now), *_of_folder(settings)]


def _of_catalogue(cursor: duckdb.DuckDBPyConnection, now: datetime) -> list[str]:
    found = []
    ((clock, n_inlined, encrypted, written_by),) = query(
        cursor,
        f"""
        SELECT extract(epoch FROM clock_timestamp())::float8,
               (SELECT count(*) FROM {CATALOGUE}.ducklake_inlined_data_tables),
               (SELECT max(value) FROM {CATALOGUE}.ducklake_metadata WHERE key = 'encrypted'),
               (SELECT commit_extra_info FROM {CATALOGUE}.ducklake_snapshot_changes ORDER BY snapshot_id DESC LIMIT 1)
        """,
    )
    ahead = round(now.timestamp() - clock)
    if abs(ahead) > CLOCK_SECONDS:
        side = "avance" if ahead > 0 else "retarde"
        seconds = count(abs(ahead), "seconde", "secondes")
        found.append(f"L’horloge de cette machine {side} de {seconds} sur celle du catalogue. Mettez-les à l’heure.")
    if written_by not in (None, duckdb.__version__):
        found.append(
            f"La dernière importation vient de DuckDB {written_by}, cette machine a DuckDB {duckdb.__version__} : il faut "
            "la même version de Relais partout."
        )
    if n_inlined or encrypted != "true":
        found.append(
            "Le catalogue garde des lignes, ou en clair : Relais ne l’a pas fait ainsi. Copiez-le dans un autre."
        )
    return found


def _of_folder(settings: SharedSettings) -> list[str]:
    if settings.is_in_s3:
        return []
    if not Path(settings.data).is_dir():
        return ["Le dossier que data nomme n’est pas sur cette machine. Montez le partage, ou corrigez data."]
    try:
        with TemporaryFile(dir=settings.data):
            return []
    except OSError:
        return ["Cette machine ne peut pas écrire dans le dossier partagé : elle lit, mais n’importe pas."]
