"""Macros and variables in pages: every name is known, and what a macro is asked for exists.

The names come from the code of macros/ (functions marked `@site.macro`), read without running it, so that the check
needs nothing but Python; and from `extra` in mkdocs.yml, which also says how blocks and comments are marked.
"""

import ast
import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

import jinja2
import jinja2.meta
from jinja2 import nodes

from academy.content import known
from academy.content.document import read_text
from academy.content.load import Content
from academy.content.pages import PageFile
from academy.content.problems import Problem
from academy.content.python_source import NotPython, parse
from academy.content.site_config import Marks, extra_keys, template_marks
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
    macros = macros_of(content.root)
    variables = BUILT_IN | extra_keys(content.root)
    exists = _arguments(content)
    marks = template_marks(content.root)
    environment = _environment(marks)
    openings = ("{{", marks.block_start_string, marks.comment_start_string)
    for page in content.pages.values():
        if not page.unreadable and any(opening in page.text for opening in openings):
            yield from _page(page, environment, macros, variables, exists)


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


def macros_of(root: Path) -> dict[str, ast.arguments]:
    """The macros that macros/*.py registers by a decorator `@….macro`: their names and parameters."""
    found = {}
    for path in sorted((root / "macros").glob("*.py")):
        tree = parse(read_text(path, path.name)[0])
        for node in ast.walk(tree) if isinstance(tree, ast.Module) else ():
            if isinstance(node, ast.FunctionDef) and any(_marks(decorator) for decorator in node.decorator_list):
                found[node.name] = node.args
    return found


def _broken_macros(root: Path) -> Iterator[Problem]:
    for path in sorted((root / "macros").glob("*.py")):
        parsed = parse(read_text(path, path.name)[0])
        if isinstance(parsed, NotPython):
            name = path.relative_to(root).as_posix()
            yield Problem(name, parsed.line, parsed.column, f"this is not Python: {parsed.reason}")


def _marks(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Attribute) and decorator.attr == "macro"


def _environment(marks: Marks) -> jinja2.Environment:
    """As mkdocs-macros makes it."""
    return jinja2.Environment(
        block_start_string=marks.block_start_string,
        block_end_string=marks.block_end_string,
        comment_start_string=marks.comment_start_string,
        comment_end_string=marks.comment_end_string,
        extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
    )


def _page(
    page: PageFile,
    environment: jinja2.Environment,
    macros: dict[str, ast.arguments],
    variables: set[str],
    exists: dict[str, set[str]],
) -> Iterator[Problem]:
    lines = page.text.split("\n")
    body = "\n".join(lines[page.body_line - 1 :])
    offset = page.body_line - 1
    try:
        tree = environment.parse(body)
    except jinja2.TemplateSyntaxError as error:
        yield _unreadable(page, environment, error, lines, offset)
        return
    except (ValueError, RecursionError) as error:  # numbers and nestings beyond all use
        yield page.problem(page.body_line, 1, f"the macros of this page cannot be read: {error}")
        return
    undeclared = jinja2.meta.find_undeclared_variables(tree)
    called = {id(call.node) for call in tree.find_all(nodes.Call)}
    for name in tree.find_all(nodes.Name):
        if name.ctx != "load" or name.name not in undeclared or name.name in {*macros, *variables}:
            continue
        line = name.lineno + offset
        column = _column(lines[line - 1], name.name)
        if id(name) in called:
            yield page.problem(line, column, f"there is no macro `{name.name}`{suggest(name.name, macros)}")
        else:
            yield page.problem(line, column, _undefined(name.name, macros, variables))
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in macros:
            name_, line = call.node.name, call.lineno + offset
            for complaint in _against_signature(name_, macros[name_], call):
                yield page.problem(line, _column(lines[line - 1], name_), complaint)
        yield from _argument(page, call, lines, offset, exists)


