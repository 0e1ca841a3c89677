"""``forms.md``: every sheet and every column of the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from docs.generate.markdown import anchor, code, page, plain, table
from dutygraph.loaders import ColumnForm, SheetForm, sheet_forms

TYPES = {
    "identifier": "编号 identifier",
    "label": "名称 name",
    "text": "文字 text",
    "reference": "引用 reference",
    "words": "选词 word",
    "date": "日期 date",
    "month": "月份 month",
    "period": "期间 period",
    "year": "年份 year",
    "integer": "整数 whole number",
    "decimal": "数 number",
    "boolean": "是否 yes or no",
    "tier": "级别 tier",
    "star": "星级 star",
    "parts": "分项 parts",
}
FIXED_WORDS = {
    "boolean": ("是", "否"),
    "tier": ("一级", "二级", "三级"),
    "star": ("1", "2", "3"),
}
HEADINGS = (
    "列 Column",
    "别名 Also called",
    "类型 Kind",
    "必填 Needed",
    "取值 Values",
    "怎么填",
    "What to write",
    "样例 Sample",
)


def document() -> str:
    """Return the whole document."""
    forms = sheet_forms()
    homes = _homes(forms)
    listed = table(
        ("工作表 Sheet", "内容 Contents", "一行由哪些列确定 A row is known by"),
        ((_link(form.name), f"{form.title.zh} {form.title.en}", "、".join(form.key)) for form in forms),
    )
    return page("forms", (listed, *(_section(form, homes) for form in forms)))


def _homes(forms: Sequence[SheetForm]) -> Mapping[str, str]:
    """Return in which sheet of the ledger things of each kind are registered."""
    homes: dict[str, str] = {}
    for form in (form for form in forms if not form.apart):
        for entity in form.entities:
            if entity.registers:
                homes.setdefault(entity.kind, form.name)
    return homes


def _link(sheet: str) -> str:
    return f"[{sheet}](#{anchor(sheet)})"


def _section(form: SheetForm, homes: Mapping[str, str]) -> str:
    remarks = []
    if form.needed:
        remarks.append("没有这张表就无法检查。The check needs this sheet.")
    if form.apart:
        remarks.append("单独成册，不放在台账里。A workbook of its own, kept apart from the ledger.")
    if form.one_of:
        remarks.append(f"{'、'.join(form.one_of)}至少填一个。At least one of them is needed.")
    text = "\n".join((form.explanation.zh, *remarks))
    return "\n\n".join(
        (
            f"## {form.name}",
            f"{plain(text)}\n\n{plain(form.explanation.en)}",
            table(HEADINGS, (_row(column, homes) for column in form.columns)),
        )
    )


def _row(column: ColumnForm, homes: Mapping[str, str]) -> tuple[str, ...]:
    kind = TYPES[column.type] + ("\n可多个 several" if column.many else "")
    return (
        f"**{column.header}**",
        "、".join(column.aliases),
        kind,
        "必填 yes" if column.required else "",
        _values(column, homes),
        plain(column.help.zh),
        plain(column.help.en),
        plain(column.sample),
    )


def _values(column: ColumnForm, homes: Mapping[str, str]) -> str:
    words = FIXED_WORDS.get(column.type, column.words)
    if words:
        return code(words)
    if column.kinds and column.type in ("reference", "year"):
        sheets = dict.fromkeys(homes[kind] for kind in column.kinds if kind in homes)
        person = ["人员编号 person id"] if "person" in column.kinds else []
        special = [*column.flags, *column.own]
        return "、".join((*map(_link, sheets), *person, *(f"`{word}`" for word in special)))
    return ""
