"""The audit log as a caller may read it: ids of what the caller does not see are blanked."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from dutygraph.commits.acts import AuditEntry
from dutygraph.loaders.fields import kind_forms
from dutygraph.model import Text
from dutygraph.service.access.roles import Data, Reach
from dutygraph.service.access.rows import row_rules
from dutygraph.service.access.view import View
from dutygraph.service.running import Service
from dutygraph.service.words import words


def target_called(target: str | None) -> Text | None:
    """Return what an entry is about ("risk/R04-05"), with the kind as the forms call it."""
    kind, slash, identifier = (target or "").partition("/")
    form = kind_forms().get(kind)
    name = form.title if form else words("thing").get(kind)
    if not slash or name is None:
        return None if target is None else Text(target, target)
    return Text(f"{name.zh} {identifier}", f"{name.en} {identifier}")


HIDDEN = "…"
"""What stands for an id that the caller does not see."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are asked for; empty is no limit."""

    begins: datetime | None = None
    ends: datetime | None = None
    accounts: Collection[str] = ()
    roles: Collection[str] = ()
    persons: Collection[str] = ()
    actions: Collection[str] = ()
    target: str = ""

    def holds(self, entry: AuditEntry) -> bool:
        """Tell whether an entry is asked for."""
        limits = (
            (self.accounts, entry.actor.account),
            (self.roles, entry.actor.role),
            (self.persons, entry.actor.person),
            (self.actions, entry.action.value),
        )
        in_time = (self.begins is None or entry.at >= self.begins) and (
            self.ends is None or entry.at < self.ends
        )
        named = all(not wanted or there in wanted for wanted, there in limits)
        return in_time and named and self.target in entry.target


def entries_of(service: Service, view: View, asked: AuditFilter) -> Iterator[AuditEntry]:
    """Yield the entries of a view's bureau, newest first.

    Raises:
        ForbiddenError: the role does not read the audit log.

    """
    view.require(Data.AUDIT, Reach.OWN)
    shown = Shown(view)
    told = map(shown.told, service.committer.entries(view.names.code))
    return (entry for entry in told if asked.holds(entry))


class Shown:
    """Blanks what is hidden."""

    def __init__(self, view: View) -> None:
        """Look up what the view shows."""
        self._view = view
        self._rows = row_rules().unregistered
        self._gaps = {
            registered: gap.finding.id
            for gap in view.gaps
            for registered in view.registered_gaps(gap.finding.id)
        }

    def told(self, entry: AuditEntry) -> AuditEntry:
        """Return an entry with its target and note as the caller may read them."""
        return replace(entry, target=self._named(entry.target), note=self._named(entry.note))

    def _named(self, text: str) -> str:
        """Return "kind/id" with the id blanked where it is that of something hidden; other text as it is."""
        kind, slash, identifier = text.partition("/")
        if not slash:
            return text
        if kind == "gap":
            return f"gap/{self._gaps.get(identifier, HIDDEN)}"
        row = self._rows.get(kind)
        if row is None or self._view.reach(row) is Reach.ALL:
            return text
        iri = self._view.names.thing(kind, identifier)
        return text if self._view.sees(iri) else f"{kind}/{HIDDEN}"
