"""The page that shows the API, from files on this machine alone: it works where there is no internet."""

from __future__ import annotations

from importlib import resources
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse

from dutygraph.service.problems import ProblemError

router = APIRouter(include_in_schema=False)

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_ASSETS: Final = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon.png": "image/png",
}
_PAGE = """<!doctype html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>责任图谱 Dutygraph · API</title>
<link rel="stylesheet" href="{root}/docs/swagger-ui.css">
<link rel="icon" href="{root}/docs/favicon.png">
</head>
<body>
<div id="api" data-document="{root}/openapi.json"></div>
<script src="{root}/docs/swagger-ui-bundle.js"></script>
<script src="{root}/docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: document.getElementById("api").dataset.document,
  dom_id: "#api",
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
"""


@router.get("/docs")
async def page(request: Request) -> HTMLResponse:
    """Give the page."""
    root = request.scope.get("root_path", "")
    return HTMLResponse(_PAGE.format(root=root), headers={"Content-Security-Policy": _POLICY})


@router.get("/docs/start.js")
async def start() -> Response:
    """Give the script that opens the document: a file, since the page runs none from within itself."""
    return Response(_START, media_type="text/javascript")


@router.get("/docs/{name}")
def asset(name: Annotated[str, Path(max_length=64)]) -> Response:
    """Give a file of the page."""
    kind = _ASSETS.get(name)
    if kind is None:
        raise ProblemError(404, "not-found")
    content = resources.files("fastapi_offline").joinpath("static", name).read_bytes()
    return Response(content, media_type=kind, headers={"Cache-Control": "public, max-age=86400"})
