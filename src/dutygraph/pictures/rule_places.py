"""Where one can point at in the example of a rule, and where its hole is: for who learns to find it."""

from __future__ import annotations

from dataclasses import dataclass

from dutygraph.pictures.example_facts import read_example
from dutygraph.pictures.look import Look
from dutygraph.pictures.rule_example import UnknownRuleError
from dutygraph.shapes import rule_folders


@dataclass(frozen=True, slots=True)
class RulePlace:
    """A thing of an example: its ``data-id`` in the picture, what it is, its name, whether it is the hole."""

    identity: str
    caption: str
    name: str
    hole: bool


def rule_places(rule: str, look: Look) -> tuple[RulePlace, ...]:
    """Return the things of a rule's offending example, each once; those that its gaps are about are holes.

    Raises:
        UnknownRuleError: there is no such rule.

    """
    folder = next((one for one in rule_folders() if one.name.startswith(f"{rule.upper()}-")), None)
    if folder is None:
        raise UnknownRuleError(rule)
    example = read_example(folder, look, conforming=False)
    holes = {gap.focus for gap in example.gaps}
    places = {
        card.identity: RulePlace(
            card.identity, card.caption, f"{card.number} {card.name}".strip(), card.key in holes
        )
        for card in sorted(example.net.cards, key=lambda card: card.key in holes)
        if card.identity is not None
    }
    return tuple(sorted(places.values(), key=lambda place: (place.caption, place.name)))
