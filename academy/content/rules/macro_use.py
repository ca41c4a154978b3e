"""Macros and variables in pages: every name is known, and what a macro is asked for exists.

The names come from the code of macros/ (functions marked `@site.macro`), read without running it, so that the check
needs nothing but Python; and from `extra` in mkdocs.yml.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
import jinja2.meta
import yaml
from jinja2 import nodes

from academy.content import known
from academy.content.document import read_text
from academy.content.load import Content
from academy.content.pages import PageFile
from academy.content.problems import Problem
from academy.content.python_source import NotPython, parse
from academy.content.validate import suggest

# What mkdocs-macros itself gives to every page.
BUILT_IN = {
    "config",
    "page",
    "environment",
    "plugin",
    "git",
    "extra",
    "files",
    "navigation",
    "macros_info",
    "context",
    "now",
    "fix_url",
}


def check_macro_use(content: Content) -> Iterator[Problem]:
    broken = list(_broken_macros(content.root))
    if broken:
        yield from broken
        return
    names = macro_names(content.root)
    variables = BUILT_IN | _extra_keys(content.root)
    exists = _arguments(content)
    for page in content.pages.values():
        if "{{" in page.text or "{%" in page.text or "{#" in page.text:
            yield from _page(page, names, variables, exists)


def _arguments(content: Content) -> dict[str, set[str]]:
    """What the first argument of a macro may name; macros whose part of the curriculum cannot be read are left out."""
    tracks, glossary = content.singles["tracks"].item, content.singles["glossary"].item
    exists = {
        "module_overview": {str(number) for number in known.module_numbers(content)},
        "quiz": known.banks(content),
    }
    if tracks is not None:
        exists["track_page"] = {track.id for track in tracks.tracks}
    if glossary is not None:
        exists["term"] = {name.lower() for term in glossary.terms for name in term.names}
    if not known.broken_modules(content):
        exists["lab"] = known.labs(content) | {loaded.item.id for loaded in content.valid(content.exercises)}
    return exists


def macro_names(root: Path) -> set[str]:
    """Names of the macros that macros/*.py registers by a decorator `@….macro`."""
    names = set()
    for path in sorted((root / "macros").glob("*.py")):
        tree = parse(read_text(path, path.name)[0])
        for node in ast.walk(tree) if isinstance(tree, ast.Module) else ():
            if isinstance(node, ast.FunctionDef) and any(_marks(decorator) for decorator in node.decorator_list):
                names.add(node.name)
    return names


def _broken_macros(root: Path) -> Iterator[Problem]:
    for path in sorted((root / "macros").glob("*.py")):
        parsed = parse(read_text(path, path.name)[0])
        if isinstance(parsed, NotPython):
            name = path.relative_to(root).as_posix()
            yield Problem(name, parsed.line, parsed.column, f"this is not Python: {parsed.reason}")


def _marks(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Attribute) and decorator.attr == "macro"


def _extra_keys(root: Path) -> set[str]:
    config = root / "mkdocs.yml"
    if not config.is_file():
        return set()
    try:
        node = yaml.compose(config.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError):
        return set()  # MkDocs explains its own file
    pairs: list[Any] = node.value if isinstance(node, yaml.MappingNode) else []
    extra = next((value for key, value in pairs if key.value == "extra"), None)
    return {key.value for key, _ in extra.value} if isinstance(extra, yaml.MappingNode) else set()


def _page(page: PageFile, names: set[str], variables: set[str], exists: dict[str, set[str]]) -> Iterator[Problem]:
    lines = page.text.split("\n")
    body = "\n".join(lines[page.body_line - 1 :])
    offset = page.body_line - 1
    try:
        tree = jinja2.Environment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"]).parse(body)
    except jinja2.TemplateSyntaxError as error:
        message = (
            f"the macros of this page cannot be read: {error.message}; "
            "put text that holds {{ or {% between {% raw %} and {% endraw %}"
        )
        yield page.problem(error.lineno + offset, 1, message)
        return
    except (ValueError, RecursionError) as error:  # numbers and nestings beyond all use
        yield page.problem(page.body_line, 1, f"the macros of this page cannot be read: {error}")
        return
    undeclared = jinja2.meta.find_undeclared_variables(tree)
    called = {id(call.node) for call in tree.find_all(nodes.Call)}
    for name in tree.find_all(nodes.Name):
        if name.ctx != "load" or name.name not in undeclared or name.name in names | variables:
            continue
        line = name.lineno + offset
        column = _column(lines[line - 1], name.name)
        if id(name) in called:
            yield page.problem(line, column, f"there is no macro `{name.name}`{suggest(name.name, names)}")
        else:
            message = f"the variable `{name.name}` is undefined{suggest(name.name, names | variables)}"
            yield page.problem(line, column, message)
    for call in tree.find_all(nodes.Call):
        yield from _argument(page, call, lines, offset, exists)


def _argument(
    page: PageFile, call: nodes.Call, lines: list[str], offset: int, exists: dict[str, set[str]]
) -> Iterator[Problem]:
    if not isinstance(call.node, nodes.Name) or call.node.name not in exists or not call.args:
        return
    macro, first = call.node.name, call.args[0]
    if not isinstance(first, nodes.Const):
        return
    wanted = str(first.value).lower() if macro == "term" else str(first.value)
    if wanted not in exists[macro]:
        line = call.lineno + offset
        what = {"module_overview": "module", "track_page": "track", "quiz": "question bank", "term": "glossary term"}
        message = f"there is no {what.get(macro, macro)} {first.value!r}{suggest(wanted, exists[macro])}"
        yield page.problem(line, _column(lines[line - 1], macro), message)


def _column(line: str, name: str) -> int:
    found = re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", line)
    return found.start() + 1 if found else 1
