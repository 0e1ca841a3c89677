"""Whether what a role is granted for is there: the bureau must be, the person or department should be.

A store without any bureau takes every code: accounts may be made before the first import.
"""

from __future__ import annotations

from collections.abc import Sequence

from dutygraph.commits import Committer
from dutygraph.model import Text
from dutygraph.service.accounts.model import Grant, InvalidGrantError

_NO_BUREAU = Text(
    "图库中还没有任何局，无法核对局编号。请在导入台账后核对授权，局编号须与台账一致。",
    "The store has no bureau yet, so the code was not checked. Compare the grant once the ledger is "
    "imported: the codes must be the same.",
)
_NAMED = "ASK {{ {{ <{iri}> ?p ?o }} UNION {{ ?s ?p <{iri}> }} }}"


def check_bureau(committer: Committer, grant: Grant, *, listing: bool) -> tuple[Text, ...]:
    """Refuse a grant at a bureau that is not there; return what should be said of one that is taken.

    *listing* says whether the bureaus that there are may be named.

    Raises:
        InvalidGrantError: there are bureaus, and not this one.

    """
    codes = [names.code for names in committer.bureaus()]
    if grant.bureau is None or grant.bureau in codes:
        return ()
    if not codes:
        return (_NO_BUREAU,)
    zh, en = f"图库中没有编号为“{grant.bureau}”的局", f"The store has no bureau “{grant.bureau}”"
    if listing:
        said = Text(f"{zh}；现有：{'、'.join(codes)}。", f"{en}; there are: {', '.join(codes)}.")
    else:
        said = Text(f"{zh}，请向监督办公室核对局编号。", f"{en}; ask the supervision office for its code.")
    raise InvalidGrantError("bureau", said)


def unknown_in_ledger(committer: Committer, grant: Grant) -> tuple[Text, ...]:
    """Return a notice where the ledger of a grant's bureau nowhere names its person or its department.

    For who may read the store: whether there is such a person is the bureau's data.
    """
    if grant.bureau is None or grant.bureau not in {names.code for names in committer.bureaus()}:
        return ()
    names = committer.names(grant.bureau)
    asked = (("person", "人员", grant.person), ("department", "部门", grant.department))
    return tuple(
        Text(
            f"请注意：局“{grant.bureau}”的台账中没有{word}“{identifier}”，以此身份登录后可能什么也看不到。",
            f"Note: the ledger of {grant.bureau} names no {kind} “{identifier}”; who signs in with this role "
            "may see nothing.",
        )
        for kind, word, identifier in asked
        if identifier and not _is_named(committer, names.thing(kind, identifier), names.all_asserted())
    )


def _is_named(committer: Committer, iri: str, graphs: Sequence[str]) -> bool:
    return committer.folder.store.ask(_NAMED.format(iri=iri), graphs=graphs)
