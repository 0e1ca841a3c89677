"""Order and heights within the layers of a layered drawing.

The order follows the barycentre heuristic of Sugiyama, Tagawa and Toda (1981); heights are the best fit, by
least squares, to the means of the neighbours' that keeps a layer's things apart (pool adjacent violators).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_SWEEPS = 12


def in_order(layers: Sequence[Sequence[str]], beside: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return the layers sorted so that few lines cross; *beside* are neighbours in adjacent layers."""
    found = [list(layer) for layer in layers]
    for sweep in range(_SWEEPS):
        moved = False
        for number in _sweep(len(found), sweep):
            places = {key: (place + 0.5) / len(layer) for layer in found for place, key in enumerate(layer)}
            ordered = sorted(found[number], key=lambda key: (_mean(key, beside, places), places[key]))
            moved |= ordered != found[number]
            found[number] = ordered
        if not moved:
            break
    return found


def settled(
    layers: Sequence[Sequence[str]],
    beside: Mapping[str, Sequence[str]],
    heights: Mapping[str, float],
    apart: float,
) -> Mapping[str, float]:
    """Return the middle heights of everything, each as near to its neighbours' mean as can be."""
    middles: dict[str, float] = {}
    for layer in layers:
        middles |= _fitted(layer, [0.0] * len(layer), heights, apart)
    for sweep in range(_SWEEPS):
        for number in _sweep(len(layers), sweep):
            layer = layers[number]
            wanted = [_mean(key, beside, middles) for key in layer]
            middles |= _fitted(layer, wanted, heights, apart)
    return middles


def _sweep(count: int, sweep: int) -> Sequence[int]:
    return range(count) if sweep % 2 == 0 else range(count - 1, -1, -1)


def _mean(key: str, beside: Mapping[str, Sequence[str]], places: Mapping[str, float]) -> float:
    others = beside.get(key, ())
    return sum(places[other] for other in others) / len(others) if others else places[key]


def _fitted(
    layer: Sequence[str], wanted: Sequence[float], heights: Mapping[str, float], apart: float
) -> Mapping[str, float]:
    """Return the middles nearest to those wanted at which nothing of a layer overlaps."""
    offsets, offset = [], 0.0
    for number, key in enumerate(layer):
        if number:
            offset += (heights[layer[number - 1]] + heights[key]) / 2 + apart
        offsets.append(offset)
    blocks: list[tuple[float, int]] = []  # mean and size of what has been pooled
    for want, shift in zip(wanted, offsets, strict=True):
        mean, size = want - shift, 1
        while blocks and blocks[-1][0] > mean:
            other, many = blocks.pop()
            mean, size = (mean * size + other * many) / (size + many), size + many
        blocks.append((mean, size))
    levels = [mean for mean, size in blocks for _ in range(size)]
    return {key: level + shift for key, level, shift in zip(layer, levels, offsets, strict=True)}
