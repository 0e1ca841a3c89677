"""After a change of one record: the time until the new list of gaps, in stores of any size."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from engines import HERE, OURS, ours


def measure_changes(data: Path, sizes: Iterable[int]) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield lines for the results file: stores of these sizes, in memory and in a folder."""
    script = HERE / "peers" / "change_adapter.py"
    for size in sizes:
        for place, title in ((data / f"all-{size}.nq", "memory"), (data / f"store-{size}", "folder")):
            command = [ours().python, "-W", "ignore", script, place]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            printed = json.loads(done.stdout)
            for kind, times in printed["times"].items():
                line = {
                    "table": "change",
                    "size": size,
                    "engine": OURS,
                    "mode": f"{title}, {kind}",
                    "failed": "",
                    "seconds": times,
                    "cpu": [],
                    "peak_kib": printed["peak_kib"],
                    "results": printed["compared"],
                    "different": {"list of gaps": printed["different"]} if printed["different"] else {},
                }
                yield f"change|{size}|{OURS}|{line['mode']}", line
