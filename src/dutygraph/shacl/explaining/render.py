"""An explanation as lines of text, and as plain data for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dutygraph.shacl.explaining.words import plain, triple_text, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rdflib.term import Node

    from dutygraph.model import Text
    from dutygraph.shacl.explaining.model import Branch, Cause, Explanation, Fact, Triple

_LONGEST = 12
"""Triples that are listed in a text; the data form has them all."""


def facts_of(cause: Cause) -> tuple[Fact, ...]:
    """Give every triple that was read for a cause, each once, its branches' included."""
    found: dict[Triple, Fact] = {}
    for fact in _facts(cause):
        found.setdefault(fact.triple, fact)
    return tuple(found.values())


def is_partial(cause: Cause) -> bool:
    """Tell whether more may have been read than is listed."""
    return cause.partial or any(is_partial(inner) for branch in cause.branches for inner in branch.causes)


def _facts(cause: Cause) -> Iterator[Fact]:
    yield from cause.reads
    for branch in cause.branches:
        yield from branch.reads
        for inner in branch.causes:
            yield from _facts(inner)


def as_lines(explanation: Explanation, lang: str) -> list[str]:
    """Give an explanation as lines in a language, two spaces for every level it goes down."""

    def said(text: Text) -> str:
        return text.in_language(lang)

    colon = said(word("heading", "colon"))
    cause = explanation.cause
    lines = [said(word("heading", "cause")) + colon + said(cause.says)]
    lines += (f"  {line}" for line in _below(cause, lang))
    facts = facts_of(cause)
    partial = said(word("fact", "partial")) if is_partial(cause) else ""
    if facts or partial:
        lines.append((said(word("heading", "reads")) + colon + partial).rstrip())
    lines += (f"  {said(_fact(fact, explanation))}" for fact in facts[:_LONGEST])
    if len(facts) > _LONGEST:
        lines.append("  " + said(word("fact", "more", plain(len(facts) - _LONGEST))))
    if explanation.repair is not None:
        lines.append(said(word("heading", "repair")) + colon.rstrip())
        lines += (f"  {said(text)}" for text in explanation.repair.says)
    elif explanation.no_repair is not None:
        lines.append(said(word("heading", "no_repair")) + colon + said(explanation.no_repair))
    return lines


def _fact(fact: Fact, explanation: Explanation) -> Text:
    said = triple_text(fact.triple, explanation.name)
    mark = word("fact", "derived") if fact.derived else plain("")
    return type(said)(said.zh + mark.zh, said.en + mark.en)


def _below(cause: Cause, lang: str) -> Iterator[str]:
    for absence in cause.absent:
        yield absence.says.in_language(lang)
    for branch in cause.branches:
        yield branch.says.in_language(lang)
        yield from (f"  {text.in_language(lang)}" for text in branch.asks)
        for inner in branch.causes:
            yield f"  {inner.says.in_language(lang)}"
            yield from (f"    {line}" for line in _below(inner, lang))


def as_data(explanation: Explanation) -> dict[str, Any]:
    """Give an explanation as lists and dictionaries of text; terms as in N-Triples."""
    repair, why_not = explanation.repair, explanation.no_repair
    return {
        "cause": _cause(explanation.cause),
        "reads": [_read(fact) for fact in facts_of(explanation.cause)],
        "partial": is_partial(explanation.cause),
        "repair": None
        if repair is None
        else {
            "added": [_triple(t) for t in repair.added],
            "removed": [_triple(t) for t in repair.removed],
            "instead": [_triple(t) for t in repair.instead],
            "placeholders": [{"node": p.node.n3(), **_text(p.says)} for p in repair.placeholders],
            "says": [_text(t) for t in repair.says],
        },
        "noRepair": None if why_not is None else _text(why_not),
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "component": str(cause.component),
        **_text(cause.says),
        "absent": [_text(absence.says) for absence in cause.absent],
        "branches": [_branch(branch) for branch in cause.branches],
    }


def _branch(branch: Branch) -> dict[str, Any]:
    causes = [_cause(cause) for cause in branch.causes]
    return {
        "focus": branch.focus.n3(),
        "conforms": branch.conforms,
        **_text(branch.says),
        "asks": [_text(text) for text in branch.asks],
        "causes": causes,
    }


def _read(fact: Fact) -> dict[str, Any]:
    return {"triple": _triple(fact.triple), "derived": fact.derived}


def _triple(triple: Iterable[Node]) -> list[str]:
    return [term.n3() for term in triple]


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
