"""Opening a SOURCE on the command line, with its errors said in the user's language."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dutygraph.cli.console import print_problems, refuse, refuse_input, write_rejected_beside
from dutygraph.cli.options import EngineName, Language
from dutygraph.loaders import SourceError
from dutygraph.sources import BureauChoiceError, OpenSource, SourceRefusedError, open_source
from dutygraph.store import StoreError


def open_or_refuse(
    sources: Sequence[Path],
    *,
    base: str,
    bureau: str | None,
    partial: bool,
    engine: EngineName,
    lang: Language,
) -> OpenSource:
    """Return the open source, or print what is wrong with it and leave with exit code 2."""
    try:
        source = open_source(sources, base=base, bureau=bureau, partial=partial, engine=engine.value)
    except SourceRefusedError as error:
        refuse_input(error.loaded, lang.value)
    except SourceError as error:
        refuse(error.problem.line(lang.value))
    except (BureauChoiceError, StoreError) as error:
        refuse(error.text, lang.value)
    if source.loaded is not None:
        print_problems(source.loaded, lang.value)
        write_rejected_beside(source.loaded, sources[0], lang.value)
    return source
