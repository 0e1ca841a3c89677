"""线图 / one business's line chart as a table: nodes in order, risks, controls before, during and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dutygraph.charts.line import LineChart, LineControl, LineNode, LineRisk
from dutygraph.charts.process import Part
from dutygraph.charts.versions import ChartVersion, Counts
from dutygraph.documents.gap_rows import SHORT, chosen, rules_by_gap, short_rows
from dutygraph.documents.labels import schema, sheet_of
from dutygraph.documents.model import Content, Heading, Kind, Row, name_of
from dutygraph.documents.words import word
from dutygraph.model import CheckReport, Thing
from dutygraph.pictures.look import Look
from dutygraph.pictures.palette import palette
from dutygraph.pictures.words import word as picture_word

_STAGES = ("before", "during", "after")
_FLAT = ("node", "posts", "risk", "before", "during", "after", "owners", "steps", "holes")
_SHADES = {
    "node": "node_colour", "risk": "risk_colour", "before": "before_colour", "during": "during_colour",
    "after": "after_colour", "owners": "owner_colour", "holes": "holes_colour",
}  # fmt: skip


def line_document(chart: LineChart, report: CheckReport, language: str) -> Content:
    """Return a line chart, its open gaps marked where they are."""
    teller = _Teller(chart, report, language)
    nodes = [teller.node(node) for node in chart.nodes]
    gaps = short_rows(chosen(report.findings, teller.gap_ids()), language)
    fields: Row = {
        **teller.facts(),
        "gap_count": len(gaps),
        "nodes": nodes,
        "unplaced": [
            {"thing": name_of(one.thing)} for one in (*chart.unplaced_risks, *chart.unplaced_controls)
        ],
        "gaps": gaps,
        "versions": [teller.version(one) for one in chart.versions],
    }
    flat = [{**node, **row} for node in nodes for row in _rows(node["rows"])]
    name = name_of(chart.business.thing)
    columns = schema(Kind.LINE_CHART)
    return Content(
        Kind.LINE_CHART,
        language,
        Heading.of(report, word("scope", "business", language, name=name)),
        "" if nodes else word("none", "line-chart", language, examined=report.counts.get("ProcessNode", 0)),
        fields,
        (
            sheet_of(word("sheet", "line", language), _FLAT, flat, language, _SHADES),
            sheet_of(word("sheet", "gaps", language), SHORT, gaps, language),
            sheet_of(
                word("sheet", "versions", language), columns["versions"], _rows(fields["versions"]), language
            ),
        ),
    )


def _rows(value: object) -> Sequence[Row]:
    assert isinstance(value, list)
    return value


class _Teller:
    """Tells a line chart in words and colours."""

    def __init__(self, chart: LineChart, report: CheckReport, language: str) -> None:
        self._chart, self._language, self._look = chart, language, Look(language)
        self._rules = rules_by_gap(report.findings)
        self._paint: Mapping[str, str] = {
            name: colour.lstrip("#").upper() for name, colour in palette("light").items()
        }

    def facts(self) -> Row:
        """Return the business, its supervisors, the version shown and the counts."""
        chart, business = self._chart, self._chart.business
        shown = chart.shown
        version = self.version(shown) if shown else {}
        risks = [risk for node in chart.nodes for risk in node.risks]
        controls = {control.thing for risk in risks for control in risk.controls}
        return {
            "business": name_of(business.thing),
            "department": "；".join(one.label for one in business.departments),
            "star": picture_word("star", str(business.star or 0), self._look),
            **{f"tier{tier}": self._supervisors(tier) for tier in (1, 2, 3)},
            **{
                key: version.get(key, "")
                for key in ("version", "state", "authored", "reviewed", "published_on", "counted", "declared")
            },
            **({} if shown else {"version": word("say", "registered", self._language)}),
            "node_count": len(chart.nodes),
            "risk_count": len(risks),
            "control_count": len(controls),
        }

    def _supervisors(self, tier: int) -> str:
        held = (self._chart.business.supervisors or {}).get(tier, ())
        told = (
            f"{one.appointment.id}（{one.person.id}）" if one.person else one.appointment.id for one in held
        )
        return "；".join(told) or word("say", "none", self._language)

    def version(self, one: ChartVersion) -> Row:
        """Return a version of the chart: who made, reviewed and published it, what it declares and holds."""
        outcome = one.outcome.in_language(self._language) if one.outcome else ""
        return {
            "id": one.thing.id,
            "version": one.version or one.thing.id,
            "state": one.state.in_language(self._language) if one.state else "",
            "authored": _joined(one.authored_by, one.authored_on),
            "reviewed": f"{_joined(one.reviewed_by, one.reviewed_on)} {outcome}".strip(),
            "published_on": str(one.published_on or ""),
            "counted": self._counts(one.counted),
            "declared": self._counts(one.declared),
        }

    def _counts(self, counts: Counts) -> str:
        held = {"nodes": counts.nodes, "risks": counts.risks, "controls": counts.controls}
        told = {key: "—" if value is None else value for key, value in held.items()}
        return word("say", "counts", self._language, **told)

    def gap_ids(self) -> Iterator[str]:
        """Yield the gaps of all that the chart shows."""
        chart = self._chart
        yield from chart.business.gaps
        for version in chart.versions:
            yield from version.gaps
        for node in chart.nodes:
            yield from self._of(node)
        for risk in chart.unplaced_risks:
            yield from risk.gaps
        for control in chart.unplaced_controls:
            yield from control.gaps

    def _of(self, node: LineNode) -> Iterator[str]:
        yield from node.gaps
        for risk in node.risks:
            yield from risk.gaps
            for control in risk.controls:
                yield from control.gaps

    def node(self, node: LineNode) -> Row:
        """Return a node with a row for each of its risks."""
        number = "" if node.sequence is None else f"{node.sequence}. "
        marks = (
            word("say", "key", self._language) if node.key else "",
            "★" * (node.star or 0),
        )
        return {
            "node": "\n".join(
                filter(None, (f"{number}{node.thing.label}", node.thing.id, " ".join(filter(None, marks))))
            ),
            "posts": "\n".join(self._posts(node)),
            "steps": "\n".join(step.thing.label for step in node.steps),
            "node_colour": self._hole(node.gaps) or self._paint["card"],
            "rows": [self._row(node, risk) for risk in node.risks] or [self._empty(node)],
        }

    def _posts(self, node: LineNode) -> Iterator[str]:
        for part in Part:
            held = "、".join(post.label for post in node.posts.get(part, ()))
            if held:
                yield f"{picture_word('part', part.value, self._look)}：{held}"

    def _empty(self, node: LineNode) -> Row:
        language = self._language
        told = word("say", "no-risk", language)
        if node.no_risk_on:
            told = word("say", "assessed", language, date=node.no_risk_on)
        return self._told(node, told, (), ())

    def _row(self, node: LineNode, risk: LineRisk) -> Row:
        retired = picture_word("word", "retired", self._look) if risk.retired else ""
        return self._told(node, f"{name_of(risk.thing)}{retired}", risk.controls, risk.gaps, risk)

    def _told(
        self,
        node: LineNode,
        risk_text: str,
        controls: Sequence[LineControl],
        gaps: Sequence[str],
        risk: LineRisk | None = None,
    ) -> Row:
        first = risk is None or risk is node.risks[0]
        ids = [*(node.gaps if first else ()), *gaps, *(gap for one in controls for gap in one.gaps)]
        rules = list(dict.fromkeys(self._rules[gap] for gap in ids if gap in self._rules))
        bare = risk is not None and not risk.retired and not controls
        columns = {stage: self._stage(controls, stage) for stage in _STAGES}
        owners = dict.fromkeys(owner.label for one in controls for owner in one.owners)
        ownerless = any(not one.owners for one in controls)
        if bare:
            columns["before"] = word("say", "no-control", self._language)
        if ownerless:
            owners[word("say", "no-owner", self._language)] = None
        shades = {
            f"{stage}_colour": self._paint[f"stage-{stage}"] if text else ""
            for stage, text in columns.items()
        }
        return {
            "risk": risk_text,
            **columns,
            "owners": "\n".join(owners),
            "holes": "、".join(rules),
            **shades,
            **({"before_colour": self._paint["hole"]} if bare else {}),
            "risk_colour": self._hole(gaps),
            "owner_colour": self._paint["hole"] if ownerless else "",
            "holes_colour": self._paint["hole"] if rules else "",
        }

    def _stage(self, controls: Sequence[LineControl], stage: str) -> str:
        """Return the controls of a stage; those without any stand first, marked."""
        mark = word("say", "no-stage", self._language)
        told = [name_of(one.thing) for one in controls if f"stage-{stage}" in one.stages]
        if stage == _STAGES[0]:
            known = {f"stage-{each}" for each in _STAGES}
            told += [f"{name_of(one.thing)}{mark}" for one in controls if not known & set(one.stages)]
        return "\n".join(told)

    def _hole(self, gaps: Sequence[str]) -> str:
        return self._paint["hole"] if any(gap in self._rules for gap in gaps) else ""


def _joined(who: Thing | None, when: object) -> str:
    return " ".join(str(one) for one in (who.id if who else None, when) if one)
