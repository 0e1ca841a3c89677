"""The saved questions Q01–Q39: one ``.rq`` file each, found by reading this folder.

A file begins with a header of comments that says what it asks, in two languages::

    # question: Q06 | 哪些计划业务某月缺任务单？ | Which plan items lack a month's sheet?
    # about: 一两句说明 | one or two sentences
    # parameter: month | period | 2025-03 | 月份，空为全年 | month, empty for the whole year
    # column: item | 计划 | Plan item
    # needs: metrics
    # reads: work, issues
    # own: business

``reads`` says which kinds of data (the rows of the table of who sees what) the question must see to be right:
``structure`` alone where what everybody sees is enough. ``own`` says what is told to who sees of one of them
the own part alone: without it, the answer over that part, which is true as far as it goes. Where an answer
says what is lacking, or gives a thing's whole number, it names the column whose things must be the caller's
own to the full; ``refused`` where such an answer cannot be told in part.

``parameter`` has name, type, default (may be empty), meaning. A parameter that is given is put in as a
``VALUES`` line where the query says ``# parameters``; one that is not given leaves its variable free.
Types: ``period``, ``integer``, ``text``, ``date``, ``term`` (a word of the ontology such as stage-before)
or a kind of thing (``person``, ``post``, ``business``, …), whose value is then an id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from rdflib import XSD

from dutygraph.model import Text
from dutygraph.ontology import SV
from dutygraph.store import BureauGraphs

PARAMETERS_MARK = "# parameters"
OWN_ROWS, OWN_REFUSED = "rows", "refused"
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r"})
_LITERAL_KINDS = ("integer", "text", "date", "term")


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a question may be asked about; ``default`` None leaves it open."""

    name: str
    kind: str
    default: str | None
    meaning: Text

    def thing(self, names: BureauGraphs, value: str) -> str | None:
        """Return the IRI of the thing or period that a value names; None where it names none."""
        if self.kind in _LITERAL_KINDS:
            return None
        return names.period(value) if self.kind == "period" else names.thing(self.kind, value)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the answer: the variable and its heading."""

    variable: str
    heading: Text


@dataclass(frozen=True, slots=True)
class Question:
    """A saved question; ``needs_metrics`` where it reads network metrics that Python computes.

    ``reads`` names the kinds of data that it must see; ``own`` what is told to who sees a part: ``rows``,
    ``refused``, or the column whose things must be the caller's own.
    """

    id: str
    title: Text
    about: Text
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    needs_metrics: bool
    text: str
    reads: tuple[str, ...] = ()
    own: str = OWN_ROWS

    def bound(self, names: BureauGraphs, given: Mapping[str, str]) -> str:
        """Return the query with its parameters put in.

        Raises:
            ParameterError: a parameter is unknown or its value is not of its type.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in given:
            if name not in known:
                raise ParameterError(self, name)
        lines = []
        for name, parameter in known.items():
            value = given.get(name, parameter.default)
            if value:
                lines.append(f"VALUES ?{name} {{ {_term(names, self, parameter, value)} }}")
        return self.text.replace(PARAMETERS_MARK, "\n  ".join(lines))


class ParameterError(Exception):
    """A question was asked with a parameter that it does not have, or with a value it cannot take.

    ``name`` is the parameter's, ``text`` says what is wrong with it.
    """

    def __init__(
        self, question: Question, name: str, value: str | None = None, *, unknown: bool = False
    ) -> None:
        """Say which parameter, and which ones there are; ``unknown``: the bureau has no such thing."""
        there = "、".join(f"{p.name}（{p.meaning.zh}）" for p in question.parameters) or "无"
        there_en = ", ".join(f"{p.name} ({p.meaning.en})" for p in question.parameters) or "none"
        if value is None:
            said = f"{question.id}没有参数“{name}”；可用参数：{there}"
            said_en = f"{question.id} has no parameter {name}; it has: {there_en}"
        elif unknown:
            said = f"{question.id}的参数“{name}”：台账中没有“{value}”；可用参数：{there}"
            said_en = f"{question.id}: the ledger has no {value!r} for {name}; parameters: {there_en}"
        else:
            said = f"{question.id}的参数“{name}”不能是“{value}”；可用参数：{there}"
            said_en = f"{question.id}: {name} cannot be {value!r}; parameters: {there_en}"
        super().__init__(f"{said} / {said_en}")
        self.name = name
        self.text = Text(said, said_en)


class QuestionFileError(Exception):
    """A ``.rq`` file of the product lacks its header; names the file."""


@cache
def questions() -> tuple[Question, ...]:
    """Return every saved question, in order of id.

    Raises:
        QuestionFileError: a file's header is not as it must be.
    """
    folder = resources.files("dutygraph.queries")
    files = [file for file in folder.iterdir() if file.name.endswith(".rq")]
    read = (_read(file.name, file.read_text(encoding="utf-8")) for file in files)
    return tuple(sorted(read, key=lambda question: question.id))


def _read(name: str, text: str) -> Question:
    header: dict[str, list[list[str]]] = {}
    for line in text.splitlines():
        key, separator, rest = line.removeprefix("# ").partition(": ")
        if line.startswith("# ") and separator:
            header.setdefault(key, []).append([part.strip() for part in rest.split("|")])
    try:
        identifier, title_zh, title_en = header["question"][0]
        about_zh, about_en = header["about"][0]
        columns = tuple(Column(variable, Text(zh, en)) for variable, zh, en in header["column"])
        parameters = tuple(
            Parameter(parameter, kind, default or None, Text(zh, en))
            for parameter, kind, default, zh, en in header.get("parameter", [])
        )
        reads = tuple(kind.strip() for kind in header["reads"][0][0].split(","))
    except (KeyError, ValueError) as error:
        raise QuestionFileError(f"queries/{name}: {error}") from error
    if parameters and PARAMETERS_MARK + "\n" not in text:
        raise QuestionFileError(f"queries/{name}: no line “{PARAMETERS_MARK}”")
    return Question(
        id=identifier,
        title=Text(title_zh, title_en),
        about=Text(about_zh, about_en),
        parameters=parameters,
        columns=columns,
        needs_metrics=["metrics"] in header.get("needs", []),
        reads=reads,
        own=header.get("own", [[OWN_ROWS]])[0][0],
        text=text,
    )


def _term(names: BureauGraphs, question: Question, parameter: Parameter, value: str) -> str:
    """Return a value as a SPARQL term; only IRIs and quoted literals leave here, so text cannot inject."""
    iri = parameter.thing(names, value)
    if iri is not None:
        return f"<{iri}>"
    if parameter.kind == "term":
        if not value.replace("-", "").isalnum() or not value.isascii():
            raise ParameterError(question, parameter.name, value)
        return f"<{SV[value]}>"
    if parameter.kind == "integer":
        if not value.isdecimal():
            raise ParameterError(question, parameter.name, value)
        return f'"{int(value)}"^^<{XSD.integer}>'
    if parameter.kind == "date":
        if not _is_date(value):
            raise ParameterError(question, parameter.name, value)
        return f'"{value}"^^<{XSD.date}>'
    return f'"{value.translate(_ESCAPES)}"'


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
