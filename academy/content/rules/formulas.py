"""Formulas: KaTeX accepts each. Looked at only where the npm packages are there; the build looks in any case."""

from collections.abc import Iterator

from academy.content.load import Content
from academy.content.pages import PageFile
from academy.content.problems import Problem


def check_formulas(content: Content) -> Iterator[Problem]:
    pages = [page for page in content.pages.values() if "$" in page.text or "\\(" in page.text]
    if not pages:
        return
    # Imported here: a course without formulas is checked without the site's Markdown.
    from academy.markdown import katex

    if not katex.KATEX.is_file():
        return
    for page in pages:
        body = "\n".join(page.text.split("\n")[page.body_line - 1 :])
        start = 0
        for formula, message in katex.problems_in(body):
            start = _find(body, formula, start)
            yield _at(page, body, start, message)


def _find(body: str, formula: str, start: int) -> int:
    """Where the formula stands, at or after `start`; of one that is indented only the first line is as written."""
    first = formula.split("\n", 1)[0]
    found = [place for text in (formula, first) for place in (body.find(text, start), body.find(text)) if place >= 0]
    return found[0] if found else 0


def _at(page: PageFile, body: str, place: int, message: str) -> Problem:
    line = body.count("\n", 0, place) + page.body_line
    return page.problem(line, place - body.rfind("\n", 0, place), " ".join(message.split()))
