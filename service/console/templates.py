"""Templates: HTML with every value escaped, since what stands in a ledger is text and nothing else."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from dutygraph.service.console.icons import icon


@cache
def _environment() -> Environment:
    folder = resources.files("dutygraph.service.console").joinpath("templates")
    environment = Environment(
        loader=FunctionLoader(lambda name: folder.joinpath(name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["icon"] = icon
    environment.filters["day"] = day
    environment.filters["moment"] = moment
    environment.filters["percent"] = percent
    return environment


def template(name: str) -> Template:
    """Return a template of ``templates/`` by its name without ``.html.j2``."""
    return _environment().get_template(f"{name}.html.j2")


def render(name: str, **values: object) -> Markup:
    """Return a template filled in; values that are not ``Markup`` are escaped."""
    return Markup(template(name).render(**values))  # noqa: S704 - the template escapes


def day(value: date | None) -> str:
    """Return a date as people write it, a dash for none."""
    return "–" if value is None else value.isoformat()[:10]


def moment(value: datetime | None) -> str:
    """Return a moment on this machine's clock, to the minute."""
    return "–" if value is None else value.astimezone().strftime("%Y-%m-%d %H:%M")


def percent(ratio: float | None) -> str:
    """Return a ratio in per cent, a dash where there is nothing to count; 99.96 % is not 100 %."""
    if ratio is None:
        return "–"
    rounded = f"{ratio * 100:.1f}%"
    return "99.9%" if rounded == "100.0%" and ratio < 1 else rounded
