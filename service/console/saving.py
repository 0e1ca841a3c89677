"""Charts to keep as files: SVG, a page, graphs. Who may see a chart may save it, and nobody else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Path, Request, Response

from dutygraph.pictures import Picture, to_gexf, to_graphml, to_html
from dutygraph.service.access.view import View
from dutygraph.service.console.drawings import draw_double_key, draw_line, draw_net
from dutygraph.service.console.visit import Visit, visit_of
from dutygraph.service.problems import ProblemError
from dutygraph.service.running import ServiceDep

router = APIRouter(include_in_schema=False)
FORMS: Final[Mapping[str, tuple[str, Callable[[Picture], bytes]]]] = MappingProxyType(
    {
        "svg": ("image/svg+xml", lambda picture: picture.svg.encode(errors="replace")),
        "html": ("text/html; charset=utf-8", to_html),
        "graphml": ("application/graphml+xml", to_graphml),
        "gexf": ("application/gexf+xml", to_gexf),
    }
)
"""The forms of a chart, by the ends of their names: media type and writer."""
_CHARTS: Final[Mapping[str, Callable[[Visit, View, Mapping[str, str]], Picture]]] = MappingProxyType(
    {"double-key": draw_double_key, "line": draw_line, "net": draw_net}
)


@router.get("/console/charts/{chart}.{form}")
def save_chart(
    chart: Annotated[str, Path(max_length=20)],
    form: Annotated[str, Path(max_length=10)],
    request: Request,
    service: ServiceDep,
) -> Response:
    """Give a chart as a file, as the page with the same parameters shows it."""
    visit = visit_of(request, service)
    if visit is None:
        raise ProblemError(401, "not-signed-in")
    if chart not in _CHARTS or form not in FORMS:
        raise ProblemError(404, "not-found")
    view = visit.view()
    picture = _CHARTS[chart](visit, view, visit.query)
    media, write = FORMS[form]
    plain, told = chart, quote(picture.title.replace("　", " "))
    plain, told = (f"{name}-{view.as_of}.{form}" for name in (plain, told))
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{told}",
        "Cache-Control": "private, no-store",
        "Content-Language": visit.language,
    }
    return Response(write(picture), 200, headers, media)
