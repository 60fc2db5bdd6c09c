"""The store: immutable DuckDB files, a pointer to the current one, and the only SQL of Relais.

Each import builds a new file beside the old ones and then moves the pointer in one step. Readers never wait, never see half
an import, and an import can be taken back. A file carries the digest of its bytes in its name, so a damaged one is known
and the one before it is served instead.

Several machines share a store of the same kind (:mod:`analytics.store.lake`): a version is then a schema of a DuckLake.

In a file a case is one row, with its incident types and its steps as columns (:mod:`analytics.store.layout`). A
:class:`Snapshot` answers with counts, filtered in DuckDB: what ten million cases cost a page is a scan, not a transfer.
"""

from analytics.store.errors import DamagedStoreError, OldLayoutError, StoreError
from analytics.store.serving import Serving
from analytics.store.snapshot import Choices, Snapshot
from analytics.store.steps import COMPARED
from analytics.store.versions import KEPT_VERSIONS, Store, store_location

__all__ = [
    "COMPARED",
    "KEPT_VERSIONS",
    "Choices",
    "DamagedStoreError",
    "OldLayoutError",
    "Serving",
    "Snapshot",
    "Store",
    "StoreError",
    "store_location",
]
