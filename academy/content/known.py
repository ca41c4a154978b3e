"""What exists, read from raw data, so that one mistake in a file does not make every reference to it look wrong."""

import re
from collections.abc import Iterator
from typing import Any

from academy.content.load import Content


def module_numbers(content: Content) -> set[int]:
    """Numbers of the modules: what their files say, or else the number that the file name begins with."""
    numbers = set()
    for loaded in content.modules:
        number = _get(loaded.document.data, "number")
        named = re.match(r"(\d+)-", loaded.document.name.rsplit("/", 1)[-1])
        if isinstance(number, int):
            numbers.add(number)
        elif named:
            numbers.add(int(named[1]))
    return numbers


def objectives(content: Content) -> set[str]:
    """Ids of all objectives of all modules."""
    return {
        item["id"]
        for loaded in content.modules
        for item in _dicts(_get(loaded.document.data, "objectives"))
        if isinstance(item.get("id"), str)
    }


def labs(content: Content) -> set[str]:
    """Ids of all labs of all modules."""
    return {
        item["id"]
        for loaded in content.modules
        for item in _dicts(_get(loaded.document.data, "labs"))
        if isinstance(item.get("id"), str)
    }


def banks(content: Content) -> set[str]:
    """Ids of the question banks: the names of their files, which a rule holds to be their ids."""
    return {loaded.document.name.rsplit("/", 1)[-1].removesuffix(".yml") for loaded in content.banks}


def terms(content: Content) -> set[str]:
    """Names and aliases of all glossary terms."""
    entries = list(_dicts(_get(content.singles["glossary"].document.data, "terms")))
    names = {entry["term"] for entry in entries if isinstance(entry.get("term"), str)}
    return names | {alias for entry in entries for alias in entry.get("aliases") or () if isinstance(alias, str)}


def tracks(content: Content) -> set[str]:
    """Ids of the tracks."""
    entries = _dicts(_get(content.singles["tracks"].document.data, "tracks"))
    return {entry["id"] for entry in entries if isinstance(entry.get("id"), str)}


def _get(data: Any, key: str) -> Any:
    return data.get(key) if isinstance(data, dict) else None


def _dicts(items: Any) -> Iterator[dict[str, Any]]:
    yield from (item for item in items if isinstance(item, dict)) if isinstance(items, list) else ()
