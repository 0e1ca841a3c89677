"""The colours: text stands out by 4.5, marks by 3; what matters differs for those who lack red or green."""

from __future__ import annotations

import math
import re
from itertools import combinations

import pytest

from dutygraph.pictures import palette, repainting, variables

Colour = tuple[float, float, float]
STARS = ("star-0", "star-1", "star-2", "star-3")
CHANGES = ("added", "removed", "changed")
ON_PAPER = ("ink", "soft", "gap", "chain", *CHANGES)
KINDS = tuple(name for name in palette("light") if name.startswith("kind-"))
# text colour on ground colour, wherever a picture writes
WRITTEN = (
    *((name, "paper") for name in ON_PAPER),
    *((f"on-{star}", star) for star in STARS),
    ("on-gap", "gap"),
    ("on-hole", "hole"),
    *((name, "card") for name in (*KINDS, "ink", "soft", "on-hole")),
    *((name, "band") for name in ("ink", "soft")),
    *(
        (name, f"{ground}")
        for name in ("ink", "soft", "on-hole")
        for ground in ("stage-before", "stage-during", "stage-after", *(f"{one}-wash" for one in CHANGES))
    ),
    *(("paper", name) for name in CHANGES),
    ("paper", "kind-node"),
    *(("kind-risk", f"{one}-wash") for one in CHANGES),
)
# colours that alone would have to be told apart at a glance
APART = (*combinations(STARS, 2), *(("gap", star) for star in STARS[1:]), ("gap", "chain"), ("gap", "edge"))
# Viénot, Brettel and Mollon (1999), on linear light
PROTANOPIA = ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0))
DEUTERANOPIA = ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0))
NORMAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def linear(colour: str) -> Colour:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    light = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return light[0], light[1], light[2]


def luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def lab(light: Colour) -> Colour:
    """Return CIE L*a*b* of linear light (D65)."""
    red, green, blue = (min(max(part, 0.0), 1.0) for part in light)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    f = [t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z)]
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def difference(one: str, other: str, sight: tuple[Colour, Colour, Colour]) -> float:
    """Return how different two colours look (CIE 1976) to eyes that see light so."""

    def seen(colour: str) -> Colour:
        light = linear(colour)
        mixed = [sum(row[place] * light[place] for place in range(3)) for row in sight]
        return lab((mixed[0], mixed[1], mixed[2]))

    return math.dist(seen(one), seen(other))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), WRITTEN)
def test_text_stands_out(theme: str, text: str, ground: str) -> None:
    colours = palette(theme)
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("mark", ["gap", "edge", "chain", *CHANGES, *KINDS])
def test_marks_stand_out(theme: str, mark: str) -> None:
    colours = palette(theme)
    assert contrast(colours[mark], colours["paper"]) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("sight", [NORMAL, PROTANOPIA, DEUTERANOPIA], ids=["all", "no red", "no green"])
@pytest.mark.parametrize(("one", "other"), APART)
def test_what_matters_looks_different_to_everybody(
    theme: str, sight: tuple[Colour, Colour, Colour], one: str, other: str
) -> None:
    colours = palette(theme)
    # two colours side by side differ plainly from about 10 on; red and green of old would be below 5
    assert difference(colours[one], colours[other], sight) >= 9


def test_the_simulation_takes_red_for_green() -> None:
    assert difference("#c00000", "#606000", NORMAL) > 60
    assert difference("#a07000", "#6a8a00", DEUTERANOPIA) < difference("#a07000", "#6a8a00", NORMAL) / 2


def test_stars_grow_steadily_in_contrast_to_the_paper() -> None:
    for theme in ("light", "dark"):
        colours = palette(theme)
        steps = [contrast(colours[star], colours["paper"]) for star in STARS]
        assert steps == sorted(steps)


def test_both_themes_name_the_same_colours_and_pages_can_use_them() -> None:
    light, dark = palette("light"), palette("dark")
    assert light.keys() == dark.keys()
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in (*light.values(), *dark.values()))
    assert f"--dg-gap: {dark['gap']};" in variables("dark")
    assert f".page .f-star-3 {{ fill: {dark['star-3']}; }}" in repainting("dark", ".page")
    assert f".page .s-gap {{ stroke: {light['gap']}; }}" in repainting("light", ".page")
