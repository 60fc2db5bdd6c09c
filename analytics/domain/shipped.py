"""Where the files that ship with Relais lie: its data, notebooks, pages and the server's settings."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]

IS_INSTALLED = (_PACKAGE / "_shipped").is_dir()
"""Whether Relais runs from a wheel, which holds these files in ``analytics/_shipped``, and not from a checkout."""

SHIPPED = _PACKAGE / "_shipped" if IS_INSTALLED else _PACKAGE.parent
