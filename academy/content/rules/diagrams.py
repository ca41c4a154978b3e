"""Diagrams: each has the two texts that those who do not see it need."""

import re
from collections.abc import Iterator

from academy.content.load import Content
from academy.content.pages import fence_lines
from academy.content.problems import Problem
from academy.content.validate import suggest

OPTIONS = ("title", "desc")

_DOT = re.compile(r"^ *(?:`{3,}|~{3,}) *dot(?: +(?P<options>.*))?$")
_OPTION = re.compile(r"""([A-Za-z][\w-]*)=(?:"([^"]*)"|'([^']*)'|(\S+))""")


def check_diagrams(content: Content) -> Iterator[Problem]:
    for page in content.pages.values():
        for number, line in fence_lines(page.text):
            match = _DOT.match(line)
            if match is None:
                continue
            given = {name: a or b or c for name, a, b, c in _OPTION.findall(match["options"] or "")}
            unknown = [name for name in given if name not in OPTIONS]
            for name in unknown:
                message = f"a diagram has no option `{name}`{suggest(name, OPTIONS)}"
                yield page.problem(number, line.index(f"{name}=") + 1, message)
            missing = [name for name in OPTIONS if not given.get(name, "").strip()]
            if missing and not unknown:  # a misspelt option is reported once, by its own name
                message = (
                    f"the diagram has no {' and no '.join(f'`{name}`' for name in missing)}; "
                    'write ```dot title="the caption" desc="what the picture shows"'
                )
                yield page.problem(number, len(line) - len(line.lstrip()) + 1, message)
