"""To come."""

from dutygraph.service.console.page import Page
from dutygraph.service.console.visit import Visit


async def build(visit: Visit) -> None:
    """Look at the bureau."""
    await visit.work(visit.view)


PAGE = Page("overview", "/overview", icon="overview", build=build)
