"""YAML files read with the place of every key and value kept.

PyYAML composes the file into nodes that know their line and column; this module turns the nodes into plain Python data
and an index from paths (`("outline", 2, "minutes")`) to places. It reads YAML's 1.2 idea of scalars: only `true` and
`false` are booleans (so a term called `no` stays text), and `1:30` is text, not ninety.
"""

import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from academy.content.problems import Problem, Severity

try:
    from yaml import CSafeLoader as _FastLoader
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader as _FastLoader  # type: ignore[assignment]

Key = str | int
Where = tuple[Key, ...]

LONGEST_NUMBER = 30
EMPTY = "the file is empty"
ALIAS = "`*{}` repeats a value written elsewhere; write the value out here (if it is text, put it in quotes)"
NESTED = "lists or mappings are nested too deeply to read; write each on lines of its own"

_RESOLVERS: list[tuple[str, re.Pattern[str], str]] = [
    ("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), "tTfF"),
    ("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), "-+0123456789"),
    (
        "tag:yaml.org,2002:float",
        re.compile(r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)$"),
        "-+.0123456789",
    ),
    ("tag:yaml.org,2002:timestamp", re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), "0123456789"),
    ("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), "~nN"),
]


def _resolvers() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    table: dict[str, list[tuple[str, re.Pattern[str]]]] = {"": [("tag:yaml.org,2002:null", _RESOLVERS[-1][1])]}
    for tag, pattern, first in _RESOLVERS:
        for character in first:
            table.setdefault(character, []).append((tag, pattern))
    return table


class _Fast(_FastLoader):
    yaml_implicit_resolvers = _resolvers()


class _Plain(yaml.SafeLoader):
    """Only to word an error: libyaml's texts differ from PyYAML's own, and messages must not depend on the build."""

    yaml_implicit_resolvers = _resolvers()


@dataclass(frozen=True)
class Place:
    """Line and column, from 1, and the scalar as it was written (None for lists and mappings)."""

    line: int
    column: int
    raw: str | None = None


@dataclass
class Document:
    """A YAML file: its data, and where each piece of it stands. `problems` are those that reading it brought up."""

    name: str
    """Path relative to the repository's root."""
    data: Any = None
    values: dict[Where, Place] = field(default_factory=dict)
    keys: dict[Where, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def at(self, *where: Key) -> Place:
        """Place of the value at `where`, or of the nearest thing around it that exists."""
        while where and where not in self.values:
            where = where[:-1]
        return self.values.get(where, Place(1, 1))

    def key_at(self, *where: Key) -> Place:
        """Place of the key itself (not of its value)."""
        return self.keys.get(where) or self.at(*where)

    def problem(self, message: str, *where: Key, severity: Severity = "error", key: bool = False) -> Problem:
        """A problem at the value of `where`; `key` points at the key instead."""
        place = self.key_at(*where) if key else self.at(*where)
        return Problem(self.name, place.line, place.column, message, severity)


def read_text(path: Path, name: str) -> tuple[str, list[Problem]]:
    """The file's text, or a problem that says why it cannot be read."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return "", [Problem(name, 1, 1, "the file is missing; create it, or restore it with git checkout")]
    except IsADirectoryError:
        return "", [Problem(name, 1, 1, "this is a folder with the name of a file; rename or remove the folder")]
    except OSError as error:
        return "", [Problem(name, 1, 1, f"the file cannot be read: {error.strerror}")]
    try:
        # Editors on Windows end lines with CR LF; everything that reads lines here expects LF.
        return raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n"), []
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file with the encoding UTF-8"
        return "", [Problem(name, line, column, message)]


def read_yaml(path: Path, name: str) -> Document:
    """Read `path`; `document.problems` is empty when the data can be validated."""
    text, problems = read_text(path, name)
    if problems:
        return Document(name, problems=problems)
    return parse_yaml(text, name)


def parse_yaml(text: str, name: str, first_line: int = 1) -> Document:
    """Parse YAML text that begins at `first_line` of the file `name` (front matter does not begin at line 1)."""
    document = Document(name)
    try:
        _parse(text, document, first_line)
    except RecursionError:
        document.problems.append(Problem(name, first_line, 1, NESTED))
    return document


def parse_errors(text: str, name: str) -> list[Problem]:
    """Why `text` is not YAML; empty if it is. Tags and anchors are allowed: this is for files of other tools."""
    try:
        yaml.compose(text, Loader=_Fast)
    except yaml.YAMLError:
        return [_syntax_problem(text, name, 1)]
    except RecursionError:
        return [Problem(name, 1, 1, NESTED)]
    return []


def _parse(text: str, document: Document, first_line: int) -> None:
    try:
        alias = _first_alias(text)
        node = None if alias else yaml.compose(text, Loader=_Fast)
    except yaml.YAMLError:
        document.problems.append(_syntax_problem(text, document.name, first_line))
        return
    if alias is not None:
        name, mark = alias
        message = ALIAS.format(name)
        document.problems.append(Problem(document.name, mark.line + first_line, mark.column + 1, message))
        return
    if node is None:
        document.problems.append(Problem(document.name, first_line, 1, EMPTY))
        return
    document.data = _Reader(document, first_line).read(node, ())


def _first_alias(text: str) -> tuple[str | None, Any] | None:
    """A few lines of aliases of aliases stand for billions of values, so none is followed."""
    if "*" not in text:
        return None
    aliases = (event for event in yaml.parse(text, Loader=_Fast) if isinstance(event, yaml.AliasEvent))
    return next(((alias.anchor, alias.start_mark) for alias in aliases if alias.start_mark), None)


def _syntax_problem(text: str, name: str, first_line: int) -> Problem:
    tabs = [number for number, line in enumerate(text.split("\n")) if re.match(r" *\t", line)]
    if tabs:
        column = text.split("\n")[tabs[0]].index("\t") + 1
        more = f" ({len(tabs)} lines have one)" if len(tabs) > 1 else ""
        message = f"a tab indents this line{more}; YAML allows only spaces: use two spaces for each level"
        return Problem(name, tabs[0] + first_line, column, message)
    try:
        yaml.compose(text, Loader=_Plain)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + first_line, mark.column + 1) if mark else (first_line, 1)
        return Problem(name, line, column, f"this is not YAML: {_explain(error)}")
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        message = f"the character U+{ord(text[error.position]):04X} is not allowed in YAML; delete it"
        return Problem(name, before.count("\n") + first_line, len(before) - before.rfind("\n"), message)
    except yaml.YAMLError as error:
        return Problem(name, first_line, 1, f"this is not YAML: {' '.join(str(error).split())}")
    return Problem(name, first_line, 1, "this is not YAML; compare it with a neighbouring file")


_ADVICE = {
    "mapping values are not allowed here": "a second `: ` on the line; put the text in quotes",
    "could not find expected ':'": "a key without `:`; write `key: value`, or indent it under the text above",
    "expected <block end>, but found": "the indentation does not fit the lines above, or a quote above is not closed",
    "cannot start any token": "text cannot begin with this character; put the text in quotes",
    "found unexpected end of stream": "a quote or a bracket is never closed",
    "expected ',' or '}'": "a `{` list of keys is not closed, or a comma is missing; texts with commas need quotes",
    "expected ',' or ']'": "a `[` list is not closed, or a comma is missing; texts with commas need quotes",
    "expected alphabetic or numeric character": "text cannot begin with `*` or `&`; put it in quotes",
    "expected a single document": "the file holds a second document; remove the line `---` inside it",
    "found undefined alias": "text cannot begin with `*`; put it in quotes",
}


def _explain(error: yaml.MarkedYAMLError) -> str:
    words = " ".join(f"{error.context or ''} {error.problem or ''}".split())
    return next((advice for key, advice in _ADVICE.items() if key in words), words)


class _Reader:
    """Turns nodes into data and fills the document's index."""

    def __init__(self, document: Document, first_line: int) -> None:
        self.document = document
        self.offset = first_line

    def read(self, node: yaml.Node, where: Where) -> Any:
        raw = node.value if isinstance(node, yaml.ScalarNode) else None
        self.document.values[where] = self._place(node, raw)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*where, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, yaml.MappingNode)
        return self._mapping(node, where)

    def _mapping(self, node: yaml.MappingNode, where: Where) -> dict[Hashable, Any]:
        data: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._complain(
                    key_node, "a key must be a word, not a list or a mapping; texts with `{` or `[` need quotes"
                )
                continue
            key = str(key_node.value)
            if key in data:
                first = self.document.keys[(*where, key)]
                self._complain(key_node, f"`{key}` is already set on line {first.line}; remove one of the two")
                continue
            self.document.keys[(*where, key)] = self._place(key_node, key)
            data[key] = self.read(value_node, (*where, key))
        return data

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        text: str = node.value
        kind = str(node.tag).removeprefix("tag:yaml.org,2002:")
        if kind == "str":
            return text
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        if kind == "int" and len(text) > LONGEST_NUMBER:
            self._complain(node, f"a number of {len(text)} digits; put it in quotes if it is text")
            return None
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text)
        if kind == "timestamp":
            try:
                return date.fromisoformat(text)
            except ValueError:
                self._complain(node, f"{text} is not a day of the calendar; write year-month-day, like 2026-11-22")
                return None
        self._complain(node, f"the tag {node.tag} is not allowed; write a plain value")
        return None

    def _place(self, node: yaml.Node, raw: str | None) -> Place:
        return Place(node.start_mark.line + self.offset, node.start_mark.column + 1, raw)

    def _complain(self, node: yaml.Node, message: str) -> None:
        place = self._place(node, None)
        self.document.problems.append(Problem(self.document.name, place.line, place.column, message))
