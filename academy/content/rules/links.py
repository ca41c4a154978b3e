"""Links between pages, their anchors, and images: what they name exists."""

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote

from academy.content.load import Content
from academy.content.pages import PageFile, prose_lines
from academy.content.problems import Problem
from academy.content.validate import suggest, suggest_page

LONGEST = 200
"""Characters of a path; file systems refuse to look for names much longer."""

_LINK = re.compile(r"""(?P<image>!?)\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?(?P<target>[^\s()<>]+)>?(?:\s+["'][^)]*)?\s*\)""")
_DEFINITION = re.compile(r"^ {0,3}\[[^\]^][^\]]*\]:\s+<?(?P<target>[^\s<>]+)")
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)
_ANCHOR = re.compile(r"""\{:?[^{}]*?#([\w:.-]+)|\b(?:id|name)=["']([^"']+)["']""")
_BLOCK_MACRO = re.compile(r"^\s*\{\{.*\}\}\s*$", re.MULTILINE)
# Ids that the site itself makes: diagrams, footnotes.
_MADE = re.compile(r"^(?:diagram-\d+|fn(?:ref)?:.+)$")


def check_links(content: Content) -> Iterator[Problem]:
    for page in content.pages.values():
        for number, line in prose_lines(page.text):
            for target, column in _targets(line):
                message = _judge(content, page, target)
                if message is not None:
                    yield page.problem(number, column, message)


def _targets(line: str) -> Iterator[tuple[str, int]]:
    """Targets of links and images with their columns; what stands in code is text."""
    plain = _CODE.sub(lambda match: " " * len(match.group()), line)
    for pattern in (_LINK, _DEFINITION):
        for match in pattern.finditer(plain):
            yield match["target"], match.start("target") + 1


def _judge(content: Content, page: PageFile, target: str) -> str | None:
    if _SCHEME.match(target) or "{{" in target:
        return None  # another site, or an address that a macro writes
    path, _, anchor = target.partition("#")
    path = unquote(path.partition("?")[0])
    if path.startswith("/"):
        return (
            f"the link {target} begins at the server's root, where the site need not be; write it relative to this page"
        )
    here = page.page.path
    wanted = posixpath.normpath(posixpath.join(posixpath.dirname(here), path)) if path else here
    if wanted in content.pages:
        return _judge_anchor(content.pages[wanted], anchor)
    if wanted.startswith("../"):
        return f"the link {target} leads out of docs/; link to a page of the site, or write a full address"
    if len(wanted) > LONGEST:
        return f"the link is {len(target)} characters long and names no page"
    file = content.root / "docs" / wanted
    if wanted.endswith(".md") and file.is_file():
        return f"docs/{wanted} is not part of the site; link to a page that is"
    if wanted.endswith(".md"):
        return f"the page docs/{wanted} does not exist{_relative(here, suggest_page(wanted, content.pages))}"
    if file.is_file():
        return None
    page_of = next((name for name in (f"{wanted}.md", f"{wanted}/index.md") if name in content.pages), None)
    if page_of is not None:
        return f"a link to a page names its file; write {posixpath.relpath(page_of, posixpath.dirname(here) or '.')}"
    neighbours = [one.name for one in file.parent.iterdir()] if file.parent.is_dir() else []
    return f"the file docs/{wanted} does not exist{suggest(file.name, neighbours)}"


def _judge_anchor(page: PageFile, anchor: str) -> str | None:
    if not anchor or page.unreadable or _MADE.match(anchor):
        return None
    body = "\n".join(line for _, line in prose_lines(page.text))
    anchors = {heading.anchor for heading in page.page.headings}
    anchors |= {first or second for first, second in _ANCHOR.findall(body)}
    if anchor in anchors or _BLOCK_MACRO.search(body):
        return None  # a macro on a line of its own may write headings; the build knows them
    return f"{page.name} has no heading #{anchor}{suggest(anchor, anchors)}"


def _relative(here: str, hint: str) -> str:
    """The suggestion as it must be written on this page."""
    found = re.search(r"`(.+)`", hint)
    if found is None:
        return hint
    return hint.replace(found[1], posixpath.relpath(found[1], posixpath.dirname(here) or "."))
