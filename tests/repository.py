"""The repository itself, for the tests that hold its files to what is said of them."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]


def tracked_files() -> list[Path]:
    """The files under version control, or about to be, relative to the root; without those that are ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return sorted(path for path in map(Path, filter(None, names)) if (ROOT / path).is_file())
