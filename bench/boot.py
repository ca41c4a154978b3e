"""From click to first output: a cell of the course against a bare page that boots stock Pyodide in a worker.

Both pages come from one server in one browser run, in turn. The click is the first event that the page sees (no hover,
scroll or focus), unless the row says that boot on intent is allowed. Times are taken inside the page, from the click to
the first change that shows output.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from academy.assets import vendor
from academy.browser_program import FLAGS
from academy.linking import served_on

TOPIC = "01-system-architecture/introduction/"
PEERS = Path(__file__).parent / "peers"

# Save-data switches boot on intent off: the honest way to make the click the first event.
NO_INTENT = "Object.defineProperty(navigator, 'connection', {value: {saveData: true}, configurable: true});"

CLICK_TO_OUTPUT = """([button, output]) => new Promise((done) => {
  const started = performance.now();
  const shown = () => [...document.querySelectorAll(output)].some((node) => node.textContent.trim());
  const watch = new MutationObserver(() => { if (shown()) { watch.disconnect(); done(performance.now() - started); } });
  watch.observe(document.body, {childList: true, subtree: true, characterData: true});
  document.querySelector(button).click();
})"""


@dataclass(frozen=True)
class Row:
    """One line of the table; times in milliseconds."""

    what: str
    against: str
    ours: list[float]
    peer: list[float]

    @property
    def ratio_text(self) -> str:
        """Median over median, or nothing where there is no peer."""
        return f"{statistics.median(self.ours) / statistics.median(self.peer):.2f}" if self.peer else "-"

    @property
    def ours_text(self) -> str:
        """Median and spread."""
        return _spread(self.ours)

    @property
    def peer_text(self) -> str:
        """Median and spread."""
        return _spread(self.peer) if self.peer else "-"

    def as_json(self) -> dict[str, Any]:
        """The raw figures, for a later reader."""
        return {"what": self.what, "against": self.against, "ours_ms": self.ours, "peer_ms": self.peer}


def _spread(times: list[float]) -> str:
    return f"{statistics.median(times):.0f} ({min(times):.0f}-{max(times):.0f})"


def measure(site: Path, port: int, chromium: Path, runs: int) -> list[Row]:
    """All rows, with fresh profiles for every cold figure."""
    with tempfile.TemporaryDirectory() as folder:
        peer = _peer_site(Path(folder))
        with served_on(site, port) as ours, served_on(peer, 0) as bare, sync_playwright() as playwright:
            cold, warm, intent = ([], []), ([], []), ([], [])
            for _ in range(runs):
                for place, visit in enumerate((_ours(ours), _bare(bare))):
                    with tempfile.TemporaryDirectory() as profile:
                        context = playwright.chromium.launch_persistent_context(
                            profile, executable_path=str(chromium), args=FLAGS
                        )
                        context.add_init_script(NO_INTENT)
                        cold[place].append(visit(context))
                        warm[place].append(visit(context))
                        context.close()
                with tempfile.TemporaryDirectory() as profile:
                    context = playwright.chromium.launch_persistent_context(
                        profile, executable_path=str(chromium), args=FLAGS
                    )
                    intent[0].append(_ours(ours, hover_for=3000)(context))
                    context.close()
    stock = "bare page booting stock Pyodide in a worker"
    return [
        Row("click Run → first output, first visit", stock, *cold),
        Row("the same, reload of a visited page", stock, *warm),
        Row("first visit, boot on intent allowed, click after 3 s of hovering", stock, intent[0], cold[1]),
    ]


def _ours(address: str, hover_for: int = 0) -> Any:
    def visit(context: BrowserContext) -> float:
        page = context.new_page()
        page.goto(address + TOPIC)
        page.locator("gm-cell .gm-runbar button").first.wait_for(state="attached")
        page.evaluate("document.querySelectorAll('gm-cell .gm-output').forEach((node) => node.replaceChildren())")
        if hover_for:
            page.hover("gm-cell")
            page.wait_for_timeout(hover_for)
        return _timed(page, "gm-cell .gm-runbar button", "gm-cell .gm-output .gm-stream, gm-cell .gm-output .gm-result")

    return visit


def _bare(address: str) -> Any:
    def visit(context: BrowserContext) -> float:
        page = context.new_page()
        page.goto(address)
        page.locator("#run").wait_for()
        return _timed(page, "#run", "#output")

    return visit


def _timed(page: Page, button: str, output: str) -> float:
    page.set_default_timeout(120_000)
    taken = float(page.evaluate(CLICK_TO_OUTPUT, [button, output]))
    page.close()
    return taken


def _peer_site(folder: Path) -> Path:
    """The bare page and stock Pyodide beside it."""
    for path in (*PEERS.glob("*.html"), *PEERS.glob("*.js")):
        shutil.copyfile(path, folder / path.name)
    for name, path in vendor.core_files().items():
        shutil.copyfile(path, folder / name)
    return folder
