"""Makes the pictures of ``docs/console.md``, each page in two looks: ``python -m docs.screenshots``."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from dutygraph.service.access.roles import Role
from dutygraph.service.console.pages import PAGES
from tests.conftest import EXAMPLE
from tests.console.browser import Console, serving
from tests.service.running import running

FOLDER = Path(__file__).parent / "console"
DOCUMENT = Path(__file__).parent / "console.md"
MARK = "<!-- screenshots -->"
LOOKS = ((1366, "zh", "light"), (390, "en", "dark"))
_SETTLED = 1500


def main() -> None:
    """Make the pictures anew and list them in the document."""
    chromium = shutil.which("chromium") or sys.exit("no chromium: apt-get install chromium fonts-noto-cjk")
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        store = Path(folder) / "store"
        with running(store, EXAMPLE):
            pass
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with serving(store, browser) as console:
            lines = [line for page in PAGES for line in _shoot(console, page.name, page.path)]
        browser.close()
    before, _, after = DOCUMENT.read_text(encoding="utf-8").partition(MARK)
    rest = after[after.index("## 给开发者") :]
    DOCUMENT.write_text(before + MARK + "\n\n" + "\n".join(lines) + "\n\n" + rest, encoding="utf-8")


def _shoot(console: Console, name: str, path: str) -> list[str]:
    if "{" in path:
        return []
    lines = []
    for width, language, theme in LOOKS:
        page = console.open(Role.SO, path, width=width, language=language, theme=theme)
        page.wait_for_timeout(_SETTLED)
        file = FOLDER / f"{name}-{width}.png"
        page.screenshot(path=file)
        lines.append(f"![{name}, {width}](console/{file.name})")
    return lines


if __name__ == "__main__":
    main()
