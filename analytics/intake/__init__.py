"""A register becomes anonymous records: reading, mapping, checking, anonymising, and merging with what is known.

Nothing here touches the disk but the key. The raw register stays in memory and is gone with it.
"""

from analytics.intake.anonymising import Key, KeyFileError, key_path, load_key
from analytics.intake.extracting import Extract, extract
from analytics.intake.mapping import OwnWords, load_own_words, own_words_toml, together
from analytics.intake.merging import Changes, merge
from analytics.intake.questions import Question, UnansweredError, Understanding
from analytics.spreadsheets.reading import RefusedFileError

__all__ = [
    "Changes",
    "Extract",
    "Key",
    "KeyFileError",
    "OwnWords",
    "Question",
    "RefusedFileError",
    "UnansweredError",
    "Understanding",
    "extract",
    "key_path",
    "load_key",
    "load_own_words",
    "merge",
    "own_words_toml",
    "together",
]
