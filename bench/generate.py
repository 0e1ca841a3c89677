"""Scale the example bureau to N bureaus: the same triples under other names, the gaps a little different.

Written to the folder of the data, from the example workbook, always the same bytes for the same arguments:

* ``bureaus/SL01.nt`` … one file per bureau: what a check validates (asserted, derived, run)
* ``all-N.nt`` the same of N bureaus as one file, each triple once
* ``all-N.nq`` the same as named graphs, as the store of the product holds them
* ``shapes.ttl`` all responsibility shapes; ``shapes-K.ttl`` the first K of them

A triple that no rule of inference reads is left out here and there, so that every bureau has gaps of its
own and the derived triples stay right. All bureaus are judged in one run: with a run each, a rule that asks
for the date would find N of them in the file of all bureaus, and look N times at each record.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox
from rdflib import SH, Graph
from rdflib.compare import to_canonical_graph

from dutygraph.bureaus import describe_bureau
from dutygraph.check import date_of_check, prepare
from dutygraph.ontology import SV
from dutygraph.shapes import catalogue, load_shapes
from dutygraph.sources import OpenSource, open_source

HERE = Path(__file__).parent
EXAMPLE = HERE.parent / "examples" / "bureau" / "bureau.xlsx"
VARIED = ("evidence", "stage", "aspect", "category", "grade", "includesControl", "hasFocus", "issueOwner")
"""Properties that no rule of inference reads: leaving some out changes gaps and nothing else."""

_PER_MILLE = 1000


def main() -> None:
    """Write the data of the sizes asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--bureaus", type=int, nargs="+", default=[1, 10])
    parser.add_argument("--gaps", type=int, default=10, help="of 1000 varied triples, how many are left out")
    arguments = parser.parse_args()
    write_data(arguments.folder, arguments.bureaus, arguments.gaps)


def write_data(folder: Path, sizes: Iterable[int], gaps: int) -> None:
    """Write files for these numbers of bureaus, and the shapes; what is there already is written again."""
    (folder / "bureaus").mkdir(parents=True, exist_ok=True)
    write_shapes(folder)
    lines = list(example_lines())
    sizes = sorted(sizes)
    written: set[str] = set()
    whole = [(folder / f"all-{n}.nt").open("w", encoding="utf-8", newline="\n") for n in sizes]
    quads = [(folder / f"all-{n}.nq").open("w", encoding="utf-8", newline="\n") for n in sizes]
    for number in range(1, sizes[-1] + 1):
        mine = list(bureau_lines(lines, code(number), gaps))
        triples = sorted({line for _, line in mine})
        (folder / "bureaus" / f"{code(number)}.nt").write_text("".join(triples), encoding="utf-8")
        new = [line for line in triples if line not in written]
        # Only what names no bureau can come again: the calendar, the rating policy, the run.
        written.update(line for line in triples if "/bureau/" not in line)
        for size, file, named in zip(sizes, whole, quads, strict=True):
            if number <= size:
                file.writelines(new)
                named.writelines(f"{line[:-2]}<{graph}> .\n" for graph, line in mine)
    for file in (*whole, *quads):
        file.close()


def write_disk(folder: Path, sizes: Iterable[int]) -> None:
    """Write the named graphs of these sizes as stores in folders, as the product keeps them."""
    for size in sizes:
        place = folder / f"store-{size}"
        shutil.rmtree(place, ignore_errors=True)
        store = ox.Store(place)
        store.bulk_load(path=folder / f"all-{size}.nq", format=ox.RdfFormat.N_QUADS)
        store.optimize()
        del store


def code(number: int) -> str:
    """Give the code of the n-th bureau."""
    return f"SL{number:02}"


def example_lines() -> Iterator[tuple[str, str]]:
    """Yield the example bureau's checked graphs, derived afresh: graph, and triple as a line of N-Triples."""
    source = open_source([EXAMPLE])
    prepare(source.store, source.names, date_of_check(describe_bureau(source.store, source.names), None))
    for graph in checked_graphs(source):
        for triple in sorted(map(str, source.store.triples([graph]))):
            yield graph, f"{triple} .\n"


def checked_graphs(source: OpenSource) -> list[str]:
    """Give the graphs that a check of this bureau reads."""
    there = set(source.store.graphs())
    return [graph for graph in source.names.checked() if graph in there]


def bureau_lines(lines: Iterable[tuple[str, str]], name: str, gaps: int) -> Iterator[tuple[str, str]]:
    """Rename the example bureau to *name*, leaving out some varied triples."""
    varied = {f"<{SV[term]}>" for term in VARIED}
    for graph, line in lines:
        shared = line.replace("/bureau/SL01/run/current>", "/run/current>")
        mine = shared.replace("/bureau/SL01", f"/bureau/{name}").replace('"SL01"', f'"{name}"')
        if line.split(" ", 2)[1] in varied and _lot(mine) < gaps:
            continue
        yield graph.replace("/bureau/SL01", f"/bureau/{name}"), mine


def _lot(line: str) -> int:
    return int.from_bytes(sha256(line.encode()).digest()[:4]) % _PER_MILLE


def write_shapes(folder: Path, counts: Iterable[int] = (10, 40)) -> None:
    """Write all shapes that a data graph can be asked, and smaller sets of them."""
    _serialise(load_shapes(), folder / "shapes.ttl")
    rules = sorted({shape.rule for shape in catalogue() if not shape.dataset_check})
    for count in counts:
        # Every n-th rule, so that a small set is of the same mixture as the large one.
        chosen = {rules[at * len(rules) // count] for at in range(count)}
        _serialise(load_shapes(chosen), folder / f"shapes-{count}.ttl")


def _serialise(shapes: Graph, file: Path) -> None:
    canonical = to_canonical_graph(shapes)
    named = Graph()
    named.bind("sh", SH)
    named.bind("sv", SV)
    for triple in canonical:
        named.add(triple)
    named.serialize(file, format="turtle")


if __name__ == "__main__":
    main()
