"""Names that could come next at the cursor."""

import builtins
import keyword
import re
from collections.abc import Mapping
from typing import Any

MOST = 200
_CHAIN = re.compile(r"([A-Za-z_][\w.]*)?$")


def complete(code: str, cursor: int, namespace: Mapping[str, Any]) -> list[str]:
    """The names that may finish the word before `cursor`, sorted, private ones last.

    For `world.ad` these are attributes (`advance`). Only plain attribute look-ups are made; nothing is called, except
    properties on the way.
    """
    found = _CHAIN.search(code[:cursor])
    chain = (found[1] or "") if found else ""
    *owners, start = chain.split(".")
    if not owners:
        names = {*namespace, *dir(builtins), *keyword.kwlist}
    else:
        if owners[0] in namespace:
            value = namespace[owners[0]]
        elif hasattr(builtins, owners[0]):
            value = getattr(builtins, owners[0])
        else:
            return []
        try:
            for owner in owners[1:]:
                value = getattr(value, owner)
            names = set(dir(value))
        except Exception:
            return []  # an attribute that fails has no completions
    fitting = [
        name for name in names if name.startswith(start) and not (name.startswith("_") and not start.startswith("_"))
    ]
    return sorted(fitting, key=lambda name: (name.startswith("_"), name))[:MOST]
