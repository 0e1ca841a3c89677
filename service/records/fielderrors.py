"""What is wrong with a record's fields, as the API says it."""

from __future__ import annotations

from collections.abc import Iterable

from dutygraph.loaders.entries import FieldProblem
from dutygraph.model import Text
from dutygraph.service.problems import ErrorItem


def field_errors(problems: Iterable[FieldProblem], root: str = "/body/fields") -> list[ErrorItem]:
    """Return an error for every problem: where, the column that the forms have for it, what was expected."""
    return [_error(problem, root) for problem in problems]


def _error(problem: FieldProblem, root: str) -> ErrorItem:
    pointer = root
    if problem.field == "id":
        pointer = "/body/id"
    elif problem.field is not None:
        pointer = f"{root}/{problem.field.replace('~', '~0').replace('/', '~1')}"
    if problem.item is not None:
        pointer = f"{pointer}/{problem.item}"
    said = problem.message
    if problem.header:
        said = Text(f"{problem.header}：{said.zh}", f"{problem.header}: {said.en}")
    return ErrorItem(said, pointer=pointer)
