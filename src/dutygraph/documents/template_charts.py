"""The two templates on A3: the line chart and the double-key chart."""

from __future__ import annotations

from docx.shared import Mm

from dutygraph.documents.template_parts import Column, Page, turn
from dutygraph.documents.template_words import Words

_STAGES = ("before", "during", "after")


def line_chart(page: Page, words: Words) -> None:
    """Write the body of the line chart: the business, its nodes with risks and controls, its gaps."""
    node, row = words.node, words.row
    lines = (
        ("business", "department", "star", "published_on"),
        ("tier1", "tier2", "tier3", "version"),
        ("authored", "reviewed", "declared", "counted"),
    )
    page.form([[(words.head(key), words.value(key)) for key in keys] for keys in lines], (24, 75) * 4)
    page.text(f"{words.say('line-counts')}{words.say('line-legend')}", size=9)
    columns = [
        Column(words.head("node"), 37, words.of(node, "node"), words.name("node_colour", node), merged=True),
        Column(words.head("posts"), 43, words.of(node, "posts"), merged=True),
        Column(words.head("risk"), 66, words.of(row, "risk"), words.name("risk_colour", row)),
        *(
            Column(words.head(stage), 57, words.of(row, stage), words.name(f"{stage}_colour", row))
            for stage in _STAGES
        ),
        Column(words.head("owners"), 27, words.of(row, "owners"), words.name("owner_colour", row)),
        Column(words.head("steps"), 42, words.of(node, "steps"), merged=True),
        Column(words.head("holes"), 14, words.of(row, "holes"), words.name("holes_colour", row)),
    ]
    page.table(columns, [words.loop(node, "nodes"), words.loop(row, "rows", node)])
    page.mark(f"if {words.name('unplaced')}")
    page.heading(words.say("unplaced"))
    page.table(words.columns(row, {"thing": 200}), [words.loop(row, "unplaced")])
    page.mark("endif")
    _gaps(page, words)


def double_key(page: Page, words: Words) -> None:
    """Write the body of the double-key chart: the grid, in parts where it is too wide, and its gaps."""
    part, row, column = words.node, words.row, words.column
    page.text(f"{words.say('grid-counts')}{words.say('grid-legend')}", size=9)
    page.mark(f"for {words.loop(part, 'parts')}")
    page.mark(f"if {words.name('part', part)}")
    page.text(words.of(part, "part"), size=9)
    page.mark("endif")
    under = " ".join(words.of(column, key) for key in ("id", "star", "text"))
    head = f"{words.of(column, 'name')}\n{under}"
    tiers = " / ".join(words.of(row, f"tier{tier}") for tier in (1, 2, 3))
    named = "{} {}\n{} {}".format(*(words.of(row, key) for key in ("id", "name", "department", "text")))
    colour = words.name("colour", row)
    table = page.table(
        [
            Column(words.head("business"), 46, named, colour),
            Column(words.head("star"), 13, words.of(row, "star"), centred=True),
            Column(words.say("grid-tiers"), 14, tiers, centred=True),
            Column(
                f"{{%tc for {words.loop(column, 'columns', part)} %}}",
                9,
                f"{{%tc for {words.loop(column, 'cells', row)} %}}",
            ),
            Column(
                head,
                9,
                words.of(column, "text"),
                words.name("colour", column),
                centred=True,
                head_colour=words.name("colour", column),
            ),
            Column("{%tc endfor %}", 9, "{%tc endfor %}"),
        ],
        [words.loop(row, "businesses", part)],
    )
    turn(table.rows[0].cells[4], table.rows[0], Mm(36))
    page.mark("endfor")
    _declared(page, words)
    _gaps(page, words)


def _declared(page: Page, words: Words) -> None:
    """Write what was declared otherwise than the ledger tells."""
    row = words.row
    for key in ("differing", "unplaced"):
        widths = {"business": 110, "post": 90, "star": 30, "declared_star": 30}
        if key == "unplaced":
            del widths["star"]
        page.mark(f"if {words.name(key)}")
        page.heading(words.say("differing" if key == "differing" else "undeclared"))
        page.table(words.columns(row, widths), [words.loop(row, key)])
        page.mark("endif")


def _gaps(page: Page, words: Words) -> None:
    page.mark(f"if {words.name('gaps')}")
    page.heading(words.say("gaps-listed"))
    widths = {"number": 12, "rule": 14, "severity": 18, "thing": 75, "message": 140, "remedy": 130}
    page.table(words.columns(words.row, widths), [words.loop(words.row, "gaps")])
    page.mark("endif")
