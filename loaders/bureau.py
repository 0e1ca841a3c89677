"""Which bureau the sources are about. One load holds one bureau."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from dutygraph.loaders.checks import place_of
from dutygraph.loaders.messages import say
from dutygraph.loaders.rdf import Quads
from dutygraph.loaders.rdfgraphs import bureau_codes, foreign_bureaus
from dutygraph.loaders.reading import Reading, Row
from dutygraph.model import Cell, Problem


def find_bureau(
    rows: Sequence[Row], quads: Sequence[Quads], base: str, asked: str | None, reading: Reading
) -> tuple[str | None, Sequence[Row]]:
    """Return the code of the bureau, and the rows, those that speak of another one marked with a problem."""
    code, judged = _of_rows(rows, asked, reading)
    for file in quads:
        code = _of_rdf(file, base, code, asked, reading)
    if code is None and (reading.forms or quads):
        file_name = quads[0].file if quads else rows[0].record.file if rows else ""
        reading.problems.append(Problem(Cell(file_name), say("no-bureau")))
    return code, judged


def _of_rows(rows: Sequence[Row], asked: str | None, reading: Reading) -> tuple[str | None, Sequence[Row]]:
    code, first = asked, None
    judged: list[Row] = []
    for row in rows:
        header = row.form.key[0]
        found = row.record.values.get(header) if row.form.entities[0].kind == "bureau" else None
        if found is None or found == code:
            judged.append(row)
        elif code is None:
            code, first = found, row
            judged.append(row)
        else:
            place = place_of(first, row.cell()) if first else ""
            text = say("two-bureaus" if first else "other-bureau", found=found, wanted=code, place=place)
            problem = Problem(row.cell(header), text)
            reading.problems.append(problem)
            judged.append(replace(row, problems=(*row.problems, problem)))
    return code, judged


def _of_rdf(quads: Quads, base: str, code: str | None, asked: str | None, reading: Reading) -> str | None:
    place = Cell(quads.file)
    for iri in sorted(set(foreign_bureaus(quads, base))):
        reading.problems.append(Problem(place, say("rdf-base", found=iri, wanted=base)))
    found = Counter(bureau_codes(quads, base))
    names = tuple(sorted(found))
    if asked is None and len(found) > 1:
        reading.problems.append(Problem(place, say("rdf-two-bureaus", found=names)))
    elif code is not None and found and code not in found:
        reading.problems.append(Problem(place, say("other-bureau", found=names, wanted=code)))
    return code or next(iter(sorted(found)), None)
