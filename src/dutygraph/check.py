"""The main job on one page: a bureau's graphs → derived → validated → gaps with who must act."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime

import pyoxigraph as ox
from rdflib import Graph

from dutygraph.bureaus import Bureau, describe_bureau
from dutygraph.dataset_check import check_dataset
from dutygraph.findings import Describer
from dutygraph.model import CheckReport, Finding, Problem, RuleOutcome, Text
from dutygraph.ontology import SV
from dutygraph.reasons import Reasons
from dutygraph.responsible import Responsibilities
from dutygraph.rules import derive
from dutygraph.run import plan_years, run_graph
from dutygraph.shacl import Compiled, Engine, Result, validate
from dutygraph.shapes import RuleShape, catalogue, load_dataset_shapes
from dutygraph.shapes.compiled import compiled_shapes
from dutygraph.store import DERIVED_KINDS, BureauGraphs, EmbeddedStore
from dutygraph.store.terms import to_oxigraph_triples
from dutygraph.things import Things
from dutygraph.waivers import current_waivers

Progress = Callable[[str], None]


class CheckError(Exception):
    """The check cannot be made as asked; ``text`` says why and what to do."""

    def __init__(self, text: Text) -> None:
        """Keep what to tell the user."""
        super().__init__(f"{text.zh} / {text.en}")
        self.text = text


def check(
    store: EmbeddedStore,
    names: BureauGraphs,
    *,
    as_of: date | None = None,
    rules: Collection[str] | None = None,
    engine: Engine = "compiled",
    notices: tuple[Problem, ...] = (),
    explain: bool = False,
    progress: Progress = lambda _step: None,
) -> CheckReport:
    """Derive, validate and describe one bureau of *store* as of a date.

    *as_of* defaults to the date of the bureau's data, else today (domain section 9). *rules* limits the
    check to these rule ids. *explain* adds to every gap why it is there. *progress* is told the name of each
    step as it begins.

    Raises:
        CheckError: a rule id is unknown.

    """
    asked = _asked(rules)
    bureau = describe_bureau(store, names)
    judged = date_of_check(bureau, as_of)
    progress("derive")
    prepare(store, names, judged)
    progress("validate")
    shapes = compiled_shapes(None if rules is None else frozenset(rules))
    results, examined = _validate(store, names, asked, shapes, engine)
    progress("describe")
    findings = _describe(store, names, judged, shapes.graph, results, explain=explain)
    return CheckReport(
        bureau=names.code,
        bureau_label=bureau.label,
        as_of=judged,
        computed_at=datetime.now(tz=UTC),
        counts=count_classes(store, names),
        rules=outcomes(asked, examined, findings),
        findings=findings,
        notices=notices,
    )


def date_of_check(bureau: Bureau, asked: date | None) -> date:
    """Return the date to judge by: the one asked for, else that of the data, else today (section 9)."""
    return asked or bureau.data_date or datetime.now(tz=UTC).date()


def prepare(store: EmbeddedStore, names: BureauGraphs, as_of: date) -> None:
    """Write the run's data and rebuild the derived graphs of one bureau."""
    store.replace(names.run_graph, run_triples(store, names, as_of))
    asserted = names.all_asserted(DERIVED_KINDS)
    derived = derive(store.oxigraph, names.run, (*asserted, names.run_graph))
    for kind in DERIVED_KINDS:
        store.replace(names.derived(kind), derived.get(f"derived-{kind.value}", ()))


def run_triples(store: EmbeddedStore, names: BureauGraphs, as_of: date) -> tuple[ox.Triple, ...]:
    """Return the data of a run on a bureau as it is now: date, calendar, policy in force."""
    has_policy = store.ask(f"ASK {{ ?policy a <{SV.RatingPolicy}> }}", graphs=names.all_asserted())
    run = run_graph(names, as_of, plan_years(store, names), policy=not has_policy)
    return to_oxigraph_triples(run)


def count_classes(store: EmbeddedStore, names: BureauGraphs) -> Mapping[str, int]:
    """Return how many things of each class the bureau has registered, by class name."""
    query = "SELECT ?class (COUNT(DISTINCT ?thing) AS ?count) { ?thing a ?class } GROUP BY ?class"
    rows = store.select(query, graphs=names.all_asserted(DERIVED_KINDS))
    counts = {row["class"].value: int(row["count"].value) for row in rows}
    return {
        name.removeprefix(str(SV)): count
        for name, count in sorted(counts.items())
        if name.startswith(str(SV))
    }


def _asked(rules: Collection[str] | None) -> tuple[RuleShape, ...]:
    known = catalogue()
    if rules is None:
        return known
    unknown = sorted(set(rules) - {shape.rule for shape in known})
    if unknown:
        listed = "、".join(unknown)
        raise CheckError(
            Text(
                f"没有规则{listed}；“dutygraph rules”列出全部规则。",
                f"There is no rule {listed}; “dutygraph rules” lists them all.",
            )
        )
    return tuple(shape for shape in known if shape.rule in rules)


def _validate(
    store: EmbeddedStore, names: BureauGraphs, asked: Iterable[RuleShape], shapes: Compiled, engine: Engine
) -> tuple[list[Result], dict[str, int]]:
    there = set(store.graphs())
    graphs = [graph for graph in names.checked() if graph in there]
    report = validate(store.oxigraph, shapes, engine=engine, graphs=graphs)
    results, examined = list(report.results), dict(report.examined)
    if any(shape.dataset_check for shape in asked):
        more, more_examined = check_dataset(store, load_dataset_shapes(), graphs)
        results.extend(more)
        examined.update(more_examined)
    return results, examined


def _describe(
    store: EmbeddedStore,
    names: BureauGraphs,
    as_of: date,
    shapes: Graph,
    results: Iterable[Result],
    *,
    explain: bool,
) -> tuple[Finding, ...]:
    graphs = names.checked()
    things = Things(store.triples(graphs))
    describer = Describer(
        bureau=names.code,
        store=store,
        things=things,
        responsibilities=Responsibilities(store, graphs, things),
        waivers=current_waivers(store, graphs, as_of),
        shapes=shapes,
        rules={shape.iri: shape for shape in catalogue()},
        explain=Reasons(store, names, graphs, shapes, things).explained if explain else None,
    )
    return describer.findings(results)


def outcomes(
    asked: Iterable[RuleShape], examined: Mapping[str, int], findings: Iterable[Finding]
) -> tuple[RuleOutcome, ...]:
    """Return how each shape came out, in rule order."""
    gaps: Counter[tuple[str, str, bool]] = Counter(
        (finding.rule, finding.severity, finding.waived is not None) for finding in findings
    )
    return tuple(
        RuleOutcome(
            rule=shape.rule,
            severity=shape.severity,
            label=shape.label,
            examined=examined.get(shape.iri, 0),
            gaps=gaps[shape.rule, shape.severity, False],
            waived=gaps[shape.rule, shape.severity, True],
        )
        for shape in asked
    )
