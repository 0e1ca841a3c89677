"""导入: a workbook is dropped, tried, looked at, and committed or thrown away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nicegui import ui

from dutygraph.commits.acts import Action
from dutygraph.loaders.fields import kind_forms
from dutygraph.model import Text
from dutygraph.service.access.roles import Caller, Scope
from dutygraph.service.access.writes import may_write, require_write
from dutygraph.service.console.fragments import Act, Asked, Fragment, tell
from dutygraph.service.console.gap_list import severity_word
from dutygraph.service.console.page import Page
from dutygraph.service.console.refusals import ShownSheet, lay_out
from dutygraph.service.console.shell import show_dates
from dutygraph.service.console.visit import Visit
from dutygraph.service.endpoints.imports import KINDS, importer, own_import
from dutygraph.service.gaps.rows import gravity
from dutygraph.service.imports.importing import Imports, Online
from dutygraph.service.imports.models import ImportModel, import_model
from dutygraph.service.imports.reading import NAMES
from dutygraph.service.problems import ProblemError, ProblemItem
from dutygraph.service.records.models import GapBrief
from dutygraph.service.running import check_scope

PATH = "/import"
_MOST = 8
_SEND = """(event) => {
  const one = event.target.closest("input[type=file]");
  if (!one || !one.files.length) return;
  if (one.files[0].size > Number(one.dataset.most)) {
    one.value = "";
    emit({act: "too-large"});
    return;
  }
  one.form.classList.add("sending");
  one.form.querySelector("[role=status]").textContent = one.dataset.wait;
  one.form.submit();
}"""


class FilePlace(Fragment):
    """A template with a place for a file, which is sent as soon as it is chosen or dropped."""

    def __init__(self, visit: Visit, template: str, acts: Mapping[str, Act], **values: object) -> None:
        """Put it on the page."""
        super().__init__(visit, template, tag="div", acts=acts, **values)
        self.element.on("change", self._act, js_handler=_SEND)


@dataclass(frozen=True, slots=True)
class Tried:
    """A dry run as it is shown: the import, its gaps by gravity, what is wrong as the sheets have it."""

    made: ImportModel
    new: Sequence[GapBrief]
    resolved: Sequence[GapBrief]
    sheets: Sequence[ShownSheet]
    others: Sequence[ProblemItem]
    rejected: bool

    @property
    def good(self) -> int:
        """How many rows may be taken."""
        return self.made.trial.rows - self.made.trial.rejected


def may_import(visit: Visit) -> bool:
    """Tell whether the caller imports: the supervision office does."""
    return visit.caller.bureau is not None and may_write(visit.caller, Action.IMPORT)


def require_importer(visit: Visit, kind: str) -> Caller:
    """Return the caller, who may import a kind of file.

    Raises:
        ProblemError: 403 or 404, the session may not write, or belongs to no bureau.
        ForbiddenError: the role may not import.

    """
    check_scope(visit.caller, Scope.WRITE)
    caller = importer(visit.code, visit.caller)
    if kind == NAMES:
        require_write(caller, Action.NAMES)
    return caller


async def build(visit: Visit) -> None:
    """Build the page: the import that the address names, or the place to drop a file."""
    ui.add_head_html(f'<link rel="stylesheet" href="{visit.url("/console/work.css")}">')
    identifier = visit.query.get("import", "")
    if identifier:
        await _show_trial(visit, identifier[:64])
    else:
        await _show_place(visit)


async def _show_place(visit: Visit) -> None:
    most = visit.service.settings.upload_limit

    async def too_large(_asked: Asked) -> None:
        raise ProblemError(413, "too-large", limit=most, setting="upload_limit")

    mine = await visit.work(_mine, visit)
    names = may_write(visit.caller, Action.NAMES)
    empty = "empty" in visit.query
    FilePlace(visit, "import", {"too-large": too_large}, mine=mine, names=names, most=most, empty=empty)


def _mine(visit: Visit) -> list[ImportModel]:
    imports = visit.service.part(Imports)
    return [import_model(one) for one in imports.mine(visit.caller.account, visit.code, KINDS)]


async def _show_trial(visit: Visit, identifier: str) -> None:
    async def again(*, busy: bool = False) -> None:
        tried = await visit.work(tried_of, visit, identifier)
        shown.show(tried=tried, busy=busy, **words)

    async def commit(asked: Asked) -> None:
        online = asked.fields.get("online")
        await again(busy=True)
        try:
            done = await visit.work(_commit, visit, identifier, online)
        finally:
            await again()
        if done.outcome is not None:
            tell(visit.say("import.done", commit=done.outcome.commit))
        show_dates(await visit.work(visit.view))

    async def discard(_asked: Asked) -> None:
        await visit.work(_discard, visit, identifier)
        ui.navigate.to(visit.url(PATH))

    words = {"most": _MOST, "severity_word": severity_word, "kind_word": _kind_word}
    tried = await visit.work(tried_of, visit, identifier)
    acts = {"commit": commit, "discard": discard}
    shown = Fragment(visit, "import-trial", tag="div", acts=acts, tried=tried, busy=False, **words)


def tried_of(visit: Visit, identifier: str) -> Tried:
    """Return an import of the caller's, with its dry run.

    Raises:
        ProblemError: 404, there is none.

    """
    imports = visit.service.part(Imports)
    upload = own_import(visit.code, visit.caller, imports, identifier)
    made = import_model(upload)
    sheets, others = lay_out(imports.uploads.refused(identifier), made.trial.errors)
    return Tried(
        made,
        _by_gravity(made.trial.new_gaps),
        _by_gravity(made.trial.resolved_gaps),
        sheets,
        others,
        rejected=imports.uploads.rejected(identifier) is not None,
    )


def _by_gravity(gaps: Sequence[GapBrief]) -> list[GapBrief]:
    return sorted(gaps, key=lambda gap: (gravity(gap.severity), gap.rule, gap.focus.id))


def _kind_word(kind: str) -> Text:
    known = kind_forms().get(kind)
    return known.title if known else Text(kind, kind)


def _commit(visit: Visit, identifier: str, online: str | None) -> ImportModel:
    imports = visit.service.part(Imports)
    upload = own_import(visit.code, visit.caller, imports, identifier)
    caller = require_importer(visit, upload.kind)
    choice: Online | None = "keep" if online == "keep" else "overwrite" if online == "overwrite" else None
    return import_model(imports.commit(identifier, caller.actor, choice))


def _discard(visit: Visit, identifier: str) -> None:
    imports = visit.service.part(Imports)
    upload = own_import(visit.code, visit.caller, imports, identifier)
    require_importer(visit, upload.kind)
    imports.delete(identifier)


PAGE = Page("import", PATH, icon="import", build=build, may=may_import)