def _unreadable(
    page: PageFile, environment: jinja2.Environment, error: jinja2.TemplateSyntaxError, lines: list[str], offset: int
) -> Problem:
    """What Jinja cannot parse, at the `{{` that it most likely means; Jinja itself tells only a line."""
    line = min(error.lineno + offset, len(lines))
    raw = f"{environment.block_start_string} raw {environment.block_end_string}"
    end = f"{environment.block_start_string} endraw {environment.block_end_string}"
    remedy = f"if it is text, put it between {raw} and {end}"
    unclosed = _unclosed(lines[offset:line])
    if unclosed is not None:
        number, column, what = unclosed
        return page.problem(number + offset, column, f"{what}, or {remedy}")
    # Jinja counts characters from the beginning of the page: a number that helps nobody.
    reason = re.sub(r" at \d+$", "", error.message or "").rstrip(".")
    return page.problem(line, max(lines[line - 1].find("{{") + 1, 1), f"this macro cannot be read: {reason}; {remedy}")


def _unclosed(lines: list[str]) -> tuple[int, int, str] | None:
    """The last `{{` without its `}}` before the next one or an empty line, or with an odd quote: line, column, why."""
    text = "\n".join(lines)
    for opening in reversed([match.start() for match in re.finditer(r"\{\{", text)]):
        end = re.compile(r"\}\}|\{\{|\n[ \t]*\n|\Z").search(text, opening + 2)
        assert end is not None  # \\Z matches
        inside = re.sub(r""" "[^"\n]*" | '[^'\n]*' """, "", text[opening : end.start()], flags=re.VERBOSE)
        if end.group() != "}}":
            what = "this {{ is never closed; write }} after the macro"
        elif '"' in inside or "'" in inside:
            what = "a quote in this macro is never closed; close it"
        else:
            continue
        return text.count("\n", 0, opening) + 1, opening - text.rfind("\n", 0, opening), what
    return None


def _undefined(name: str, macros: dict[str, ast.arguments], variables: set[str]) -> str:
    near = get_close_matches(name, sorted({*macros, *variables}), n=1, cutoff=0.6)
    if near:
        shown = f"{near[0]}(…)" if near[0] in macros else near[0]
        return f"the variable `{name}` is undefined; did you mean `{shown}`?"
    nearest = get_close_matches(name, sorted(macros), n=3, cutoff=0.0)
    listed = ", ".join(_call(macro, macros[macro]) for macro in nearest)
    return (
        f"the variable `{name}` is undefined; if it is text, write `{name}` without the braces; "
        f"if it is a macro, the nearest are {listed}"
    )


def _call(name: str, parameters: ast.arguments) -> str:
    """How a macro is called: `module_overview(number)`; what is optional is left out."""
    needed = parameters.args[: len(parameters.args) - len(parameters.defaults)]
    alone = [a for a, default in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True) if default is None]
    return f"{name}({', '.join([*(a.arg for a in needed), *(f'{a.arg}=…' for a in alone)])})"


def _against_signature(name: str, parameters: ast.arguments, call: nodes.Call) -> Iterator[str]:
    """What Python would refuse about the call."""
    if call.dyn_args is not None or call.dyn_kwargs is not None:
        return  # only known when the page is rendered
    positional = [argument.arg for argument in (*parameters.posonlyargs, *parameters.args)]
    keyword = [argument.arg for argument in (*parameters.args, *parameters.kwonlyargs)]
    given = [argument.key for argument in call.kwargs]
    usage = f"write {{{{ {_call(name, parameters)} }}}}"
    if len(call.args) > len(positional) and parameters.vararg is None:
        takes = f"{len(positional)} value{'' if len(positional) == 1 else 's'}" if positional else "no values"
        yield f"`{name}` takes {takes}, but is given {len(call.args)}; {usage}"
    for key in given:
        if key not in keyword and parameters.kwarg is None:
            near = suggest(key, keyword)
            yield f"`{name}` has no parameter `{key}`{near if near.endswith('?') else f'; {usage}'}"
        elif key in positional[: len(call.args)]:
            yield f"`{name}` is given `{key}` twice; {usage}"
    required = positional[: len(positional) - len(parameters.defaults)]
    missing = [key for key in required[len(call.args) :] if key not in given]
    missing += [
        argument.arg
        for argument, default in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)
        if default is None and argument.arg not in given
    ]
    # A misspelt keyword is reported once, by its own name.
    if missing and all(key in keyword for key in given):
        yield f"`{name}` needs {', '.join(f'`{key}`' for key in missing)}; {usage}"


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
