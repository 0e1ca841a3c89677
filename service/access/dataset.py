"""What free SPARQL reads (design section 3, access control; domain section 8, design)."""

from __future__ import annotations

from dutygraph.model import Text
from dutygraph.service.access.errors import ForbiddenError
from dutygraph.service.access.roles import Role, Scope
from dutygraph.service.access.rows import row_rules
from dutygraph.service.access.view import View


def sparql_dataset(view: View) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the graphs of the default graph, and the named graphs, that a caller's own SPARQL reads.

    They are graphs of ``view.quads()``, and only of these: in the store, the graph ``restricted`` holds what
    the supervision office may not see of talks, so no list of the store's graphs would do.

    Raises:
        ForbiddenError: free SPARQL is the supervision office's; the others use the saved questions.

    """
    if view.caller.role is not Role.SO or Scope.SPARQL not in view.caller.scopes:
        raise ForbiddenError(
            Text(
                "自由 SPARQL 查询只供监督办公室使用，并须有相应的令牌。其他角色请使用预设问题。",
                "Free SPARQL is for the supervision office, with a token for it. Use the saved questions.",
            )
        )
    graphs = tuple(f"{view.names.bureau}/{word}" for word in row_rules().graphs)
    return graphs, graphs
