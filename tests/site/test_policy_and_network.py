"""The built site as a stranger's browser meets it: one policy, one origin, no dead link."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import lxml.html
import pytest
from playwright.sync_api import BrowserContext

from academy import testing

KINDS = {
    "home": "",
    "topic": "01-system-architecture/introduction/",
    "module": "01-system-architecture/",
    "lab": "02-marl-fundamentals/lab-2-1/",
    "quiz": "01-system-architecture/quiz/",
    "progress": "progress/",
}


@pytest.fixture(scope="module")
def pages() -> dict[str, lxml.html.HtmlElement]:
    """Every page of the built site by its path, parsed."""
    folder = testing.TARGET.folder
    found = {
        path.relative_to(folder).as_posix(): lxml.html.parse(str(path)).getroot() for path in folder.rglob("*.html")
    }
    assert len(found) > 20, "the site has lost its pages"
    return found


def test_every_page_carries_the_same_policy(pages: dict[str, lxml.html.HtmlElement]) -> None:
    policies = {
        tuple(page.xpath("//head/meta[@http-equiv='Content-Security-Policy']/@content")) for page in pages.values()
    }
    assert len(policies) == 1
    (policy,) = policies.pop()
    assert "'unsafe-eval'" not in policy.replace("'wasm-unsafe-eval'", "")


def test_every_page_says_what_it_is(pages: dict[str, lxml.html.HtmlElement]) -> None:
    for name, page in pages.items():
        assert page.get("lang"), name
        assert page.findtext(".//title", "").strip(), name
        if name != "404.html":
            assert page.xpath("//meta[@name='description']/@content"), name


def test_every_internal_link_leads_somewhere(pages: dict[str, lxml.html.HtmlElement]) -> None:
    folder = testing.TARGET.folder
    anchors = {name: set(page.xpath("//@id")) | set(page.xpath("//a/@name")) for name, page in pages.items()}
    dead = []
    for name, page in pages.items():
        here = testing.TARGET.url + re.sub(r"index\.html$", "", name)
        for link in page.xpath("//a/@href | //img/@src | //script/@src | //link[not(@rel='canonical')]/@href"):
            target = urlsplit(urljoin(here, link))
            if not target.geturl().startswith(testing.TARGET.url) or "edit/" in target.path:
                continue
            path = unquote(target.path.lstrip("/"))
            file = folder / path
            file = file / "index.html" if file.is_dir() else file
            if not file.is_file():
                dead.append(f"{name}: {link}")
                continue
            known = anchors.get(file.relative_to(folder).as_posix())
            if target.fragment and known is not None and unquote(target.fragment) not in known:
                dead.append(f"{name}: {link} (no such heading)")
    assert dead == []


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_comes_from_another_origin_and_nothing_is_refused(
    context: BrowserContext, site: str, kind: str
) -> None:
    requests: list[str] = []
    complaints: list[str] = []
    context.on("request", lambda request: requests.append(request.url))
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(site + KINDS[kind])
    page.wait_for_load_state("networkidle")
    assert [url for url in requests if not url.startswith((site, "data:", "blob:", "about:"))] == []
    assert complaints == []


def test_the_site_holds_what_its_manifest_says() -> None:
    folder: Path = testing.TARGET.folder
    files = json.loads((folder / "precache.json").read_text())["files"]
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(files) == present - {"precache.json", ".nojekyll"}
