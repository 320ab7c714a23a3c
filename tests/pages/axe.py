"""axe-core on a page, and the widths at which nothing may stick out."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tests.pages.browser import DESK, PHONE, Visit

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RUN = """() => axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations
  .filter((one) => ['serious', 'critical'].includes(one.impact))
  .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.html} ${node.failureSummary}`).join(' | ')}`)
)"""


WIDTHS = "(({clientWidth, scrollWidth}) => [clientWidth, scrollWidth])(document.documentElement)"
PICTURES = os.environ.get("YINXIN_PICTURES")
"""Folder for a picture of each station of a journey, in its language and at both widths; none unless it is set."""


def audit(visit: Visit) -> list[str]:
    if not visit.page.evaluate("'axe' in window"):
        visit.page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = visit.page.evaluate(RUN)
    return found


def look(visit: Visit, what: str) -> None:
    """Nothing serious for axe, and at both widths nothing wider than the screen."""
    assert not (found := audit(visit)), f"{what}: {found}"
    own = visit.page.viewport_size
    assert own is not None
    for size in (PHONE, DESK):
        if size != own:
            visit.page.set_viewport_size({"width": size["width"], "height": size["height"]})
        width, wide = visit.page.evaluate(WIDTHS)
        assert wide <= width, f"{what}: {wide} pixels in {width}"
        if PICTURES:
            _take(visit, what, size["width"], Path(PICTURES))
        if size != own:
            visit.page.set_viewport_size(own)


def _take(visit: Visit, what: str, width: int, folder: Path) -> None:
    language = str(visit.page.get_attribute("html", "lang"))[:2]
    test = os.environ.get("PYTEST_CURRENT_TEST", "").partition("::")[0].rpartition("test_")[2].partition(".")[0]
    name = f"{width}-{language}-{test}-{re.sub(r'[^a-z0-9]+', '-', what)}.png"
    visit.page.screenshot(path=folder / name, full_page=True)
