"""A document against its model: every mismatch becomes a problem at the place of the key or value that is wrong."""

import types
import typing
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from academy.content.document import EMPTY, Document, Key, Where
from academy.content.problems import Problem
from academy.model.base import EXAMPLES, Model

M = TypeVar("M", bound=Model)

LONGEST_LIST = 20
"""How many names a message lists before it rather lists none."""
LONGEST_VALUE = 60
"""How many characters of a wrong value a message shows."""


def validate(document: Document, model: type[M]) -> M | None:
    """The model's object, or None after adding all that is wrong to `document.problems`."""
    if document.data is None:
        if not document.values and document.problems:
            document.problems[:] = [_name_keys(problem, model) for problem in document.problems]
            return None
        document.problems.append(document.problem(f"{EMPTY}; write its keys: {_names(_required(model))}"))
        return None
    try:
        instance = model.model_validate(document.data)
    except ValidationError as error:
        document.problems.extend(_problems(document, model, error.errors()))
        return None
    return None if document.problems else instance


def suggest(word: str, known: typing.Iterable[str]) -> str:
    """`; did you mean …?` when something known is near, else the list of what is known, if that is short."""
    names = sorted(set(known))
    near = get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"; did you mean `{near[0]}`?"
    return f"; known here: {_names(names)}" if 0 < len(names) <= LONGEST_LIST else ""


def suggest_page(path: str, pages: typing.Iterable[str]) -> str:
    """`; did you mean …?` when a page has a similar file name (folders alone are no likeness)."""
    files = {page.rsplit("/", 1)[-1]: page for page in sorted(pages)}
    near = get_close_matches(path.rsplit("/", 1)[-1], list(files), n=1, cutoff=0.7)
    return f"; did you mean `{files[near[0]]}`?" if near else ""


def _name_keys(problem: Problem, model: type[Model]) -> Problem:
    if problem.message != EMPTY:
        return problem
    message = f"{EMPTY}; write its keys: {_names(_required(model))}"
    return Problem(problem.path, problem.line, problem.column, message)


def _problems(document: Document, model: type[Model], errors: list[ErrorDetails]) -> Iterator[Problem]:
    misspelt: dict[Where, set[str]] = {}
    for error in errors:
        if error["type"] == "extra_forbidden":
            where, key = _where(document.data, error["loc"][:-1]), str(error["loc"][-1])
            near = get_close_matches(key, _fields(model, document.data, error["loc"][:-1]), n=1, cutoff=0.6)
            misspelt.setdefault(where, set()).update(near)
    unreadable = {(problem.line, problem.column) for problem in document.problems}
    for error in errors:
        where = _where(document.data, error["loc"])
        place = document.at(*where)
        if (place.line, place.column) in unreadable or (error["type"] == "too_short" and _long_enough(document, error)):
            continue
        last = str(error["loc"][-1]) if error["loc"] else ""
        if error["type"] == "missing":
            parent = _where(document.data, error["loc"][:-1])
            # A misspelt key is reported once, by its own line, not a second time as the missing right one.
            if last not in misspelt.get(parent, set()):
                yield document.problem(f"`{last}` is missing; add the line `{last}: …`", *parent)
        elif error["type"] == "extra_forbidden":
            known = _fields(model, document.data, error["loc"][:-1])
            yield document.problem(f"unknown key `{_short(last)}`{suggest(last, known)}", *where, key=True)
        else:
            yield document.problem(_message(document, where, error), *where)


def _long_enough(document: Document, error: ErrorDetails) -> bool:
    """pydantic counts only the valid entries of a list; when one is wrong, its own problem says so."""
    data = document.data
    for step in _where(data, error["loc"]):
        data = data[step]
    return bool(len(data) >= error.get("ctx", {})["min_length"])


_KINDS: dict[type, str] = {dict: "keys with values", list: "a list", bool: "true or false", type(None): "nothing"}
_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "finite_number": "a finite number",
    "date_type": "a day like 2026-11-22, without quotes",
    "list_type": "a list: lines that begin with `- `",
    "tuple_type": "a list: lines that begin with `- `",
    "model_type": "keys with values: lines like `key: value`",
    "model_attributes_type": "keys with values: lines like `key: value`",
    "dict_type": "keys with values: lines like `key: value`",
}


