"""Schemas: a small part of JSON Schema (2020-12), enough to describe this API and to check what comes in.

The functions make the schemas that the OpenAPI document shows; `problem` checks a value against one.
"""

import math
import sys
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

#: Whole numbers beyond this are not the same in every program that reads JSON (RFC 8259, section 6).
LARGEST_WHOLE = 2**53 - 1
#: No number that fits into 64 bits of floating point is larger.
LARGEST = int(sys.float_info.max)


def text(description: str = "", choices: tuple[str, ...] = (), **more: Any) -> Schema:
    """A string, one of `choices` if there are any."""
    return _schema("string", description, **({"enum": list(choices)} if choices else {}), **more)


def integer(description: str = "", **more: Any) -> Schema:
    """A whole number; `minimum` and `maximum` may be given."""
    return _schema("integer", description, **more)


def number(description: str = "", **more: Any) -> Schema:
    """A number; say its unit in the description."""
    return _schema("number", description, **more)


def boolean(description: str = "") -> Schema:
    """true or false."""
    return _schema("boolean", description)


def many(items: Schema, description: str = "") -> Schema:
    """A list."""
    return _schema("array", description, items=items)


def mapping(values: Schema, description: str = "") -> Schema:
    """An object whose names are not fixed."""
    return _schema("object", description, additionalProperties=values)


def anything(description: str = "") -> Schema:
    """Any value."""
    return {"description": description} if description else {}


def optional(schema: Schema) -> Schema:
    """The same, or null."""
    return {**schema, "type": [schema["type"], "null"]}


def record(description: str = "", /, **fields: Schema) -> Schema:
    """An object with these fields, all of them always there."""
    return _schema("object", description, properties=fields, required=list(fields), additionalProperties=False)


def _schema(type: str, description: str, **more: Any) -> Schema:
    return {"type": type, **({"description": description} if description else {}), **more}


_PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list, tuple),
    "object": (dict,),
    "null": (type(None),),
}


def shown(value: Any) -> str:
    """A value for a message: its first characters, or the name of its type if it has no text at all."""
    try:
        return f"{value!r:.80}"
    except ValueError:  # a whole number of more than 4,300 digits
        return f"a value of type {type(value).__name__}"


def accepted(schema: Schema) -> str:
    """What a schema accepts, in words."""
    if "enum" in schema:
        return "give one of " + ", ".join(str(choice) for choice in schema["enum"])
    types = schema.get("type", "value")
    kind = types if isinstance(types, str) else types[0]
    words = {"integer": "a whole number", "number": "a number", "string": "text", "boolean": "true or false"}
    shortest, longest = schema.get("minLength"), schema.get("maxLength")
    if longest is not None:
        return f"give text of {shortest or 0} to {longest} characters"
    low, high = schema.get("minimum"), schema.get("maximum")
    span = f" from {low}" if low is not None else ""
    span += f" to {high}" if high is not None else ""
    return f"give {words.get(kind, 'a list' if kind == 'array' else 'an object')}{span}"


def problem(schema: Schema, value: Any, at: str = "body") -> tuple[str, str] | None:
    """(where, what is wrong) of the first place at which `value` does not fit, or None if it fits."""
    types = schema.get("type")
    if types is not None:
        names = [types] if isinstance(types, str) else list(types)
        if not any(_is(name, value) for name in names):
            return at, f"got {shown(value)}; {accepted(schema)}"
    if value is None:
        return None
    if "enum" in schema and value not in schema["enum"]:
        return at, f"got {shown(value)}; {accepted(schema)}"
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        return at, f"got {shown(value)}; {accepted(schema)}"
    if isinstance(value, str) and not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        return at, f"got {shown(value)}; {accepted(schema)}"
    if isinstance(value, list | tuple) and "items" in schema:
        for index, item in enumerate(value):
            if found := problem(schema["items"], item, f"{at}[{index}]"):
                return found
    if isinstance(value, dict) and types is not None:
        return _object_problem(schema, value, at)
    return None


def _object_problem(schema: Schema, value: dict[str, Any], at: str) -> tuple[str, str] | None:
    fields: Mapping[str, Schema] = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            return f"{at}.{name}", "is missing"
    other = schema.get("additionalProperties", True)
    for name, item in value.items():
        if name in fields:
            found = problem(fields[name], item, f"{at}.{name}")
        elif other is False:
            found = f"{at}.{name}", f"is not known; the fields are {', '.join(fields)}"
        else:
            found = problem(other, item, f"{at}.{name}") if isinstance(other, Mapping) else None
        if found:
            return found
    return None


def _is(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    if not isinstance(value, _PYTHON[name]) and not (name == "integer" and isinstance(value, float)):
        return False
    if name == "integer":
        return -LARGEST_WHOLE <= value <= LARGEST_WHOLE and value == int(value)
    if name == "number":
        return math.isfinite(value) if isinstance(value, float) else -LARGEST <= value <= LARGEST
    return True
