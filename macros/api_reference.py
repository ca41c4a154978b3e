"""The reference of the simulated HTTP API: its route table, with examples that were executed for this very build."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from markupsafe import Markup

from academy.execute.samples import RESULTS
from academy.markdown.fragment import code_html
from macros.site import Site


def request_html(route: dict[str, Any], host: str, variable: str) -> Markup:
    """A route's example as it goes over the wire; the key is a variable, as it should be."""
    example = route["example"]
    lines = [f"{route['method']} {example['path']} HTTP/1.1", f"Host: {host}"]
    if route["role"]:
        lines.append(f"Authorization: Bearer ${variable}")
    if example["body"]:
        lines += ["Content-Type: application/json", "", example["body"]]
    return Markup(code_html("\n".join(lines), "text"))


def answer_html(route: dict[str, Any]) -> Markup:
    """What the simulated system answered."""
    example = route["example"]
    more = f"\n… {example['more_lines']:,} more lines" if example["more_lines"] else ""
    return Markup(code_html(example["answer"] + more, "json"))


def status_text(status: int) -> str:
    """`404 Not Found`."""
    return f"{status} {HTTPStatus(status).phrase}"


def define(site: Site) -> None:
    @site.macro
    def http_api() -> str:
        """All routes by chapter; without a build (plain `mkdocs build`), a sentence that says so."""
        api = json.loads(RESULTS.read_text()).get("api") if RESULTS.is_file() else None
        if api is None:
            return '<p class="gm-empty">The examples are executed by <code>make build</code>; this page lacks them.</p>'
        return site.render(
            "http-api.md",
            api=api,
            request=lambda route: request_html(route, api["host"], api["key_variable"]),
            answer=answer_html,
            status=status_text,
        )
