"""Chinese text in lines: nothing lost, nothing too wide, no identifier torn apart."""

from __future__ import annotations

import io

import wcwidth
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from dutygraph.report.wrapping import add_row, table, wrap, wrap_items

SENTENCES = st.text(st.sampled_from("风险点须有防控措施，。（）“”R20-03 ABC word B04\n"), max_size=120)


@given(SENTENCES, st.integers(12, 90))
def test_lines_fit_and_hold_the_whole_text(text: str, width: int) -> None:
    lines = wrap(text, width)

    assert all(wcwidth.wcswidth(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_identifiers_stay_whole_and_marks_stay_with_their_words() -> None:
    text = "风险点“消缺时收受运维商礼品”（R20-03）没有任何防控措施，一旦出现问题，无从防范。"

    for width in range(16, 80):
        lines = wrap(text, width)
        assert any("R20-03" in line for line in lines)
        assert not any(line[0] in "，。；：、）”" or line[-1] in "（“" for line in lines)


def test_a_word_longer_than_the_line_is_broken_anywhere() -> None:
    assert wrap("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


def test_items_stay_whole() -> None:
    assert wrap_items(["重点业务 33", "线图 17", "问题 60"], 20, " · ") == [
        "重点业务 33",
        "线图 17 · 问题 60",
    ]


def test_cells_of_a_table_wrap_too() -> None:
    made = table(("编号", "问题"), title="题目[/b]")
    add_row(made, ("Q24", "某人离岗后哪些业务无人监督，[red]请逐条列出并说明原因（P001）"))
    console = Console(file=io.StringIO(), width=30)

    console.print(made)

    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert max(map(wcwidth.wcswidth, text.splitlines())) <= 30
    assert "题目[/b]" in text
    assert "…" not in text
    assert "[red]" in "".join(part.strip() for line in text.splitlines() for part in line.split("│")[2:3])
