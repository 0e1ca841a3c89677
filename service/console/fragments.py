"""Parts of a page: a template, and what its buttons, fields and forms do."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from nicegui import events, ui

from dutygraph.model import Text
from dutygraph.service.console.templates import render
from dutygraph.service.console.visit import Visit
from dutygraph.service.console.wrong import Wrong, wrong_of
from dutygraph.service.logs import log

_CLICK = """(event) => {
  const one = event.target.closest("button[data-do], a[data-do]");
  if (!one || one.disabled) return;
  event.preventDefault();
  emit({act: one.dataset.do, value: one.dataset.value || ""});
}"""
_CHANGE = """(event) => {
  const one = event.target.closest("select[data-do], input[data-do]");
  if (!one) return;
  const value = one.type === "checkbox" ? (one.checked ? "on" : "") : one.value;
  emit({act: one.dataset.do, name: one.name, value: value});
}"""
_SUBMIT = """(event) => {
  const one = event.target.closest("form[data-do]");
  if (!one) return;
  event.preventDefault();
  const fields = {};
  for (const [name, value] of new FormData(one)) if (typeof value === "string") fields[name] = value;
  emit({act: one.dataset.do, value: one.dataset.value || "", fields: fields});
}"""
_LISTENERS = {"click": _CLICK, "change": _CHANGE, "submit": _SUBMIT}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody did: the value of a button or field, the name of the field, the fields of a form."""

    value: str = ""
    name: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


Act = Callable[[Asked], Awaitable[None]]


class Fragment:
    """A template on the page, shown anew with other values; its acts are a closed list."""

    def __init__(
        self,
        visit: Visit,
        template: str,
        *,
        tag: str = "div",
        acts: Mapping[str, Act] | None = None,
        **values: object,
    ) -> None:
        """Put it where the page is being built. *values* fill in the template, beside ``visit``."""
        self._visit = visit
        self._template = template
        self._acts = dict(acts or {})
        # the template escapes: what it gives is HTML of ours
        self.element = ui.html(self._filled(values), sanitize=False, tag=tag)
        if self._acts:
            for event, listener in _LISTENERS.items():
                self.element.on(event, self._act, js_handler=listener)

    def show(self, **values: object) -> None:
        """Show the template with these values."""
        self.element.content = self._filled(values)

    def _filled(self, values: Mapping[str, object]) -> str:
        return str(filled(self._visit, self._template, **values))

    async def _act(self, event: events.GenericEventArguments) -> None:
        told = event.args if isinstance(event.args, dict) else {}
        act = self._acts.get(str(told.get("act")))
        if act is None:
            return
        fields = told.get("fields")
        given = {str(k): str(v) for k, v in fields.items()} if isinstance(fields, dict) else {}
        asked = Asked(str(told.get("value", "")), str(told.get("name", "")), given)
        try:
            await act(asked)
        except Exception as error:  # noqa: BLE001 - an act that fails is told, whatever it was
            show_wrong(self._visit, error)


def filled(visit: Visit, template: str, **values: object) -> str:
    """Return a template with its values and what all templates may use."""
    return render(template, visit=visit, say=visit.say, text=visit.text, url=visit.url, **values)


class Drawer:
    """A panel at the side over the page; Escape closes it, and the focus returns to what opened it."""

    def __init__(self, visit: Visit, label: str) -> None:
        """Make it, closed. *label* is the key of what it is called."""
        self._visit = visit
        with ui.dialog().props("position=right full-height") as self.dialog:
            self.dialog.props["aria-label"] = visit.say(label)
            self._inside = ui.element("section").classes("drawer")

    def show(self, template: str, acts: Mapping[str, Act] | None = None, **values: object) -> Fragment:
        """Open it with a template; the act ``close`` is there always."""

        async def close(_asked: Asked) -> None:
            self.close()

        self._inside.clear()
        with self._inside:
            made = Fragment(self._visit, template, tag="div", acts={"close": close, **(acts or {})}, **values)
        self.dialog.open()
        return made

    def close(self) -> None:
        """Close it."""
        self.dialog.close()


def tell(said: str) -> None:
    """Say that something was done; it is read aloud, too."""
    ui.notify(said, type="positive", position="top", timeout=6000)


def show_wrong(visit: Visit, error: Exception) -> None:
    """Say what went wrong with an act: every reason, and no traceback."""
    wrong = wrong_of(error, visit.request_id)
    if wrong.unforeseen:
        log("console.failed", level=logging.ERROR, error=error, requestId=visit.request_id)
    said = "\n".join([visit.text(wrong.title), *_reasons(visit, wrong)])
    ui.notify(
        said,
        type="negative",
        position="top",
        timeout=0,
        close_button=visit.say("shell.close"),
        multi_line=True,
    )


def _reasons(visit: Visit, wrong: Wrong) -> list[str]:
    texts: list[Text] = [wrong.detail, *wrong.reasons]
    return [visit.text(one) for one in texts]
