"""Why a result is there, what was read to find it, and what would mend it.

`explain` is the door; `Explanation` is what it gives, `as_lines` and `as_data` write it down.
"""

from dutygraph.shacl.explaining.explainer import Derived, Explainer, explain
from dutygraph.shacl.explaining.model import (
    Absence,
    Branch,
    Cause,
    Explanation,
    Fact,
    Naming,
    Placeholder,
    Repair,
    Triple,
)
from dutygraph.shacl.explaining.render import as_data, as_lines, facts_of, is_partial
from dutygraph.shacl.explaining.words import prefixed, prefixes_of

__all__ = [
    "Absence",
    "Branch",
    "Cause",
    "Derived",
    "Explainer",
    "Explanation",
    "Fact",
    "Naming",
    "Placeholder",
    "Repair",
    "Triple",
    "as_data",
    "as_lines",
    "explain",
    "facts_of",
    "is_partial",
    "prefixed",
    "prefixes_of",
]
