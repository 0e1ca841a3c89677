"""Which gaps tier 1 has approved to stay open for a while (domain section 4, waivers)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from importlib import resources

from dutygraph.model import Waiver
from dutygraph.store import Store


def current_waivers(store: Store, graphs: Sequence[str], as_of: date) -> Mapping[tuple[str, str], Waiver]:
    """Return the waivers in force on a date, by (rule, id of the waived node).

    In force: within its dates, with a reason, approved by a tier-1 appointment current on that date.
    """
    query = resources.files("dutygraph").joinpath("waivers.rq").read_text(encoding="utf-8")
    found: dict[tuple[str, str], Waiver] = {}
    for row in store.select(query, graphs=graphs):
        until = date.fromisoformat(row["until"].value) if row["until"] else None
        begins = date.fromisoformat(row["from"].value)
        if begins <= as_of and (until is None or as_of <= until):
            waiver = Waiver(until, row["by"].value, row["reason"].value)
            found.setdefault((row["rule"].value, row["focus"].value), waiver)
    return found
