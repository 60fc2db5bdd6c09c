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
        return of_folder(settings)
    return [*_of_catalogue(cursor, now), *of_folder(settings)]


def _of_catalogue(cursor: duckdb.DuckDBPyConnection, now: datetime) -> list[str]:
    found = []
    ((clock, n_inlined, encrypted, written_by, may_write),) = query(
        cursor,
        f"""
        SELECT extract(epoch FROM clock_timestamp())::float8,
               (SELECT count(*) FROM {CATALOGUE}.ducklake_inlined_data_tables),
               (SELECT max(value) FROM {CATALOGUE}.ducklake_metadata WHERE key = 'encrypted'),
               (SELECT commit_extra_info FROM {CATALOGUE}.ducklake_snapshot_changes ORDER BY snapshot_id DESC LIMIT 1),
               has_schema_privilege('{CATALOGUE}', 'CREATE')
               AND has_table_privilege('{CATALOGUE}.ducklake_snapshot', 'INSERT')
        """,
    )
    ahead = round(now.timestamp() - clock)
    if abs(ahead) > CLOCK_SECONDS:
        side = "avance" if ahead > 0 else "retarde"
        seconds = count(abs(ahead), "seconde", "secondes")
        found.append(f"L’horloge de cette machine {side} de {seconds} sur celle du catalogue. Mettez-les à l’heure.")
    if written_by not in (None, duckdb.__version__):
        found.append(
            f"La dernière importation vient de DuckDB {written_by}, cette machine a DuckDB {duckdb.__version__} : "
            "installez la même version de Relais partout."
        )
    if not may_write:
        found.append("Ce compte lit le catalogue, mais n’y écrit pas : il n’importe pas. Donnez-lui la base (OWNER).")
    if n_inlined or encrypted != "true":
        found.append(
            "Le catalogue garde des lignes, ou en clair : Relais ne l’a pas fait ainsi. Copiez-le dans un autre."
        )
    return found


def of_folder(settings: SharedSettings) -> list[str]:
    """What is wrong with the shared folder, as this account has it."""
    if settings.is_in_s3:
        return []
    data, records = Path(settings.data), Path(settings.records)
    try:
        if not data.is_dir():
            return ["Le dossier que data nomme n’est pas sur cette machine. Montez le partage, ou corrigez data."]
        folders = [data, records] if records.is_dir() else [data]
        for folder in folders:
            next(folder.iterdir(), None)
    except OSError:
        return ["Ce compte ne peut pas lire le dossier partagé. Donnez-lui le droit d’y lire et d’y écrire."]
    try:
        for folder in folders:
            with TemporaryFile(dir=folder):
                pass
    except OSError:
        return [
            "Ce compte ne peut pas écrire dans le dossier partagé : il lit, mais n’importe pas. Donnez-lui le droit d’y "
            "écrire, ou montez le partage en écriture."
        ]
    return []
