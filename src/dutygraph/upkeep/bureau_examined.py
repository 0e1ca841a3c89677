"""Whether what a store says of a bureau is what follows from the bureau's data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from dutygraph.commits.gaps import GapState
from dutygraph.commits.register import read_register
from dutygraph.commits.rulesets import current_digest
from dutygraph.commits.working import WorkingCopy
from dutygraph.model import GraphKind
from dutygraph.store import BureauGraphs, StoreFolder
from dutygraph.upkeep.symptoms import Symptom, symptom


def bureau_symptoms(folder: StoreFolder, names: BureauGraphs, today: date) -> Iterator[Symptom]:
    """Yield what of a bureau is not as a fresh derivation and a fresh check give it; takes seconds."""
    try:
        register = read_register(folder.store, names)
    except ValueError as error:
        yield symptom("register-damaged", bureau=names.code, reason=error)
        return
    head = register.head
    if head is None:
        return
    if head.ruleset != current_digest():
        yield symptom("rules-changed", bureau=names.code)
        return
    kinds = (*names.all_asserted(), *(names.cells(kind) for kind in GraphKind))
    copy = WorkingCopy(
        names, folder.store.quads(kinds), head.seen.as_of if head.chosen else None, lambda: today
    )
    copy.watch(head.seen.as_of)
    there = set(folder.store.quads((*names.all_derived(), names.run_graph)))
    derived = copy.derived()
    if there != derived:
        more, fewer = len(there - derived), len(derived - there)
        yield symptom("derived-differ", bureau=names.code, more=more, fewer=fewer)
    gaps = register.gaps.values()
    registered = {gap.finding.id for gap in gaps if gap.state is not GapState.RESOLVED}
    found = {finding.id for finding in copy.findings}
    if registered != found:
        more, fewer = len(registered - found), len(found - registered)
        yield symptom("register-differs", bureau=names.code, more=more, fewer=fewer)
