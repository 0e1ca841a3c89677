"""Damage as a failing disk does it: bytes of a data file are not what was written."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

_SMALL = 10_000
"""A file of fewer bytes is one block with its index: a store with such a one damaged does not even open."""


def data_files(graph: Path) -> list[Path]:
    """Have a store write out its log; return the files in which a damaged block shows when it is read."""
    store = ox.Store(graph)
    store.flush()
    del store
    found = [file for file in sorted(graph.glob("*.sst")) if file.stat().st_size > _SMALL]
    assert found
    return found


def damage(files: Iterable[Path]) -> None:
    """Turn over some bytes of the first block of files."""
    for file in files:
        data = file.read_bytes()
        file.write_bytes(data[:500] + bytes(byte ^ 0xFF for byte in data[500:520]) + data[520:])


def damage_everywhere(files: Iterable[Path]) -> None:
    """Turn over some bytes of every block of files; a running store may have taken one away meanwhile."""
    for file in files:
        try:
            data = bytearray(file.read_bytes())
        except FileNotFoundError:
            continue
        for start in range(500, len(data), 2000):
            data[start : start + 20] = bytes(byte ^ 0xFF for byte in data[start : start + 20])
        file.write_bytes(data)
