"""``dutygraph check DIR --as-of-commit N``: a bureau of a store folder as it was."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Literal

from dutygraph.cli.console import refuse
from dutygraph.cli.options import Language
from dutygraph.commits import Committer, UnknownCommitError
from dutygraph.model import CheckReport, Text
from dutygraph.shapes import catalogue
from dutygraph.sources import BureauChoiceError, choose_bureau
from dutygraph.store import StoreError, StoreFolder, is_store_folder


class RulesOf(StrEnum):
    """Whose rules judge the past."""

    THEN = "then"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class Past:
    """Which state of which bureau is to be checked, by which rules, as of which date (None: that of then)."""

    sources: Sequence[Path]
    bureau: str | None
    commit: int
    rules: Literal["then", "now"]
    as_of: date | None


def check_past_or_refuse(
    asked: Past, wanted: Collection[str] | None, lang: Language, *, explain: bool
) -> CheckReport:
    """Return the report on a state of the past, or print why there is none and leave with exit code 2.

    *wanted* limits the report to some rules.
    """
    if len(asked.sources) != 1 or not is_store_folder(asked.sources[0]):
        refuse(Text("--as-of-commit 只用于图库文件夹。", "--as-of-commit is for a store folder."), lang.value)
    if explain:
        refuse(
            Text("--explain 不能与 --as-of-commit 同用。", "--explain does not go with --as-of-commit."),
            lang.value,
        )
    unknown = sorted(set(wanted or ()) - {shape.rule for shape in catalogue()})
    if unknown:
        listed = "、".join(unknown)
        refuse(Text(f"没有规则{listed}。", f"There is no rule {listed}."), lang.value)
    try:
        with StoreFolder.open(asked.sources[0]) as folder:
            committer = Committer(folder, tidying=False)
            code = choose_bureau(folder.store, asked.bureau).code
            report = committer.check_past(code, asked.commit, as_of=asked.as_of, rules=asked.rules)
    except (StoreError, BureauChoiceError, UnknownCommitError) as error:
        refuse(error.text, lang.value)
    if wanted is None:
        return report
    return replace(
        report,
        rules=tuple(outcome for outcome in report.rules if outcome.rule in wanted),
        findings=tuple(finding for finding in report.findings if finding.rule in wanted),
    )
