"""Who may do what (``[writes]`` of ``access.toml``)."""

from __future__ import annotations

from dutygraph.commits.acts import Action
from dutygraph.model import Text
from dutygraph.service.access.errors import ForbiddenError
from dutygraph.service.access.roles import Caller, Reach
from dutygraph.service.access.tables import access_tables


def may_write(caller: Caller, action: Action, *, kind: str | None = None, own: bool = True) -> bool:
    """Tell whether a caller may do something.

    *kind* is the kind of record that a record's act is about ("risk", "waiver"). *own* says whether
    what it is done to is the caller's own (``View.in_scope``), which some roles are limited to. Which move
    of a record is whose is told by the table of moves besides (domain section 3).
    """
    reach = access_tables().write(action, caller.role, kind)
    return reach is Reach.ALL or (reach is Reach.OWN and own)


def require_write(caller: Caller, action: Action, *, kind: str | None = None, own: bool = True) -> None:
    """Refuse what the caller may not do.

    Raises:
        ForbiddenError: the caller's role may not do this, or not to this.

    """
    if not may_write(caller, action, kind=kind, own=own):
        raise ForbiddenError(
            Text(
                "您的角色不能办理这件事。需要时请联系监督办公室或管理员。",
                "Your role may not do this. If it has to be done, ask the supervision office or the "
                "administrator.",
            )
        )
