"""Diagrams at build: a ```dot title="…" desc="…"``` fence becomes an inline SVG picture.

Graphviz (WebAssembly, an npm package) lays the graph out; one Node process renders all that are missing from
`.cache/diagrams/`. Strokes and text take the page's colour, so a diagram follows light and dark and prints in grey.
Authors give shape and meaning, never colour: `class="gm-accent"` (the track's accent), `class="gm-quiet"` (background
matter), `style=dashed`. Both texts are required: the title is the caption, the description says what the picture shows.

`python -m academy.markdown.diagram` renders what the pages under docs/ need and lists every diagram that cannot be
rendered, with its page and line; a page that is rendered before that gets its diagrams one by one, slower but right.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from academy import paths
from academy.assets.node import node
from academy.errors import AcademyError, StepFailed
from academy.markdown.page import MarkupError, page_path

DIAGRAMS = paths.CACHE / "diagrams"
_SCRIPT = Path(__file__).with_name("graphviz.mjs")

# Helvetica has metrics in Graphviz itself and is a little wider than the site's text face, so labels always fit.
# All on one line: Graphviz's line numbers stay those of the author's source.
_STYLE = (
    ' graph [bgcolor="transparent" fontname="Helvetica" fontsize=13 nodesep=0.35 ranksep=0.5 pad=0.1];'
    ' node [shape=box style=rounded fontname="Helvetica" fontsize=14 margin="0.16,0.08" height=0.45];'
    ' edge [fontname="Helvetica" fontsize=12 arrowsize=0.7]; '
)
_FENCE = re.compile(
    r"^(?P<indent>[ \t]*)(?P<ticks>`{3,})[ \t]*dot\b(?P<header>[^\n]*)\n(?P<source>.*?)^[ \t]*(?P=ticks)[ \t]*$",
    re.M | re.S,
)
_COLOUR = re.compile(r"\b(?:\w*color)\s*=", re.IGNORECASE)
_HEADER = re.compile(r"^[ \t>]*(?:`{3,}|~{3,})[ \t]*dot\b")


class DiagramError(AcademyError):
    """Graphviz cannot read a diagram's source; the message is Graphviz's own."""


@dataclass(frozen=True)
class Diagram:
    """A diagram as a page holds it; `line` is that of its fence, from 1."""

    line: int
    title: str
    source: str


class DiagramFence(Extension):
    """Counts a page's diagrams, so that their ids are unique; checks that each has its two texts."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.register(_DiagramHeaders(md), "academy_diagrams", 26)  # superfences reads fences at 25


