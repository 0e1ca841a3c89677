"""Figures about people: none that is about fewer than three of them (domain section 8)."""

from __future__ import annotations

FEWEST_PEOPLE = 3


def withheld(people: int) -> bool:
    """Tell whether a figure about so many people is withheld from those who see only figures.

    None at all is told: nobody is known by it.
    """
    return 0 < people < FEWEST_PEOPLE
