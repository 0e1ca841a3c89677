"""Who may know the supervisors of which business: no list of them reads as "nobody" where it is not known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from dutygraph.charts.axes import BusinessAxis
from dutygraph.model import Text
from dutygraph.service.access.errors import ForbiddenError
from dutygraph.service.access.roles import Data, Reach
from dutygraph.service.access.tables import access_tables
from dutygraph.service.access.view import View
from dutygraph.service.endpoints.chart_models import BusinessAxisModel, Knowledge
from dutygraph.service.lists import Column, Row


def knowledge_of(view: View, iri: str) -> Knowledge:
    """Return how far the caller knows who supervises a business, or who holds a post (by IRI)."""
    reach = view.reach(Data.WORK)
    if reach is Reach.ALL:
        return Knowledge.ALL
    if reach is not Reach.OWN or not view.in_scope(iri):
        return Knowledge.NONE
    return Knowledge.ALL if access_tables().whole(Data.WORK, view.caller.role) else Knowledge.OWN


def as_known(view: View, business: BusinessAxis) -> BusinessAxisModel:
    """Return a business with its supervisors as far as the caller may know them."""
    known = knowledge_of(view, business.thing.iri)
    shown = replace(business, supervisors=None) if known is Knowledge.NONE else business
    model = BusinessAxisModel.model_validate(shown, from_attributes=True)
    return model.model_copy(update={"supervisors_known": known})


def wholly_known(view: View, business: BusinessAxis) -> BusinessAxis:
    """Return a business as it is drawn: without supervisors, unless the caller knows all of them."""
    known = knowledge_of(view, business.thing.iri)
    return business if known is Knowledge.ALL else replace(business, supervisors=None)


def require_whole_work(view: View) -> Callable[[str], bool]:
    """Return what tells of a business or post whether all its people are known to the caller.

    Raises:
        ForbiddenError: the caller sees no work, or the own appointment alone.

    """
    view.require(Data.WORK)
    if not access_tables().whole(Data.WORK, view.caller.role):
        raise ForbiddenError(
            Text(
                "要看同一业务的其他监督员和同一岗位的其他人员才能回答，您的角色只看得到自己的任命。"
                "请向二级监督员或监督办公室查询。",
                "This cannot be told without the other supervisors of a business and the other holders of a "
                "post; your role sees its own appointment alone. Ask the tier-2 supervisor or the "
                "supervision office.",
            )
        )
    return lambda iri: knowledge_of(view, iri) is Knowledge.ALL


def scoped(columns: Sequence[Column[Row]], form: str, *, own: bool) -> Sequence[Column[Row]]:
    """Return the columns of a list; a file of what is the caller's own says so in each row.

    JSON says it once, as ``ownScope``.
    """
    return (*columns, _own_column()) if own and form != "json" else columns


def _own_column() -> Column[Row]:
    said = Text("本人范围", "own scope")
    return Column("ownScope", Text("范围", "Scope"), lambda _row: said, sortable=False)


def own_scope(view: View, *data: Data) -> bool:
    """Tell whether the caller sees any of these kinds of data in part only: an answer is then no whole."""
    return any(view.reach(each) is Reach.OWN for each in data)
