"""What every ``dutygraph document`` is asked with, read, and written as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from dutygraph.charts.reading import Reading
from dutygraph.check import CheckError, check
from dutygraph.cli.console import progress, refuse, step, write_output
from dutygraph.cli.lookup import find_thing
from dutygraph.cli.opening import open_or_refuse
from dutygraph.cli.options import EngineName, Language
from dutygraph.documents import Content, DocumentError, Kind, as_docx, as_xlsx, try_template
from dutygraph.model import CheckReport, Text, Thing

LARGEST_TEMPLATE = 20_000_000  # bytes

Target = Annotated[
    Path,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="写到哪里：.docx 为 Word，.xlsx 为 Excel / where to write: .docx or .xlsx",
        show_default=False,
    ),
]
TemplateFile = Annotated[
    Path | None,
    typer.Option(
        "--template",
        metavar="FILE",
        help="本单位的 Word 模板，缺省用自带的 / a Word template of your own",
        show_default=False,
    ),
]
Business = Annotated[
    str | None,
    typer.Option(
        "--business",
        metavar="ID",
        help="只要这项业务的，编号或名称 / of this business, by id or name",
        show_default=False,
    ),
]
Department = Annotated[
    str | None,
    typer.Option(
        "--department", metavar="NAME", help="只要这个部门的 / of this department", show_default=False
    ),
]


@dataclass(frozen=True, slots=True)
class Job:
    """What every document is asked with."""

    sources: Sequence[Path]
    output: Path
    template: Path | None
    as_of: datetime | None
    bureau: str | None
    base: str
    lang: Language

    def read(self, kind: Kind) -> tuple[Reading, CheckReport]:
        """Return the bureau, checked; leave with exit code 2 where it, or what is asked, cannot be."""
        lang = self.lang
        self._require_form()
        if self.template is not None:
            try:
                try_template(kind, self._template(self.template))
            except DocumentError as error:
                refuse(error.text, lang)
        with progress() as bar:
            step(bar, "read", lang)
            source = open_or_refuse(
                self.sources,
                base=self.base,
                bureau=self.bureau,
                partial=False,
                engine=EngineName.COMPILED,
                lang=lang,
            )
            judged = self.as_of.date() if self.as_of else None
            try:
                report = check(
                    source.store, source.names, as_of=judged, progress=lambda name: step(bar, name, lang)
                )
            except CheckError as error:
                refuse(error.text, lang.value)
        return Reading.of(source.store, source.names), report

    def _require_form(self) -> None:
        ending = self.output.suffix.lower()
        if ending not in (".docx", ".xlsx"):
            said = Text(
                f"“{self.output}”须以 .docx 或 .xlsx 结尾。", f"{self.output} has to end with .docx or .xlsx."
            )
            refuse(said, self.lang)
        if self.template is not None and ending != ".docx":
            refuse(Text("模板只用于 Word（.docx）。", "A template is for Word (.docx) only."), self.lang)

    def write(self, content: Content) -> None:
        """Write the document; nothing where its template cannot be filled in."""
        try:
            if self.output.suffix.lower() == ".xlsx":
                data = as_xlsx(content)
            else:
                data = as_docx(content, None if self.template is None else self._template(self.template))
        except DocumentError as error:
            refuse(error.text, self.lang)
        kept = self.sources if self.template is None else (*self.sources, self.template)
        write_output(data, self.output, self.lang.value, keep=kept)
        if content.note:
            typer.echo(content.note)

    def _template(self, path: Path) -> bytes:
        try:
            with path.open("rb") as file:
                return file.read(LARGEST_TEMPLATE)
        except OSError as error:
            reason = error.strerror or error
            refuse(Text(f"无法读取模板“{path}”：{reason}", f"Cannot read {path}: {reason}"), self.lang)

    def business(self, reading: Reading, asked: str | None) -> Thing | None:
        """Return the business asked for, by id or name."""
        return None if asked is None else find_thing(reading, "Business", asked, self.lang)

    def department(self, reading: Reading, asked: str | None) -> Thing | None:
        """Return the department asked for, by its name."""
        return None if asked is None else find_thing(reading, "Department", asked, self.lang)
