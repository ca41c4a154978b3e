"""Markdown pages under docs/: front matter, headings with the anchors that the site gives them, cell ids."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from academy.content.cells import Cell, cells_of
from academy.content.document import Document, parse_yaml, read_text
from academy.content.problems import Problem
from academy.model.page import Heading, Page

_FENCE = re.compile(r"^ *(?P<ticks>`{3,}|~{3,}) *(?P<info>.*)$")
_HEADING = re.compile(r"^(?P<level>#{1,6})\s+(?P<text>.*?)\s*#*$")
_ATTRIBUTES = re.compile(r"\s*\{:?\s*(?P<list>[^{}]*)\}\s*$")
_ID = re.compile(r"(?:^|\s)#(?P<id>[^\s}]+)")
_POINT = re.compile(r"""data-point=(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')""")


@dataclass
class PageFile:
    """A page as it was read: what the course keeps of it, and what only the rules need."""

    page: Page
    text: str
    front: Document
    points: dict[str, int] = field(default_factory=dict)
    """Outline points that headings claim to teach (`data-point="…"`), with the heading's line."""
    cells: tuple[Cell, ...] = ()
    body_line: int = 1
    """The file's line on which the Markdown begins, after the front matter."""
    problems: list[Problem] = field(default_factory=list)
    unreadable: bool = False
    """The page has no text at all; rules leave it alone, so that it costs one line and not ten."""

    @property
    def name(self) -> str:
        return self.front.name

    def problem(self, line: int, column: int, message: str) -> Problem:
        return Problem(self.name, line, column, message)


def read_pages(root: Path) -> dict[str, PageFile]:
    """Every Markdown file under docs/, by its path under docs/ (decision records are not part of the site)."""
    docs = root / "docs"
    files = sorted(path for path in docs.rglob("*.md") if "decisions" not in path.relative_to(docs).parts[:-1])
    return {path.relative_to(docs).as_posix(): read_page(root, path) for path in files}


def read_page(root: Path, path: Path) -> PageFile:
    """Read one page. Whatever is wrong with its front matter is in `problems`; the rest is read all the same."""
    name, key = path.relative_to(root).as_posix(), path.relative_to(root / "docs").as_posix()
    text, problems = read_text(path, name)
    if not problems and not text.strip():
        problems = [Problem(name, 1, 1, "the page is empty; write it, or delete the file")]
    if problems:
        page = Page(path=key, title=None, topic=None, description=None, headings=(), cells=())
        return PageFile(page, "", Document(name), problems=problems, unreadable=True)
    front, body_line, broken = _front_matter(text, name)
    meta: dict[str, Any] = front.data if isinstance(front.data, dict) else {}
    body = "\n".join(text.split("\n")[body_line - 1 :])
    headings = tuple(_headings(body, body_line))
    cells = tuple(cells_of(text))
    page = Page(
        path=key,
        title=_text(meta.get("title")) or next((h.text for h in headings if h.level == 1), None),
        topic=_text(meta.get("topic")),
        description=_text(meta.get("description")),
        headings=headings,
        cells=tuple(cell.id for cell in cells),
    )
    points = dict(_points(body, body_line))
    return PageFile(page, text, front, points, cells, body_line, [*broken, *front.problems])


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _front_matter(text: str, name: str) -> tuple[Document, int, list[Problem]]:
    """The front matter, the line on which the body begins, and problems with the fence itself."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        if lines[0].strip() == "---":
            return (
                Document(name),
                1,
                [Problem(name, 1, 1, "spaces before `---`; front matter begins in the first column")],
            )
        return Document(name), 1, []
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() in {"---", "..."}:
            document = parse_yaml("\n".join(lines[1:number]), name, first_line=2)
            if document.data is not None and not isinstance(document.data, dict):
                document.problems.append(Problem(name, 2, 1, "front matter must be lines like `title: Introduction`"))
            return document, number + 2, []
    return (
        Document(name),
        1,
        [Problem(name, 1, 1, "the front matter is never closed; write `---` on a line after its last key")],
    )


def prose_lines(body: str, first_line: int = 1) -> Iterator[tuple[int, str]]:
    """Lines outside fenced code, with their line numbers in the file."""
    return ((number, line) for number, line, kind in _kinds(body, first_line) if kind == "prose")


def fence_lines(body: str, first_line: int = 1) -> Iterator[tuple[int, str]]:
    """Opening lines of fenced code, without those that stand inside another fence."""
    return ((number, line) for number, line, kind in _kinds(body, first_line) if kind == "opening")


def _kinds(body: str, first_line: int) -> Iterator[tuple[int, str, str]]:
    fence: str | None = None
    for number, line in enumerate(body.split("\n"), first_line):
        match = _FENCE.match(line)
        if fence is None:
            yield number, line, "opening" if match else "prose"
            fence = match["ticks"] if match else None
        elif match and match["ticks"][0] == fence[0] and len(match["ticks"]) >= len(fence) and not match["info"]:
            fence = None


def _headings(body: str, first_line: int) -> Iterator[Heading]:
    used: set[str] = set()
    for number, line in prose_lines(body, first_line):
        match = _HEADING.match(line)
        if match is None:
            continue
        text, attributes = _split_attributes(match["text"])
        plain = _plain(text)
        explicit = _ID.search(attributes)
        anchor = explicit["id"] if explicit else _unique(slugify(plain), used)
        used.add(anchor)
        yield Heading(len(match["level"]), plain, anchor, number)


def _points(body: str, first_line: int) -> Iterator[tuple[str, int]]:
    for number, line in prose_lines(body, first_line):
        if _HEADING.match(line):
            for match in _POINT.finditer(line):
                yield match["double"] or match["single"] or "", number


def _split_attributes(text: str) -> tuple[str, str]:
    match = _ATTRIBUTES.search(text)
    return (text[: match.start()], match["list"]) if match else (text, "")


def _plain(text: str) -> str:
    """Heading text without Markdown's marks, as the table of contents sees it."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"<[^>]+>", "", text)
    return re.sub(r"[`*$]", "", text).strip()


def slugify(text: str) -> str:
    """The anchor of a heading, as Python-Markdown's toc makes it (a test holds the two together)."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())


def _unique(anchor: str, used: set[str]) -> str:
    """As Python-Markdown's toc makes anchors unique: `name`, `name_1`, `name_2`."""
    candidate, number = anchor, 0
    while candidate in used or not candidate:
        number += 1
        candidate = f"{anchor}_{number}"
    return candidate
