"""Mathematics at build: `$…$` and `$$…$$` become KaTeX's HTML and MathML, so a page needs no script for it.

`pymdownx.arithmatex` (generic) finds the formulas; this extension renders what it found. KaTeX is the npm package, run
by the QuickJS engine of the PyPI package `quickjs`: about half a millisecond a formula, so nothing is cached on disk.
Formulas that KaTeX does not accept in its strict mode stop the build, all of a page at once; `academy check` finds them
on all pages (`problems_in`).
"""

from __future__ import annotations

import json
from functools import cache, lru_cache
from html import unescape
from typing import Any
from xml.etree.ElementTree import Element

import quickjs
from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from pymdownx.arithmatex import RE_BRACKET_INLINE, RE_SMART_DOLLAR_INLINE, InlineArithmatexPattern

from academy import paths
from academy.markdown.page import MarkupError, page_path

KATEX = paths.ROOT / "node_modules" / "katex" / "dist" / "katex.min.js"


# Pandoc's rule for money in a text: a dollar sign before a digit does not close a formula.
_INLINE = rf"(?:{RE_SMART_DOLLAR_INLINE.removesuffix(')')}(?!\d))|{RE_BRACKET_INLINE})"


class FormulaError(ValueError):
    """KaTeX does not accept the formula; the message is KaTeX's own."""


class FormulaMarkupError(MarkupError):
    """Formulas of a page that cannot be rendered: `problems` holds each formula and what is wrong with it."""

    def __init__(self, page: str, problems: list[tuple[str, str]]) -> None:
        super().__init__(page, f"\n{page}: ".join(problem for _, problem in problems))
        self.problems = problems


class Katex(Extension):
    """Render what arithmatex marked as a formula."""

    def extendMarkdown(self, md: Markdown) -> None:
        # Takes the place of arithmatex's own pattern, which would read "$2 and ($3)" as a formula.
        md.inlinePatterns.register(InlineArithmatexPattern(_INLINE, {"generic": True}), "arithmatex-inline", 189.9)
        # After inline patterns (20), where arithmatex marks formulas; before the table of contents (5) reads headings.
        md.treeprocessors.register(_RenderFormulas(md), "academy_katex", 15)


class _RenderFormulas(Treeprocessor):
    def run(self, root: Element) -> None:
        problems: list[tuple[str, str]] = []
        for parent in root.iter():
            before = parent.text
            for child in parent:
                if child.get("class") == "arithmatex" and child.text and (before or "").endswith("$"):
                    formula = child.text[2:-2]
                    problem = f"$${formula}$$ is in the middle of a text; a display formula is a paragraph by itself"
                    problems.append((formula, problem))
                before = child.tail
        for element in root.iter():
            if element.get("class") == "arithmatex" and element.text:
                display = element.tag == "div"
                # arithmatex wraps in \(…\) or \[…\], and escapes the text of a block for HTML.
                formula = element.text[2:-2].strip()
                formula = unescape(formula) if display else formula
                try:
                    html = render(formula, display=display)
                except FormulaError as error:
                    problems.append((formula, f"the formula `{formula}` is not valid: {error}"))
                    continue
                except FileNotFoundError as error:
                    raise MarkupError(page_path(self.md), str(error)) from error
                element.set("class", "gm-formula gm-formula--display" if display else "gm-formula")
                if display:  # a long formula scrolls, and what scrolls must be reachable by keyboard
                    element.set("tabindex", "0")
                    element.set("role", "group")
                    element.set("aria-label", "Formula")
                element.text = self.md.htmlStash.store(html)
        if problems:
            raise FormulaMarkupError(page_path(self.md), problems)


def problems_in(text: str) -> list[tuple[str, str]]:
    """Each formula of a page's Markdown that cannot be rendered, and what is wrong with it, in the page's order."""
    extensions = ["attr_list", "md_in_html", "tables", "admonition", "footnotes", "def_list"]
    extensions += ["pymdownx.details", "pymdownx.superfences", "pymdownx.tabbed", "pymdownx.arithmatex"]
    settings = {"pymdownx.arithmatex": {"generic": True}, "pymdownx.tabbed": {"alternate_style": True}}
    try:
        Markdown(extensions=[*extensions, Katex()], extension_configs=settings).convert(text)
    except FormulaMarkupError as error:
        return error.problems
    return []


@lru_cache(maxsize=4096)
def render(formula: str, *, display: bool = False) -> str:
    """HTML with MathML for assistive technology.

    Raises:
        FormulaError: KaTeX refuses the formula (an unknown command, unbalanced braces, what LaTeX would refuse).
        FileNotFoundError: node_modules is not there yet; the message says what to run.
    """
    settings = {"displayMode": display, "output": "htmlAndMathml", "strict": "error", "throwOnError": True}
    answer = json.loads(_engine().eval(f"render({json.dumps(formula)}, {json.dumps(settings)})"))
    if "error" in answer:
        raise FormulaError(answer["error"])
    return str(answer["html"])


@cache
def _engine() -> quickjs.Context:
    if not KATEX.is_file():
        raise FileNotFoundError(
            "KaTeX is not installed (node_modules/katex is missing); run `make build`, which installs the npm packages"
        )
    context = quickjs.Context()
    context.eval(KATEX.read_text(encoding="utf-8"))
    context.eval(
        """
        function render(formula, settings) {
          try { return JSON.stringify({html: katex.renderToString(formula, settings)}); }
          catch (error) { return JSON.stringify({error: error.message.replace(/^KaTeX parse error: /, "")}); }
        }
        """
    )
    return context


def makeExtension(**settings: Any) -> Katex:
    return Katex(**settings)
