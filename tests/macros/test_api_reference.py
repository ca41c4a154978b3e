"""The page of the HTTP API, made from what the simulated system answered."""

from __future__ import annotations

import json
from pathlib import Path

import lxml.html
import pytest
from grandmodel_sim.http import GRANDMODEL
from grandmodel_sim.http import reference as reference_module
from markdown import Markdown

from macros import api_reference
from macros.site import Site


def page_of(site: Site) -> lxml.html.HtmlElement:
    html = Markdown(extensions=["attr_list", "md_in_html", "tables"]).convert(site.macros["http_api"]())
    return lxml.html.fragment_fromstring(html, create_parent="div")


@pytest.fixture
def page(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> lxml.html.HtmlElement:
    monkeypatch.setattr(reference_module, "SECONDS", 3_600)
    samples = tmp_path / "samples.json"
    samples.write_text(json.dumps({"api": reference_module.reference()}))
    monkeypatch.setattr(api_reference, "RESULTS", samples)
    return page_of(site)


def test_every_route_has_a_heading_with_an_anchor(page: lxml.html.HtmlElement) -> None:
    headings = {heading.text_content(): heading.get("id") for heading in page.iter("h3")}
    assert set(headings) == {f"{route.method} {route.path}" for route in GRANDMODEL}
    assert len(set(headings.values())) == len(GRANDMODEL)
    assert headings["DELETE /api/v1/orders/{id}"] == "delete-api-v1-orders-id"


def test_tables_and_examples_are_whole(page: lxml.html.HtmlElement) -> None:
    text = page.text_content()
    assert "{{" not in text and "{%" not in text and "| ---" not in text and "&#" not in text
    terms = page.xpath(".//h3[@id='post-api-v1-orders']/following-sibling::dl[1]/dt/code[1]")
    orders = next(route for route in GRANDMODEL if (route.method, route.path) == ("POST", "/api/v1/orders"))
    assert [term.text_content() for term in terms] == [one.name for one in orders.parameters]
    assert "Authorization: Bearer $GRANDMODEL_API_KEY" in text
    assert len(page.xpath(".//details[summary[starts-with(., 'Example')]]")) == len(GRANDMODEL)


def test_without_a_build_the_page_says_what_it_lacks(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_reference, "RESULTS", tmp_path / "missing.json")
    assert "make build" in page_of(site).text_content()