def _message(document: Document, where: Where, error: ErrorDetails) -> str:
    """One sentence: the key, what is wrong with its value, what to write instead."""
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    name = _name(where)
    raw = document.at(*where).raw
    shown = _short(raw if raw is not None else str(value))
    if kind == "string_type" and isinstance(value, int | float) and not isinstance(value, bool):
        return f'{name} must be text, but {shown} is a number; put it in quotes: "{shown}"'
    if kind in _WANTED:
        found = _KINDS.get(type(value)) or ("text" if isinstance(value, str) else str(shown))
        quoted = f" {shown!r}" if isinstance(value, str) and len(shown) <= 40 else ""
        fix = "; take away the quotes" if kind == "int_type" and shown.isdigit() and isinstance(value, str) else ""
        return f"{name} must be {_WANTED[kind]}, not {found}{quoted}{fix}"
    if kind == "literal_error":
        choices = [choice.strip("' ") for choice in str(context["expected"]).replace(" or ", ", ").split(", ")]
        near = get_close_matches(str(value), choices, n=1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        return f"{name} must be {_either(choices)}, not {shown}{hint}"
    if kind == "union_tag_invalid":
        choices = [choice.strip("' ") for choice in str(context["expected_tags"]).split(", ")]
        return f"`kind` must be {_either(choices)}, not {_short(str(context['tag']))}"
    if kind == "union_tag_not_found":
        return "`kind` is missing; add the line `kind: …`"
    if kind == "string_pattern_mismatch":
        return f"{name} is {shown!r}; write it like {EXAMPLES.get(str(context['pattern']), context['pattern'])}"
    if kind == "string_too_short":
        return f"{name} is empty; write its text"
    if kind == "too_short":
        least = context["min_length"]
        return f"{name} needs at least {least} {'entry' if least == 1 else 'entries'}, but has {len(value) or 'none'}"
    if kind in {"greater_than_equal", "less_than_equal"}:
        word, bound = ("at least", context["ge"]) if kind == "greater_than_equal" else ("at most", context["le"])
        return f"{name} must be {word} {bound}, not {shown}"
    if kind in {"duration", "solution_stage"}:
        return f"{name} {error['msg']}"
    return f"{name}: {error['msg']}"


def _short(text: str) -> str:
    """The value as a message shows it: on one line, and not longer than a line."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _name(where: Where) -> str:
    """The key as the reader sees it: `minutes`, or `points` entry 2 for an item of a list."""
    if not where:
        return "the file"
    last = where[-1]
    if isinstance(last, str):
        return f"`{last}`"
    parent = next((key for key in reversed(where[:-1]) if isinstance(key, str)), None)
    return f"entry {last + 1} of `{parent}`" if parent else f"entry {last + 1}"


def _either(choices: list[str]) -> str:
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])} or {choices[-1]}"


def _names(names: typing.Iterable[str]) -> str:
    return ", ".join(names)


def _where(data: Any, location: tuple[Key, ...]) -> Where:
    """The error's location without the steps that pydantic adds (tags of unions) and that the data does not have."""
    where: list[Key] = []
    for index, step in enumerate(location):
        present = (isinstance(data, dict) and step in data) or (
            isinstance(data, list) and isinstance(step, int) and step < len(data)
        )
        if present:
            where.append(step)
            data = data[step]
        elif index == len(location) - 1:
            where.append(step)
    return tuple(where)


def _required(model: type[BaseModel]) -> list[str]:
    return [name for name, info in model.model_fields.items() if info.is_required()]


def _fields(model: type[BaseModel], data: Any, location: tuple[Key, ...]) -> list[str]:
    """Names of the keys that are known at `location`."""
    found: Any = model
    for step in location:
        if isinstance(step, int):
            data = data[step] if isinstance(data, list) and step < len(data) else None
            found = _item(found)
        elif isinstance(found, type) and issubclass(found, BaseModel) and step in found.model_fields:
            data = data.get(step) if isinstance(data, dict) else None
            found = found.model_fields[step].annotation
        # else: a union's tag; the choice is made below by the data's own `kind`
        found = _choose(found, data)
    return list(found.model_fields) if isinstance(found, type) and issubclass(found, BaseModel) else []


def _item(annotation: Any) -> Any:
    arguments = [argument for argument in get_args(annotation) if argument is not Ellipsis]
    return arguments[0] if arguments else None


def _choose(annotation: Any, data: Any) -> Any:
    """The model behind Annotated, Optional and unions told apart by `kind`."""
    while get_origin(annotation) is typing.Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in {Union, types.UnionType}:
        members = [_choose(member, data) for member in get_args(annotation) if member is not type(None)]
        tag = data.get("kind") if isinstance(data, dict) else None
        for member in members:
            kind = (
                member.model_fields.get("kind") if isinstance(member, type) and issubclass(member, BaseModel) else None
            )
            if kind is not None and get_origin(kind.annotation) is Literal and tag in get_args(kind.annotation):
                return member
        return members[0]
    return annotation
