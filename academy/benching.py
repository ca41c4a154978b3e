"""`make bench`: ratios against peers in the same run, as one table and as JSON. Never a timed test."""

from __future__ import annotations

import json
import os
import sys

from rich.console import Console
from rich.table import Table

from academy import build, paths
from academy.browser_program import find_or_install

RESULTS = paths.CACHE / "bench.json"


def run(console: Console) -> None:
    """Build, measure, print the table, write `.cache/bench.json`."""
    chromium = find_or_install(console)
    target = build.Target(paths.CACHE / "bench" / "site", "http://127.0.0.1:8797/")
    build.build(target, console)
    sys.path.insert(0, str(paths.ROOT))
    from bench import boot

    runs = int(os.environ.get("BENCH_RUNS", "5"))
    rows = boot.measure(target.folder, 8797, chromium, runs)
    table = Table(title=f"Medians of {runs} interleaved runs (smallest to largest)")
    for heading in ("what", "ours, ms", "peer, ms", "ratio", "against"):
        table.add_column(heading, justify="left" if heading in ("what", "against") else "right")
    for row in rows:
        table.add_row(row.what, row.ours_text, row.peer_text, row.ratio_text, row.against)
    console.print(table)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(
        json.dumps({"schema": 1, "runs": runs, "rows": [row.as_json() for row in rows]}, indent=1) + "\n"
    )
    console.print(f"Written to {RESULTS.relative_to(paths.ROOT)}")
