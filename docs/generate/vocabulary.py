"""``vocabulary.md``: the classes, properties and words of the ontology, and the default policy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.namespace import NamespaceManager
from rdflib.term import BNode, Node

from docs.generate.markdown import anchor, code, page, plain, table, told
from dutygraph.loaders import sheet_forms
from dutygraph.model import Text
from dutygraph.ontology import SV, concept_for, derived_terms, load_ontology, load_policy, words

MATCHES = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.relatedMatch, RDFS.seeAlso)
PREFIXES = {
    "sv": str(SV),
    "org": "http://www.w3.org/ns/org#",
    "prov": "http://www.w3.org/ns/prov#",
    "time": "http://www.w3.org/2006/time#",
    "qb": "http://purl.org/linked-data/cube#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "schema": "https://schema.org/",
    "dpv": "https://w3id.org/dpv#",
    "risk": "https://w3id.org/dpv/risk#",
    "bbo": "https://w3id.org/bbo#",
    "dcterms": "http://purl.org/dc/terms/",
    "skos": str(SKOS),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "sh": "http://www.w3.org/ns/shacl#",
}
CLASS_HEADINGS = ("类 Class", "名称", "Name", "上位类 Above", "定义", "Definition", "对应 Aligned with")
PROPERTY_HEADINGS = (
    "属性 Property",
    "名称",
    "Name",
    "主体 Of",
    "取值 Value",
    "台账列 Column",
    "定义",
    "Definition",
)
CONCEPT_HEADINGS = ("词 Word", "也写作 Also", "English", "标识 Term", "定义", "Definition")
BAND_HEADINGS = ("对象 Of", "星级 Star", "口径 Basis", "下限（含）At least", "权重之和不少于 Weight at least")
BAND_FIGURES = (SV.bandFor, SV.star, SV.basis, SV.lowerBound, SV.minWeight)
POLICY_FIGURES = (
    "version",
    "highStarCutOff",
    "halfYearReading",
    "loadLimit",
    "performWeight",
    "approveWeight",
    "manageWeight",
)


def document() -> str:
    """Return the whole document."""
    reader = Reader(load_ontology())
    properties = table(PROPERTY_HEADINGS, map(reader.property_row, reader.properties()))
    return page(
        "vocabulary",
        (
            f"## 类 Classes\n\n{table(CLASS_HEADINGS, map(reader.class_row, reader.of_type(OWL.Class)))}",
            f"## 属性 Properties\n\n{properties}",
            "## 词表 Word lists",
            *map(reader.scheme, reader.of_type(SKOS.ConceptScheme)),
            f"## 默认评级规则 Default rating policy\n\n{_policy(reader)}",
        ),
    )


class Reader:
    """The ontology, asked for what a row of the document needs."""

    def __init__(self, graph: Graph) -> None:
        """Keep the graph; name its terms with this document's prefixes."""
        self.graph = graph
        self._names = NamespaceManager(Graph(), bind_namespaces="none")
        for prefix, name in PREFIXES.items():
            self._names.bind(prefix, Namespace(name))
        self._columns = _columns()

    def of_type(self, kind: URIRef) -> Sequence[URIRef]:
        """Return the product's own terms of a type, by name."""
        found = {term for term in self.graph.subjects(RDF.type, kind) if isinstance(term, URIRef)}
        return sorted(term for term in found if term.startswith(str(SV)))

    def properties(self) -> Sequence[URIRef]:
        """Return the product's own properties, by name."""
        kinds = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
        return sorted({term for kind in kinds for term in self.of_type(kind)})

    def class_row(self, term: URIRef) -> tuple[str, ...]:
        """Return the row of a class."""
        label, definition = self._both(term)
        above = (t for t in self.graph.objects(term, RDFS.subClassOf) if t != SV.Record)
        aligned = (t for match in MATCHES for t in self.graph.objects(term, match))
        return (
            self._marked(term),
            label.zh,
            label.en,
            self._named(above),
            definition.zh,
            definition.en,
            self._named(aligned),
        )

    def property_row(self, term: URIRef) -> tuple[str, ...]:
        """Return the row of a property."""
        label, definition = self._both(term)
        schemes = [t for t in self.graph.objects(term, SV.valueScheme) if isinstance(t, URIRef)]
        links = sorted(f"[{self._name(scheme)}](#{anchor(self._scheme_title(scheme))})" for scheme in schemes)
        return (
            self._marked(term),
            label.zh,
            label.en,
            self._named(self._union(self.graph.objects(term, RDFS.domain))),
            " ".join(links) or self._named(self._union(self.graph.objects(term, RDFS.range))),
            "\n".join(self._columns.get(str(term), ())),
            definition.zh,
            definition.en,
        )

    def scheme(self, scheme: URIRef) -> str:
        """Return the section of a concept scheme, its words in the order of the drop-downs."""
        _, definition = self._both(scheme)
        rows = (self._concept_row(scheme, word) for word in words(scheme))
        text = f"`{self._name(scheme)}`：{plain(definition.zh)}\n\n{plain(definition.en)}"
        return f"### {self._scheme_title(scheme)}\n\n{text}\n\n{table(CONCEPT_HEADINGS, rows)}"

    def words_of(self, term: Node | None) -> str:
        """Return a term by its Chinese and English names."""
        if isinstance(term, URIRef):
            label = self._text(term, RDFS.label)
            return f"{label.zh} {label.en}"
        return str(term)

    def _concept_row(self, scheme: URIRef, word: str) -> tuple[str, ...]:
        concept = concept_for(scheme, word)
        assert concept is not None
        label, definition = self._text(concept, SKOS.prefLabel), self._text(concept, SKOS.definition)
        others = sorted(
            str(other)
            for other in self.graph.objects(concept, SKOS.altLabel)
            if isinstance(other, Literal) and other.language == "zh-hans"
        )
        return (
            label.zh,
            "、".join(others),
            plain(label.en),
            f"`{self._name(concept)}`",
            plain(definition.zh),
            plain(definition.en),
        )

    def _scheme_title(self, scheme: URIRef) -> str:
        label = self._text(scheme, RDFS.label)
        return f"{label.zh} {label.en}"

    def _both(self, term: URIRef) -> tuple[Text, Text]:
        label, definition = self._text(term, RDFS.label), self._text(term, SKOS.definition)
        return Text(plain(label.zh), plain(label.en)), Text(plain(definition.zh), plain(definition.en))

    def _text(self, term: URIRef, prop: URIRef) -> Text:
        found = {v.language: str(v) for v in self.graph.objects(term, prop) if isinstance(v, Literal)}
        return Text(found["zh-hans"], found["en"])

    def _marked(self, term: URIRef) -> str:
        return f"`{self._name(term)}`" + (" †" if term in derived_terms() else "")

    def _named(self, terms: Iterable[Node]) -> str:
        return code(sorted(self._name(term) for term in terms if isinstance(term, URIRef)))

    def _name(self, term: URIRef) -> str:
        return str(self._names.normalizeUri(term))

    def _union(self, terms: Iterable[Node]) -> Iterable[Node]:
        for term in terms:
            members = self.graph.value(term, OWL.unionOf) if isinstance(term, BNode) else None
            yield from (term,) if members is None else Collection(self.graph, members)


def _columns() -> Mapping[str, Sequence[str]]:
    """Return in which columns of the ledger each property is stated."""
    found: dict[str, list[str]] = defaultdict(list)
    for form in sheet_forms():
        for column in form.columns:
            stated = {str(output.property) for output in column.outputs} | {
                str(p) for p in column.flags.values()
            }
            for prop in sorted(stated):
                found[prop].append(f"{form.name} {column.header}")
    return found


def _policy(reader: Reader) -> str:
    policy = load_policy()
    subject = next(policy.subjects(RDF.type, SV.RatingPolicy))
    rows = (
        (f"`sv:{name}`", reader.words_of(SV[name]), reader.words_of(policy.value(subject, SV[name])))
        for name in POLICY_FIGURES
    )
    bands = sorted(policy.objects(subject, SV.hasBand), key=str, reverse=True)
    band_rows = (tuple(reader.words_of(policy.value(band, prop)) for prop in BAND_FIGURES) for band in bands)
    return "\n\n".join(
        (
            told("vocabulary")["policy"].strip(),
            table(("参数 Parameter", "含义 Meaning", "缺省值 Default"), rows),
            table(BAND_HEADINGS, band_rows),
        )
    )
