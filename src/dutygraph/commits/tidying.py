"""What a process that was killed left behind, removed when the folder is next opened to be written to."""

from __future__ import annotations

from dutygraph.commits.entries import COMMIT_NUMBER
from dutygraph.commits.register import commit_node
from dutygraph.store import BureauGraphs
from dutygraph.store.folder import COMMITS, RULESETS, UNFINISHED, StoreFolder


def tidy(folder: StoreFolder, bureaus: tuple[BureauGraphs, ...]) -> None:
    """Remove unfinished files, and the file of a commit that was never confirmed.

    A bureau has one such file at most, that of the commit after its latest; a file further on was not left
    by a kill, and stays for ``audit verify`` to tell.

    Raises:
        OSError: a file cannot be removed.

    """
    for place in (folder.path, folder.path / RULESETS, *(folder.path / COMMITS).glob("*")):
        for unfinished in place.glob(f"*{UNFINISHED}"):
            unfinished.unlink()
    owners = {folder.commits_of(names): names for names in bureaus}
    for place in (folder.path / COMMITS).glob("*"):
        head = confirmed_head(folder, owners[place]) if place in owners else 0
        (place / f"{head + 1}.nq.gz").unlink(missing_ok=True)


def confirmed_head(folder: StoreFolder, names: BureauGraphs) -> int:
    """Return the number of a bureau's latest commit that is in the store and has a file; 0 for none."""
    numbers = (
        int(path.name.partition(".")[0])
        for path in folder.commits_of(names).glob("*.nq.gz")
        if path.name.partition(".")[0].isdecimal()
    )
    store = folder.store.oxigraph
    confirmed = (
        number
        for number in sorted(numbers, reverse=True)
        if any(True for _ in store.quads_for_pattern(commit_node(names, number), COMMIT_NUMBER, None, None))
    )
    return next(confirmed, 0)
