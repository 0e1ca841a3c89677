"""``dutygraph load``: ledgers into a store folder, in one step or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from dutygraph.cli.console import print_problems, progress, refuse, refuse_input, step, write_rejected_beside
from dutygraph.cli.options import Base, BureauCode, Engine, EngineName, Lang, Language, Partial, Sources
from dutygraph.commits import COMMAND_LINE, Action, Committer, GateError
from dutygraph.loaders import SourceError
from dutygraph.model import Delta, GraphKind, Loaded
from dutygraph.service.imports.planning import Plan, planned
from dutygraph.sources import SourceRefusedError, read
from dutygraph.store import DEFAULT_BASE, BureauGraphs, EmbeddedStore, StoreError, StoreFolder, is_unused


def run(
    sources: Sources,
    store: Annotated[
        Path,
        typer.Option("--store", metavar="DIR", help="图库文件夹，没有则新建 / store folder, made if absent"),
    ],
    bureau: BureauCode = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只说明会改变什么 / only say what would change")
    ] = False,
    partial: Partial = False,
    lang: Lang = Language.ZH,
    engine: Engine = EngineName.COMPILED,
    base: Base = DEFAULT_BASE,
) -> None:
    """把台账载入图库，替换先前载入的台账 / Load ledgers into a store, replacing those loaded before.

    在线录入而台账没有写到的记录和豁免保留 / What was entered online and the ledgers do not state stays.
    """
    with progress() as bar:
        step(bar, "read", lang)
        try:
            loaded = read(sources, base=base, bureau=bureau, partial=partial, engine=engine.value)
            if dry_run and is_unused(store):
                plan = _plan(EmbeddedStore(), loaded.delta)
            else:
                with StoreFolder.open(store, create=not dry_run) as folder:
                    plan = _plan(folder.store, loaded.delta)
                    if not dry_run:
                        _commit(folder, plan.delta, loaded.rows)
        except SourceRefusedError as error:
            refuse_input(error.loaded, lang.value)
        except GateError as error:
            refuse_input(replace(loaded, problems=error.problems), lang.value)
        except SourceError as error:
            refuse(error.problem.line(lang.value))
        except StoreError as error:
            refuse(error.text, lang.value)
    if partial:
        print_problems(loaded, lang.value)
        write_rejected_beside(loaded, sources[0], lang.value)
    typer.echo(_summary(loaded, plan.delta, store, dry_run=dry_run, lang=lang))
    for line in _online(plan, lang):
        typer.echo(line)


def _plan(store: EmbeddedStore, delta: Delta) -> Plan:
    return planned(store, BureauGraphs(delta.base, delta.bureau), delta.added)


def _commit(folder: StoreFolder, change: Delta, rows: int) -> None:
    kinds = {statement.graph for statement in (*change.added, *change.removed)}
    action = Action.NAMES if kinds == {GraphKind.IDENTITY} else Action.IMPORT
    committer, target, note = Committer(folder, base=change.base), f"bureau/{change.bureau}", f"{rows} rows"
    if change.added or change.removed:
        committer.commit(change, COMMAND_LINE, action, target=target, note=note)
    else:
        committer.note(COMMAND_LINE, action, bureau=change.bureau, target=target, note=note)


def _summary(loaded: Loaded, change: Delta, store: Path, *, dry_run: bool, lang: Language) -> str:
    added, removed = len(change.added), len(change.removed)
    if lang is Language.EN:
        verb = "would add" if dry_run else "added"
        counts = f"{verb} {added} statements, {removed} removed"
        return f"{change.bureau}: {loaded.rows} rows read; {counts} ({store})"
    verb = "将新增" if dry_run else "已新增"
    return f"{change.bureau}：读取{loaded.rows}行，{verb}{added}条、删除{removed}条陈述（{store}）"


def _online(plan: Plan, lang: Language) -> Iterator[str]:
    """Say what becomes of that which was entered online."""
    english = lang is Language.EN
    if plan.kept:
        yield (
            f"{plan.kept} statements entered online are not in the ledgers, and stay."
            if english
            else f"在线录入而台账没有写到的{plan.kept}条陈述保留。"
        )
    if plan.overwritten:
        things = ", ".join(f"{kind} {identifier}" for kind, identifier in plan.overwritten)
        yield (
            f"Changed online but stated otherwise by the ledgers, which were followed: {things}."
            if english
            else f"在线改过、台账写得不同，以台账为准：{things}。"
        )
