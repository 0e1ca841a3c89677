"""The empty forms: complete, explained, with drop-downs, and loadable as they are."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from dutygraph.loaders import load, sheet_forms, write_template

from .ledgers import only, triples

FORMS = [form for form in sheet_forms() if not form.apart]


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("forms") / "forms.xlsx"
    write_template(path)
    return path


def test_every_form_is_there_with_all_its_columns(forms: Path) -> None:
    book = openpyxl.load_workbook(forms)
    assert book.sheetnames == ["填写说明", *(form.name for form in FORMS), "选项"]
    assert book["选项"].sheet_state == "hidden"
    for form in FORMS:
        sheet = book[form.name]
        assert [cell.value for cell in sheet[1]] == [*(column.header for column in form.columns), "示例"]
        assert sheet.freeze_panes == "A2"
        assert sheet.max_row == 2


def test_every_column_is_explained_in_both_languages(forms: Path) -> None:
    rows = list(openpyxl.load_workbook(forms)["填写说明"].iter_rows(values_only=True))
    told = {(row[0], row[1]): row for row in rows}
    for form in FORMS:
        for column in form.columns:
            row = told[form.name, column.header]
            assert row[2:5] == ("必填" if column.required else None, column.help.zh, column.help.en)


def validation(path: Path, sheet: str, header: str) -> tuple[str, bool]:
    found = openpyxl.load_workbook(path)[sheet]
    letter = next(cell.column_letter for cell in found[1] if cell.value == header)
    rules = [
        rule
        for rule in found.data_validations.dataValidation
        if f"{letter}2" in str(rule.sqref).split(":")[0]
    ]
    return str(rules[0].formula1), bool(rules[0].showErrorMessage)


def test_words_and_references_have_drop_downs(forms: Path) -> None:
    formula, strict = validation(forms, "表8 问题整改清单", "状态")
    assert strict
    area = formula.split("!")[1].replace("$", "")
    cells = openpyxl.load_workbook(forms)["选项"][area]
    assert [cell[0].value for cell in cells][:3] == ["已发现", "已分类分级", "已派责"]
    assert validation(forms, "表2 流程节点", "执行岗位") == ("'表3 岗位与人员'!$A$2:$A$5000", False)
    assert validation(forms, "表4 风险与措施", "环节")[1] is False
    assert validation(forms, "表2 流程节点", "是否关键")[1] is True


def test_the_forms_load_without_problems_and_their_samples_are_named(forms: Path) -> None:
    loaded = load([forms])
    assert loaded.problems == ()
    assert loaded.rows == len(FORMS)
    notice = only(loaded.notices)
    assert notice.message.zh.startswith("只有样例行，已作为例子读入")
    assert all(form.name in notice.message.zh for form in FORMS)
    assert ("risk/R04-05", "hasControl", "control/C04-05") in triples(loaded)


def test_a_sample_of_every_column_says_something(forms: Path) -> None:
    loaded = load([forms])
    sheets = {s.cell.sheet for s in loaded.delta.added if s.cell}
    assert sheets == {form.name for form in FORMS}
    for form in FORMS:
        said = {s.cell.column for s in loaded.delta.added if s.cell and s.cell.sheet == form.name}
        assert {c.header for c in form.columns if c.sample and c.outputs} <= said


def test_samples_are_no_longer_read_once_a_real_row_stands_there(forms: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(forms)
    book["基本信息"].append(["jia", "甲区供电局", "2025", "2025-12-31"])
    book["表1 业务清单"].append(["B01", "故障抢修"])
    path = tmp_path / "filled.xlsx"
    book.save(path)
    loaded = load([path])
    assert loaded.problems == ()
    assert loaded.delta.bureau == "jia"
    assert loaded.rows == 2
    notice = only([n for n in loaded.notices if "样例行没有读入" in n.message.zh])
    assert all(form.name in notice.message.zh for form in FORMS)
    assert not any("B04" in s for s, _, _ in triples(loaded))


def test_the_list_of_names_is_a_file_of_its_own(tmp_path: Path) -> None:
    write_template(tmp_path / "names.xlsx", apart=True)
    assert openpyxl.load_workbook(tmp_path / "names.xlsx").sheetnames == ["填写说明", "姓名对照", "选项"]
    assert load([tmp_path / "names.xlsx"], bureau="demo").problems == ()


def test_the_forms_are_the_same_every_time(tmp_path: Path) -> None:
    write_template(tmp_path / "a.xlsx")
    write_template(tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_path_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        write_template(tmp_path / "nowhere" / "forms.xlsx")
