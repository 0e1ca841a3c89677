"""``dutygraph export``: a bureau's graphs as N-Quads or TriG."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import pyoxigraph as ox
import typer

from dutygraph.bureaus import describe_bureau
from dutygraph.check import date_of_check, prepare
from dutygraph.cli.console import write_output
from dutygraph.cli.opening import open_or_refuse
from dutygraph.cli.options import AsOf, Base, BureauCode, EngineName, Lang, Language, Output, Sources
from dutygraph.model import GraphKind
from dutygraph.store import DEFAULT_BASE, DERIVED_KINDS


class GraphFormat(StrEnum):
    """Serialisations of a dataset."""

    NQUADS = "nquads"
    TRIG = "trig"


def run(
    sources: Sources,
    format_: Annotated[GraphFormat, typer.Option("--format", help="格式 / format")] = GraphFormat.NQUADS,
    output: Output = None,
    derived: Annotated[bool, typer.Option("--derived", help="连同推导所得 / with what was derived")] = False,
    restricted: Annotated[
        bool,
        typer.Option(
            "--restricted",
            help="连同考核、奖惩、谈话和未开展的飞行监督 / with scores, talks and inspections still to come",
        ),
    ] = False,
    as_of: AsOf = None,
    bureau: BureauCode = None,
    base: Base = DEFAULT_BASE,
    lang: Lang = Language.ZH,
) -> None:
    """导出图数据；人员姓名从不导出 / Export the graph; people's names never leave."""
    source = open_or_refuse(
        sources, base=base, bureau=bureau, partial=False, engine=EngineName.COMPILED, lang=lang
    )
    kinds = [kind for kind in DERIVED_KINDS if restricted or kind is not GraphKind.RESTRICTED]
    graphs = source.names.all_asserted(kinds)
    if derived:
        stated = describe_bureau(source.store, source.names)
        prepare(source.store, source.names, date_of_check(stated, as_of.date() if as_of else None))
        graphs += source.names.all_derived(kinds)
    data = source.store.export(graphs)
    if format_ is GraphFormat.TRIG:
        quads = ox.parse(data, ox.RdfFormat.N_QUADS)
        data = ox.serialize(quads, format=ox.RdfFormat.TRIG) or b""
    write_output(data, output, lang, keep=sources)
