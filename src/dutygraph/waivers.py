"""Which gaps tier 1 has approved to stay open for a while (domain section 4, waivers)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

from dutygraph.model import Waiver
from dutygraph.rulefiles import rule_files
from dutygraph.shacl.footprint import Footprint, read_by_query
from dutygraph.store import Selecting


def current_waivers(store: Selecting, graphs: Sequence[str], as_of: date) -> Mapping[tuple[str, str], Waiver]:
    """Return the waivers in force on a date, by (rule, id of the waived node).

    In force: within its dates, with a reason, approved by a tier-1 appointment current on that date.
    """
    found: dict[tuple[str, str], Waiver] = {}
    for row in store.select(_query(), graphs=graphs):
        until = date.fromisoformat(row["until"].value) if row["until"] else None
        begins = date.fromisoformat(row["from"].value)
        if begins <= as_of and (until is None or as_of <= until):
            waiver = Waiver(until, row["by"].value, row["reason"].value)
            found.setdefault((row["rule"].value, row["focus"].value), waiver)
    return found


@cache
def read_by_waivers() -> Footprint:
    """Return what decides which waivers are in force."""
    return read_by_query(_query())


@cache
def _query() -> str:
    return rule_files("dutygraph").joinpath("waivers.rq").read_text(encoding="utf-8")
