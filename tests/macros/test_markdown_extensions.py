"""Cells, formulas and diagrams in a page's Markdown; a mistake in one stops the build and names the page."""

from __future__ import annotations

import json
from pathlib import Path

import lxml.html
import pytest
from markdown import Markdown

from academy.markdown import cell_fence, diagram, katex
from academy.markdown.fragment import code_html, html_of, inline_html_of
from academy.markdown.katex import FormulaError, render
from academy.markdown.page import MarkupError

pytestmark = pytest.mark.skipif(
    not katex.KATEX.is_file(), reason="KaTeX and Graphviz are npm packages, and there is no node_modules here"
)

EXTENSIONS = [
    "attr_list",
    "toc",
    "pymdownx.highlight",
    "pymdownx.superfences",
    "pymdownx.arithmatex",
    "academy.markdown.elements",
    "academy.markdown.cell_fence",
    "academy.markdown.diagram",
    "academy.markdown.katex",
]
FENCES = [
    {"name": "python", "class": "x", "format": cell_fence.formatter, "validator": cell_fence.validator},
    {"name": "dot", "class": "x", "format": diagram.formatter, "validator": diagram.validator},
]


def convert(text: str) -> str:
    settings = {"pymdownx.superfences": {"custom_fences": FENCES}, "pymdownx.arithmatex": {"generic": True}}
    return Markdown(extensions=EXTENSIONS, extension_configs=settings).convert(text)


def tree(text: str) -> lxml.html.HtmlElement:
    return lxml.html.fragment_fromstring(convert(text), create_parent="article")


def fence(header: str, body: str = "1") -> str:
    return f"```{header}\n{body}\n```\n"


def test_a_cell_holds_its_highlighted_code_and_its_stored_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = tmp_path / "cells.json"
    outputs.write_text(json.dumps({"(text)/first": {"html": '<pre class="gm-stream">2</pre>', "code_hash": "x"}}))
    monkeypatch.setattr(cell_fence, "CELLS_FILE", outputs)

    article = tree(fence('python cell="first"', "print(1 < 2)") + "\n" + fence('python cell="second"'))

    first, second = article.findall("gm-cell")  # direct children: Markdown has not wrapped them in paragraphs
    assert (first.get("cell"), second.get("cell")) == ("(text)/first", "(text)/second")
    assert first.find(".//pre/code").text_content() == "print(1 < 2)\n"
    assert first.find("div[@class='gm-output']").get("data-stored") is not None
    assert first.find("div[@class='gm-output']").text_content() == "2"
    assert second.find("div[@class='gm-output']").get("data-stored") is None


def test_hidden_output_leaves_the_stored_output_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = tmp_path / "cells.json"
    outputs.write_text(json.dumps({"(text)/guess": {"html": "<pre>42</pre>", "code_hash": "x"}}))
    monkeypatch.setattr(cell_fence, "CELLS_FILE", outputs)

    assert "42" in convert(fence('python cell="guess"'))
    assert "42" not in convert(fence('python cell="guess" hidden-output'))


def test_a_python_fence_without_a_cell_is_ordinary_code() -> None:
    article = tree(fence("python", "x = 1"))
    assert article.find("gm-cell") is None
    assert article.find("div/pre/code").text_content() == "x = 1\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            fence('python cell="First Bars"'),
            'is not a cell id; use small letters, digits and hyphens, like cell="first-bars"',
        ),
        (fence('python cell="a" colour="red"'), 'cell "a" has the unknown option colour'),
        (fence('python cell="a" ="b"'), 'cannot read the cell\'s options from "="b""'),
        (fence('python cell="a"') + "\n" + fence('python cell="a"'), 'the cell id "a" is used twice'),
        ("$\\nosuchthing$", "the formula `\\nosuchthing` is not valid: Undefined control sequence"),
        ("so $$x^2$$ here", "$$x^2$$ is in the middle of a text"),
        (fence("dot"), "a diagram needs a caption and a description"),
        (fence('dot title="a" desc=""'), "neither may be empty"),
        (fence('dot title="a" desc="b"', "digraph { a -> b [color=red] }"), '"color=" sets a colour'),
        (fence('dot title="a" desc="b"', "digraph {\na ->\n}"), "Graphviz cannot read it: syntax error in line 3"),
    ],
)
def test_a_mistake_stops_the_build_and_names_the_page(text: str, problem: str) -> None:
    with pytest.raises(MarkupError) as stopped:
        convert(text)
    assert str(stopped.value).startswith("(text): ")
    assert problem in str(stopped.value)


def test_a_formula_is_there_for_eyes_and_for_screen_readers() -> None:
    article = tree("Let $p < 1$.\n\n$$\nx = \\frac{1}{2} \\quad a < b\n$$\n")
    inline, display = article.xpath(".//*[contains(@class, 'gm-formula')]")
    assert inline.find(".//annotation").text == "p < 1"
    assert display.find(".//annotation").text == "x = \\frac{1}{2} \\quad a < b"
    assert display.find(".//math").get("display") == "block"
    assert display.get("tabindex") == "0" and display.get("aria-label") == "Formula"


def test_money_in_a_text_is_not_a_formula() -> None:
    text = "They pay $2.50 and one tick ($12.50) a contract; a reward of 1 is $100, and $p = 1$ is certain."
    article = tree(text)
    assert [formula.text for formula in article.findall(".//annotation")] == ["p = 1"]
    assert "$2.50 and one tick ($12.50) a contract; a reward of 1 is $100" in article.text_content()


def test_katex_is_strict() -> None:
    with pytest.raises(FormulaError):
        render("\\text{50 %}")  # the percent sign begins a comment, which swallows the brace
    with pytest.raises(FormulaError):
        render("20 €")  # not a symbol that mathematics has


def test_diagrams_are_named_described_and_unique_on_the_page() -> None:
    one = fence('dot title="Flow" desc="From a to b"', 'digraph { a -> b; b [class="gm-accent"] }')
    article = tree(one + "\n" + one)
    pictures = article.findall(".//svg")
    assert [picture.find("title").text for picture in pictures] == ["Flow", "Flow"]
    assert [picture.find("desc").text for picture in pictures] == ["From a to b", "From a to b"]
    ids = article.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert all(set(picture.get("aria-labelledby").split()) <= set(ids) for picture in pictures)


def test_diagrams_take_the_colours_and_the_face_of_the_page() -> None:
    html = convert(fence('dot title="Flow" desc="From a to b"', 'digraph { a -> b; b [class="gm-accent"] }'))
    assert "currentColor" in html and "gm-accent" in html
    assert "black" not in html and "white" not in html and "font-family" not in html


def test_the_sources_of_a_page_are_those_that_it_renders() -> None:
    source = "digraph {\n  a -> b\n}\n"
    indented = "".join(f"    {line}" for line in source.splitlines(keepends=True))
    page = f'1. In a list\n\n    ```dot title="t" desc="d"\n{indented}    ```\n'
    (found,) = diagram.diagrams_in(page)
    assert diagram.key(found.source) == diagram.key(source)


def test_fragments_speak_the_dialect_of_the_pages() -> None:
    assert inline_html_of("80 % **to** pass") == "80 % <strong>to</strong> pass"
    assert 'class="gm-formula"' in html_of("Let $x$ be")
    assert "```" in lxml.html.fromstring(code_html("x = '```'\n")).text_content()
