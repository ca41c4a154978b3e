"""The trading desk: the element, and in it the desk as the simulated system had it when the site was built."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from academy.execute.samples import RESULTS
from macros.site import Site

DECISIONS = 6

_UNITS = {
    "dollars": lambda value: f"{value:,.0f} $".replace("-", "\N{MINUS SIGN}"),
    "fraction": lambda value: f"{100 * value:.2f} %",
    "ratio": lambda value: f"{value:.2f} \N{MULTIPLICATION SIGN}",
    "score": lambda value: f"{value:.2f}",
}


def figure(value: float | None, unit: str) -> str:
    """A figure as the desk's script writes it (browser/src/desk/words.ts)."""
    return "\N{EN DASH}" if value is None else _UNITS[unit](value)


def instant(text: str) -> str:
    """“14 Jul, 19:05”, in UTC."""
    return f"{datetime.fromisoformat(text):%-d %b, %H:%M}"


def define(site: Site) -> None:
    @site.macro
    def trading_desk() -> str:
        """`<gm-desk>` with a table of figures and the newest decisions; without a build, a sentence instead."""
        if not RESULTS.is_file():
            return '<gm-desk><p data-sample="">The trading desk needs <code>make build</code>.</p></gm-desk>'
        desk: dict[str, Any] = json.loads(RESULTS.read_text())["desk"]
        decisions = sorted(desk["decisions"][: 4 * DECISIONS], key=lambda one: not one["acts"])[:DECISIONS]
        return site.render("desk.html", desk=desk, decisions=decisions, figure=figure, instant=instant)
