"""The templates of the HTML documents: what they print is escaped, and a name that they do not know is an error."""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import Environment, PackageLoader, StrictUndefined, Template


def template(name: str, **filters: Callable[..., str]) -> Template:
    """The template ``name`` of this package, with the filters that it uses."""
    environment = Environment(
        loader=PackageLoader("analytics.documents", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= filters
    return environment.get_template(name)
