"""Rules of inference: from asserted records to stars, duties owed and responsibility edges.

Each rule is a folder `rules/<name>/` with `rule.ttl` (a standard SHACL rule, SHACL-AF 8.3), `given.ttl` and
`then.ttl` (an example: what goes in, exactly what comes out). Nothing lists them; a new folder is a new rule.

`load_rules` reads them, `derive` runs them over graphs of a store, `derive_graph` over one rdflib graph;
`Inference` keeps them up to date after changes.
Everything raised on purpose is a `RuleError`.
"""

from dutygraph.rules.catalogue import DERIVED_GRAPHS, InferenceRule, RuleError, load_rules
from dutygraph.rules.incremental import DerivedChange, Inference
from dutygraph.rules.run import derive, derive_graph

__all__ = [
    "DERIVED_GRAPHS",
    "DerivedChange",
    "Inference",
    "InferenceRule",
    "RuleError",
    "derive",
    "derive_graph",
    "load_rules",
]