class _DiagramHeaders(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        self.count = 0
        for line in lines:
            if _HEADER.match(line) and not ('title="' in line and 'desc="' in line):
                raise MarkupError(
                    page_path(self.md),
                    'a diagram needs a caption and a description: ```dot title="…" desc="what the picture shows"',
                )
        return lines


def validator(
    language: str, inputs: dict[str, str], options: dict[str, Any], attrs: dict[str, Any], md: Markdown
) -> bool:
    """Take every `dot` fence; texts that are empty or unknown options stop the build."""
    if set(inputs) != {"title", "desc"} or not all(value.strip() for value in inputs.values()):
        raise MarkupError(page_path(md), "a diagram takes two options, title and desc, and neither may be empty")
    options.update(inputs)
    return True


def formatter(source: str, language: str, css_class: str, options: dict[str, Any], md: Markdown, **kwargs: Any) -> str:
    """A figure with the picture and its caption."""
    counter = md.preprocessors["academy_diagrams"]
    assert isinstance(counter, _DiagramHeaders)
    counter.count += 1
    try:
        return figure(source, title=options["title"], description=options["desc"], id=f"diagram-{counter.count}")
    except AcademyError as error:
        raise MarkupError(page_path(md), f'the diagram "{options["title"]}": {error}') from error


def figure(source: str, *, title: str, description: str, id: str) -> str:
    """HTML of a captioned diagram; `id` must be unique on the page.

    Raises:
        DiagramError: Graphviz refuses the source, or the source sets a colour.
        AcademyError: Node or the npm package is missing.
    """
    if problem := _colour_problem(source):
        raise DiagramError(problem)
    render({key(source): source})
    picture = (DIAGRAMS / f"{key(source)}.svg").read_text(encoding="utf-8")
    texts = f'<title id="{id}-title">{escape(title)}</title><desc id="{id}-desc">{escape(description)}</desc>'
    opening = f'<svg class="gm-diagram__picture" role="img" aria-labelledby="{id}-title {id}-desc"'
    picture = picture.replace("<svg", opening, 1)
    head, _, body = picture.partition(">")
    return (
        f'<figure class="gm-diagram" id="{id}"><div class="gm-diagram__scroll" tabindex="0" role="group" '
        f'aria-label="Diagram: {escape(title)}">{head}>{texts}{body}</div>'
        f"<figcaption>{escape(title)}</figcaption></figure>"
    )


def key(source: str) -> str:
    """The name of a diagram's file in the cache: a hash of its source and of the code that draws it."""
    return hashlib.sha256(Path(__file__).read_bytes() + source.strip().encode()).hexdigest()[:20]


def render(sources: Mapping[str, str]) -> int:
    """Render what the cache does not hold, in one Node process; return how many that were.

    Raises:
        DiagramError: Graphviz refuses a source; the others are in the cache all the same.
        AcademyError: Node or the npm package is missing.
    """
    rendered, problems = _render_all(sources)
    for problem in problems.values():
        raise DiagramError(problem)
    return rendered


def _render_all(sources: Mapping[str, str]) -> tuple[int, dict[str, str]]:
    """How many were rendered now, and what is wrong with those that could not be, by name."""
    missing = {name: _styled(source) for name, source in sources.items() if not (DIAGRAMS / f"{name}.svg").is_file()}
    if not missing:
        return 0, {}
    done = subprocess.run(
        [str(node()), str(_SCRIPT)], input=json.dumps(missing), capture_output=True, text=True, cwd=paths.ROOT
    )
    if done.returncode:
        raise StepFailed(f"Graphviz did not start (is node_modules there? run `make build`):\n{done.stderr.strip()}")
    DIAGRAMS.mkdir(parents=True, exist_ok=True)
    problems = {}
    for name, answer in json.loads(done.stdout).items():
        if "error" in answer:
            problems[name] = f"Graphviz cannot read it: {' '.join(answer['error'].split())}"
        else:
            (DIAGRAMS / f"{name}.svg").write_text(_themed(answer["svg"]), encoding="utf-8")
    return len(missing) - len(problems), problems


def diagrams_in(text: str) -> Iterator[Diagram]:
    """The diagrams in a page's Markdown."""
    for match in _FENCE.finditer(text):
        title = re.search(r'title="([^"]*)"', match["header"])
        line = text.count("\n", 0, match.start()) + 1
        yield Diagram(line, title[1] if title else "", textwrap.dedent(match["source"]))


def _colour_problem(source: str) -> str | None:
    colour = _COLOUR.search(source)
    if colour is None:
        return None
    return f'"{colour.group(0)}" sets a colour; colours come from the theme, use class="gm-accent" or class="gm-quiet"'


def _styled(source: str) -> str:
    before, brace, after = source.partition("{")
    return f"{before}{brace}{_STYLE}{after}" if brace else source


def _themed(svg: str) -> str:
    """Graphviz's SVG as part of our page: no ids, tooltips, fonts or colours of its own; sizes in CSS pixels."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.S)
    svg = re.sub(r"<title>.*?</title>\s*", "", svg, flags=re.S)
    svg = re.sub(r' (?:id|font-family|font-size|xml:space|xmlns:xlink)="[^"]*"', "", svg)
    svg = svg.replace("&#45;", "-").replace('="black"', '="currentColor"')
    return re.sub(
        r'width="([\d.]+)pt" height="([\d.]+)pt"',
        lambda match: f'width="{match[1]}" height="{match[2]}" style="--gm-drawn: {match[1]}px"',
        svg,
        count=1,
    ).strip()


def makeExtension(**settings: Any) -> DiagramFence:
    return DiagramFence(**settings)


def main(docs: Path = paths.DOCS) -> int:
    """Render every diagram of the pages under `docs` that is not in the cache yet; 1 if one cannot be rendered."""
    found = [
        (page.relative_to(docs.parent).as_posix(), diagram)
        for page in sorted(docs.rglob("*.md"))
        if page.is_file()
        for diagram in diagrams_in(page.read_text(encoding="utf-8"))
    ]
    wanted = {key(diagram.source): diagram.source for _, diagram in found}
    try:
        rendered, problems = _render_all(wanted)
    except AcademyError as error:  # no Node, no Graphviz: the message says what to run
        print(error, file=sys.stderr)
        return 1
    bad = 0
    for page, diagram in found:
        problem = _colour_problem(diagram.source) or problems.get(key(diagram.source))
        if problem is not None:
            bad += 1
            print(f'{page}:{diagram.line}:1: the diagram "{diagram.title}": {problem}', file=sys.stderr)
    if bad:
        return 1
    print(f"{len(wanted)} diagrams, {rendered} rendered now")
    return 0


if __name__ == "__main__":
    sys.exit(main())
