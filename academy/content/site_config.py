"""mkdocs.yml as far as the check needs it: the menu, the variables of `extra`, the marks of macros.

The file names Python objects by tags (`!!python/name:…`), so it is composed into nodes and never constructed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import yaml

from academy.content.document import parse_errors, read_text
from academy.content.problems import Problem

NAME = "mkdocs.yml"


@dataclass(frozen=True)
class Marks:
    """What opens and closes a block and a comment of a template; the fields are Jinja's own arguments."""

    block_start_string: str = "{%"
    block_end_string: str = "%}"
    comment_start_string: str = "{#"
    comment_end_string: str = "#}"


def config_problems(root: Path) -> list[Problem]:
    """Why mkdocs.yml cannot be read, if it is there and cannot."""
    if not (root / NAME).exists():
        return []
    text, problems = read_text(root / NAME, NAME)
    return problems or parse_errors(text, NAME)


def navigation(root: Path) -> set[str] | None:
    """Every page that the menu names; None without a menu."""
    nav = _get(_config(root), "nav")
    return None if nav is None else set(_scalars(nav))


def extra_keys(root: Path) -> set[str]:
    """Variables that mkdocs.yml gives to every page."""
    extra = _get(_config(root), "extra")
    return {key.value for key, _ in extra.value} if isinstance(extra, yaml.MappingNode) else set()


def template_marks(root: Path) -> Marks:
    """The marks that mkdocs.yml gives to the macros plugin (`j2_block_start_string` and its three siblings)."""
    plugins = _get(_config(root), "plugins")
    entries = plugins.value if isinstance(plugins, yaml.SequenceNode) else []
    macros = next((found for entry in entries if (found := _get(entry, "macros")) is not None), None)
    given = {field.name: _get(macros, f"j2_{field.name}") for field in fields(Marks)}
    return Marks(**{name: node.value for name, node in given.items() if isinstance(node, yaml.ScalarNode)})


def _config(root: Path) -> yaml.Node | None:
    """The file's node; None when there is none, or none that can be read (`config_problems` says why)."""
    if not (root / NAME).exists():
        return None
    text, problems = read_text(root / NAME, NAME)
    if problems:
        return None
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return None


def _get(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _scalars(node: yaml.Node) -> Iterator[str]:
    if isinstance(node, yaml.ScalarNode):
        yield node.value
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _scalars(value)
