"""查询: the saved questions with their fields; answers as table, chart or net, and as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nicegui import ui

from dutygraph.queries import Question, questions
from dutygraph.service.access.errors import ForbiddenError
from dutygraph.service.access.roles import Role
from dutygraph.service.access.view import View
from dutygraph.service.console.asking import ShownAnswer, fields_of, given_of, shown_answer
from dutygraph.service.console.fragments import Asked, Fragment
from dutygraph.service.console.page import Page, has_bureau
from dutygraph.service.console.plotting import MOST_BARS, bars_of, height_of_bars, height_of_net, net_of
from dutygraph.service.console.visit import Visit
from dutygraph.service.endpoints.questions import require_reach
from dutygraph.service.problems import ProblemError

PATH = "/questions"
FORMS = ("table", "chart", "net")
"""How an answer is shown; the table is there always."""
_PAGE = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A question in the list, and whether the caller's role can have it answered."""

    question: Question
    may: bool


async def build(visit: Visit) -> None:
    """Build the page: all questions, or the one that the address names, answered."""
    ui.add_head_html(f'<link rel="stylesheet" href="{visit.url("/console/work.css")}">')
    view = await visit.work(visit.view)
    wanted = visit.query.get("question", "").upper()
    if wanted:
        question = next((one for one in questions() if one.id == wanted), None)
        if question is None:
            raise ProblemError(404, "not-found")
        await QuestionPage(visit, question).build(view)
    else:
        _show_list(visit, view)


def _show_list(visit: Visit, view: View) -> None:
    listed = [Listed(one, _may(view, one)) for one in questions()]
    free = visit.caller.role is Role.SO

    def found(text: str) -> list[Listed]:
        sought = text.strip().lower()
        return [
            one
            for one in listed
            if sought
            in f"{one.question.id} {visit.text(one.question.title)} {visit.text(one.question.about)}".lower()
        ]

    async def search(asked: Asked) -> None:
        text = asked.fields.get("text", "")[:100]
        shown.show(listed=found(text), text_sought=text, free=free)
        ui.navigate.history.replace(visit.url(PATH, text=text))

    sought = visit.query.get("text", "")[:100]
    shown = Fragment(
        visit, "questions", acts={"search": search}, listed=found(sought), text_sought=sought, free=free
    )


def _may(view: View, question: Question) -> bool:
    try:
        require_reach(view, question)
    except ForbiddenError:
        return False
    return True


class QuestionPage:
    """One question: its fields above, its answer below."""

    def __init__(self, visit: Visit, question: Question) -> None:
        """Read from the address what is asked."""
        self._visit = visit
        self._question = question
        self._given = given_of(question, visit.query)
        self._form = visit.query.get("form", FORMS[0])
        self._size = _PAGE

    async def build(self, view: View) -> None:
        """Put the fields and the answer on the page."""
        visit, question = self._visit, self._question
        require_reach(view, question)
        fields = await visit.work(fields_of, view, visit.answers, question, self._given)
        Fragment(visit, "question-fields", acts={"ask": self._ask}, question=question, fields=fields)
        answer = await self._look(view)
        acts = {"form": self._choose, "more": self._more}
        self._head = Fragment(visit, "question-answer", tag="div", acts=acts, **self._values(answer))
        self._drawn = ui.element("div")
        self._draw(answer)

    async def _look(self, view: View | None = None) -> ShownAnswer:
        visit = self._visit
        seen = view or await visit.work(visit.view)
        return await visit.work(shown_answer, seen, visit.answers, self._question, self._given, visit.words)

    def _values(self, answer: ShownAnswer) -> dict[str, object]:
        forms = forms_of(answer)
        return {
            "answer": answer,
            "question": self._question,
            "given": self._given,
            "forms": forms,
            "form": self._form if self._form in forms else FORMS[0],
            "size": self._size,
            "most_bars": MOST_BARS,
        }

    def _draw(self, answer: ShownAnswer) -> None:
        self._drawn.clear()
        with self._drawn:
            draw(self._visit, answer, self._form, self._visit.text(self._question.title))

    async def _show(self) -> None:
        answer = await self._look()
        self._head.show(**self._values(answer))
        self._draw(answer)
        told = {} if self._form == FORMS[0] else {"form": self._form}
        address = self._visit.url(PATH, question=self._question.id, **self._given, **told)
        ui.navigate.history.replace(address)

    async def _ask(self, asked: Asked) -> None:
        before, self._given = self._given, given_of(self._question, asked.fields)
        self._size = _PAGE
        try:
            await self._show()
        except Exception:
            self._given = before
            raise

    async def _choose(self, asked: Asked) -> None:
        self._form = asked.value if asked.value in FORMS else FORMS[0]
        await self._show()

    async def _more(self, _asked: Asked) -> None:
        self._size += 4 * _PAGE
        await self._show()


def forms_of(answer: ShownAnswer) -> Sequence[str]:
    """Return in which forms an answer makes sense."""
    there: Mapping[str, object] = {"table": True, "chart": bars_of(answer), "net": net_of(answer)}
    return [form for form in FORMS if there[form]]


def draw(visit: Visit, answer: ShownAnswer, form: str, title: str) -> None:
    """Put the chart or the net of an answer on the page; the table is in the template."""
    options = {"chart": bars_of, "net": net_of}.get(form, lambda _answer: None)(answer)
    if options is None:
        return
    height = height_of_bars(options) if form == "chart" else height_of_net(options)
    label = visit.say(f"questions.as-{form}", title=title)
    shown = ui.echart(options, renderer="svg").classes("plot").style(f"height: {height}px")
    shown.props["role"], shown.props["aria-label"] = "img", label


PAGE = Page("questions", PATH, icon="questions", build=build, may=has_bureau)
