"""Why a record is not deleted: who refers to it, said as far as the caller sees it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rdflib import URIRef

from dutygraph import ontology
from dutygraph.loaders.fields import kind_forms
from dutygraph.model import Text
from dutygraph.ontology import SV
from dutygraph.service.problems import ErrorItem, ProblemError
from dutygraph.service.records.held import Held, Reference
from dutygraph.service.records.shown import ShownRecord

_LISTED = 100


def refuse_referred(
    references: Sequence[Reference], seen: Callable[[], tuple[Held, Sequence[Reference]]], kind: str
) -> None:
    """Refuse to delete what others refer to; *seen* gives what the caller sees, and the references in it.

    That a record is seen is not enough: the office sees a talk, and not what it was about. Where nothing of
    what refers to the record is seen, the answer says neither what that is nor how much there is of it.

    Raises:
        ProblemError: 409.

    """
    if kind == "bureau":
        text = Text("单位本身不能删除。", "The bureau itself cannot be deleted.")
        raise ProblemError(409, "not-deletable", detail=text)
    if not references:
        return
    held, found = seen()
    shown = [one for one in found if one.kind]
    if not shown:
        raise ProblemError(409, "not-deletable")
    errors = [ErrorItem(_said(held, one)) for one in shown[:_LISTED]]
    choices = [{"kind": one.kind, "id": one.id, "property": one.property} for one in shown[:_LISTED]]
    raise ProblemError(409, "referred-to", count=len(shown), errors=errors, choices=choices)


def _said(held: Held, one: Reference) -> Text:
    """Say which column of which record refers: node “现场勘查” (B04-N01), column 执行岗位."""
    kind = kind_forms().get(one.kind)
    if kind is None:
        return Text(f"“{one.id}”", f"“{one.id}”")
    label = ShownRecord(held, kind, one.id).label
    named = (label, f"（{one.id}）", f" ({one.id})") if label != one.id else (one.id, "", "")
    column = _heading(one)
    return Text(
        f"{kind.title.zh}“{named[0]}”{named[1]}的“{column.zh}”",
        f"{kind.title.en} “{named[0]}”{named[2]}: {column.en}",
    )


def _heading(one: Reference) -> Text:
    found = (f.title for f in kind_forms()[one.kind].fields if str(f.property) == str(SV[one.property]))
    return next(found, None) or ontology.labels(URIRef(SV[one.property]))
