"""What runs beside the endpoints while the service does; each part starts and stops with it."""

from __future__ import annotations

from dutygraph.service.answers import keep_answers
from dutygraph.service.control import open_control
from dutygraph.service.gaps.handling import keep_in_turn
from dutygraph.service.gaps.judged import keep_judged
from dutygraph.service.imports.importing import open_imports
from dutygraph.service.running import PartOpener
from dutygraph.service.sparql.service import open_sparql

PARTS: tuple[PartOpener, ...] = (
    keep_answers,
    keep_in_turn,
    keep_judged,
    open_sparql,
    open_imports,
    open_control,
)
"""In the order in which they start; they stop in the opposite order. An endpoint gets at one by its type:
``service.part(Workers)``."""
