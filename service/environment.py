"""Environment variables DUTYGRAPH_… that mean nothing: one that is mistyped must not be passed over."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from functools import cache
from importlib import resources

from dutygraph.model import Text

PREFIX = "DUTYGRAPH_"


@cache
def _others() -> frozenset[str]:
    text = resources.files("dutygraph.service").joinpath("environment.toml").read_text(encoding="utf-8")
    return frozenset(tomllib.loads(text))


def unknown_variables(names: Iterable[str], settings: Collection[str]) -> tuple[str, ...]:
    """Return the variables that are neither settings nor known otherwise, in order; case does not matter."""
    known = _others() | {PREFIX + name.upper() for name in settings}
    return tuple(sorted(n for n in names if n.upper().startswith(PREFIX) and n.upper() not in known))


def refusal(unknown: Collection[str], settings: Collection[str]) -> Text:
    """Return what to say of unknown variables: each with the known name that it is most like, if any.

    Their values are not shown: who mistypes a name may have put anything there.
    """
    known = [PREFIX + name.upper() for name in settings]
    zh, en = [], []
    for name in unknown:
        near = get_close_matches(name.upper(), known, n=1, cutoff=0.75)
        zh.append(f"{name}（是否应为 {near[0]}？）" if near else name)
        en.append(f"{name} (did you mean {near[0]}?)" if near else name)
    return Text(
        f"有不认识的环境变量：{'、'.join(zh)}。请更正或去掉后再启动；全部设置见 docs/operations.md。",
        f"There are unknown environment variables: {', '.join(en)}. Correct or remove them, then start "
        "again; docs/operations.md lists all settings.",
    )
