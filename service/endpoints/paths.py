"""Parameters that several endpoints share."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

LONGEST_ID = 200

BusinessPath = Annotated[
    str, Path(max_length=LONGEST_ID, description="业务编号 / The business's id", examples=["B04"])
]
PostPath = Annotated[
    str, Path(max_length=LONGEST_ID, description="岗位编号 / The post's id", examples=["G05"])
]
KindPath = Annotated[
    str,
    Path(
        pattern="^[a-z][a-z-]{0,40}$",
        description="类别，如 risk post person business control appointment issue / The kind of thing",
        examples=["risk"],
    ),
]
ThingPath = Annotated[str, Path(max_length=LONGEST_ID, description="编号 / Its id", examples=["R04-05"])]
VersionQuery = Annotated[
    str | None,
    Query(
        max_length=LONGEST_ID,
        description="线图编号或版本，缺省为现状 / A chart's id or version; by default what is now",
        examples=["V2"],
    ),
]
