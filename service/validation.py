"""What the errors of pydantic mean, in both languages; the texts stand in ``validation.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from dutygraph.model import Text


@cache
def _texts() -> Mapping[str, Text]:
    text = resources.files("dutygraph.service").joinpath("validation.toml").read_text(encoding="utf-8")
    return {kind: Text(**said) for kind, said in tomllib.loads(text).items()}


class _Missing(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"


def validation_text(error: Mapping[str, object]) -> Text:
    """Return what a validation error of pydantic means, without the value that was given."""
    known = _texts()
    said = known.get(str(error["type"]), known["other"])
    context = error.get("ctx")
    fields = _Missing({"msg": error["msg"]} | (dict(context) if isinstance(context, dict) else {}))
    # pydantic lists what is expected in English: 'a', 'b' or 'c'
    listed = str(fields["expected"]).replace(" or ", ", ").replace("'", "").replace(", ", "、")
    return Text(said.zh.format_map(_Missing({**fields, "expected": listed})), said.en.format_map(fields))
