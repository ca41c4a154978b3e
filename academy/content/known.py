"""What exists. A file with mistakes still counts as there, so that not every reference to it looks wrong too."""

import re
from typing import Any

from academy.content.load import Content


def module_numbers(content: Content) -> set[int]:
    """Numbers of the modules, those of files with mistakes included."""
    numbers = {loaded.item.number for loaded in content.valid(content.modules)}
    return numbers | broken_modules(content)


def broken_modules(content: Content) -> set[int]:
    """Numbers of the modules whose file has mistakes (the number that it says, and the one in its name) or is gone."""
    numbers = set(content.missing_modules)
    for loaded in content.modules:
        if loaded.item is None:
            number = _get(loaded.document.data, "number")
            named = re.match(r"(\d+)-", loaded.document.name.rsplit("/", 1)[-1])
            numbers |= {number} if isinstance(number, int) else set()
            numbers |= {int(named[1])} if named else set()
    return numbers


def objectives(content: Content) -> set[str]:
    """Ids of all objectives of the modules that could be read."""
    return {objective.id for loaded in content.valid(content.modules) for objective in loaded.item.objectives}


def labs(content: Content) -> set[str]:
    """Ids of all labs of the modules that could be read."""
    return {lab.id for loaded in content.valid(content.modules) for lab in loaded.item.labs}


def banks(content: Content) -> set[str]:
    """Ids of the question banks: the names of their files, which a rule holds to be their ids."""
    return {loaded.document.name.rsplit("/", 1)[-1].removesuffix(".yml") for loaded in content.banks}


def _get(data: Any, key: str) -> Any:
    return data.get(key) if isinstance(data, dict) else None
