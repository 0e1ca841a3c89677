"""自由查询: an editor for queries of the supervision office, on the workers and limits of the endpoint."""

from __future__ import annotations

import json

from nicegui import ui
from nicegui.elements.codemirror.constants import SUPPORTED_THEMES

from dutygraph.queries import PARAMETERS_MARK, questions
from dutygraph.service.access.roles import Role, Scope
from dutygraph.service.console.asking import ShownAnswer
from dutygraph.service.console.fragments import Act, Asked, Fragment
from dutygraph.service.console.free_answers import FreeAnswer, Term, read_answer, vocabulary
from dutygraph.service.console.page import Page
from dutygraph.service.console.pages.questions import FORMS, draw, forms_of
from dutygraph.service.console.visit import Visit
from dutygraph.service.list_files import XLSX_TYPE, Flat, as_csv, as_xlsx
from dutygraph.service.sparql.asking import answer_query
from dutygraph.service.sparql.service import PREFIXES

PATH = "/questions/free"
_BEGIN = """SELECT ?risk ?node WHERE {
  ?risk a sv:IntegrityRisk ;
        sv:atNode ?node .
}
LIMIT 100
"""
_FORMATS = ("json", "turtle")
_PAGE = 100
_MOST_TERMS = 24
_INSERT = "(editor => editor.dispatch(editor.state.replaceSelection({text})))(getElement({id}).editor)"


def may_ask_freely(visit: Visit) -> bool:
    """Tell whether the caller may write queries: the supervision office may."""
    return visit.caller.role is Role.SO and Scope.SPARQL in visit.caller.scopes


async def build(visit: Visit) -> None:
    """Build the page."""
    ui.add_head_html(f'<link rel="stylesheet" href="{visit.url("/console/work.css")}">')
    FreeQuery(visit).build()


class FreeQuery:
    """The editor with the words of the vocabulary beside it, and the answer below."""

    def __init__(self, visit: Visit) -> None:
        """Begin with a query that answers something."""
        self._visit = visit
        self._answer: FreeAnswer | None = None
        self._form = FORMS[0]
        self._size = _PAGE

    def build(self) -> None:
        """Put everything on the page."""
        visit = self._visit
        Fragment(visit, "free-head", acts={"start": self._start}, questions=questions())
        theme: SUPPORTED_THEMES = "githubDark" if visit.theme == "dark" else "githubLight"
        self._editor = ui.codemirror(_BEGIN, language="SPARQL", theme=theme, line_wrapping=True)
        self._editor.classes("editor")
        ui.timer(0.3, self._name_editor, once=True)
        Fragment(visit, "free-run", acts={"run": self._run}, prefixes=PREFIXES)
        acts = {"words": self._look_up, "insert": self._insert}
        self._terms = Fragment(visit, "free-words", acts=acts, terms=_found(""), sought="")
        after: dict[str, Act] = {
            "form": self._choose,
            "more": self._more,
            "csv": self._as_csv,
            "xlsx": self._as_xlsx,
        }
        self._told = Fragment(visit, "free-answer", tag="div", acts=after, **self._values(waiting=False))
        self._drawn = ui.element("div")

    def _name_editor(self) -> None:
        """Name the editor for screen readers: it comes without a name."""
        label = json.dumps(self._visit.say("free.editor"))
        ui.run_javascript(
            f"document.querySelector('.editor .cm-content')?.setAttribute('aria-label', {label})"
        )

    async def _start(self, asked: Asked) -> None:
        question = next((one for one in questions() if one.id == asked.value), None)
        if question is not None:
            self._editor.value = question.text.replace(PARAMETERS_MARK, "")

    async def _look_up(self, asked: Asked) -> None:
        sought = asked.fields.get("word", "")[:60]
        self._terms.show(terms=_found(sought), sought=sought)

    async def _insert(self, asked: Asked) -> None:
        if asked.value in {term.name for term in vocabulary()}:
            text = json.dumps(f"{asked.value} ")
            ui.run_javascript(_INSERT.format(text=text, id=self._editor.id))

    async def _run(self, _asked: Asked) -> None:
        visit = self._visit
        self._answer, self._size = None, _PAGE
        self._show(waiting=True)
        try:
            found = await answer_query(visit.service, visit.caller, self._editor.value or "", _FORMATS)
            view = await visit.work(visit.view)
            self._answer = await visit.work(read_answer, view, found, visit.words)
        finally:
            self._show()

    async def _choose(self, asked: Asked) -> None:
        self._form = asked.value if asked.value in FORMS else FORMS[0]
        self._show()

    async def _more(self, _asked: Asked) -> None:
        self._size += 4 * _PAGE
        self._show()

    async def _as_csv(self, _asked: Asked) -> None:
        if self._answer is not None:
            content = await self._visit.work(as_csv, *_flat(self._answer.rows))
            ui.download.content(content, "answer.csv", "text/csv")

    async def _as_xlsx(self, _asked: Asked) -> None:
        if self._answer is not None:
            content = await self._visit.work(as_xlsx, *_flat(self._answer.rows))
            ui.download.content(content, "answer.xlsx", XLSX_TYPE)

    def _values(self, *, waiting: bool) -> dict[str, object]:
        forms = forms_of(self._answer.rows) if self._answer is not None else FORMS[:1]
        form = self._form if self._form in forms else FORMS[0]
        return {"found": self._answer, "waiting": waiting, "forms": forms, "form": form, "size": self._size}

    def _show(self, *, waiting: bool = False) -> None:
        self._told.show(**self._values(waiting=waiting))
        self._drawn.clear()
        if self._answer is not None:
            with self._drawn:
                draw(self._visit, self._answer.rows, self._form, self._visit.say("free.result"))


def _found(text: str) -> list[Term]:
    sought = text.strip().lower()
    told = ((term, f"{term.name} {term.label.zh} {term.label.en}".lower()) for term in vocabulary())
    return [term for term, words in told if sought in words][:_MOST_TERMS]


def _flat(answer: ShownAnswer) -> tuple[list[str], list[list[Flat]]]:
    rows: list[list[Flat]] = [
        [cell.text if cell.number is None else cell.number for cell in row] for row in answer.rows
    ]
    return list(answer.headings), rows


PAGE = Page("free", PATH, icon="questions", build=build, may=may_ask_freely, in_navigation=False)
