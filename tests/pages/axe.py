"""axe-core on a page, and the widths at which nothing may stick out."""

from __future__ import annotations

from pathlib import Path

from tests.pages.browser import Visit

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RUN = """() => axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations
  .filter((one) => ['serious', 'critical'].includes(one.impact))
  .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.html} ${node.failureSummary}`).join(' | ')}`)
)"""


def audit(visit: Visit) -> list[str]:
    if not visit.page.evaluate("'axe' in window"):
        visit.page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = visit.page.evaluate(RUN)
    return found


def look(visit: Visit, what: str) -> None:
    """Nothing serious for axe, nothing wider than the screen."""
    assert not (found := audit(visit)), f"{what}: {found}"
    width = visit.page.evaluate("document.documentElement.clientWidth")
    wide = visit.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, f"{what}: {wide} pixels in {width}"
