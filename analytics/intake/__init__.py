"""A register becomes anonymous records: reading, mapping, checking, anonymising, and merging with what is known.

Nothing here touches the disk but the key. The raw register stays in memory and is gone with it.
"""

from analytics.intake.anonymising import Key, KeyFileError, key_path, load_key
from analytics.intake.extracting import Extract, extract
from analytics.intake.mapping import OwnWords, load_own_words
from analytics.intake.merging import Changes, merge
from analytics.spreadsheets.reading import RefusedFileError

__all__ = [
    "Changes",
    "Extract",
    "Key",
    "KeyFileError",
    "OwnWords",
    "RefusedFileError",
    "extract",
    "key_path",
    "load_key",
    "load_own_words",
    "merge",
]
