"""Prerequisites exist and never lead back to the module that they begin from."""

from collections.abc import Iterator

from academy.content import known
from academy.content.load import Content
from academy.content.problems import Problem


def check_prerequisites(content: Content) -> Iterator[Problem]:
    numbers = known.module_numbers(content)
    graph = {loaded.item.number: loaded.item.prerequisites for loaded in content.valid(content.modules)}
    reported: set[frozenset[int]] = set()
    for loaded in content.valid(content.modules):
        module = loaded.item
        for index, number in enumerate(module.prerequisites):
            if number not in numbers:
                listed = ", ".join(str(known_number) for known_number in sorted(numbers))
                yield loaded.document.problem(
                    f"there is no module {number}; known here: {listed}", "prerequisites", index
                )
        cycle = _cycle(graph, module.number)
        if cycle and frozenset(cycle) not in reported:
            reported.add(frozenset(cycle))
            shown = " needs ".join(str(number) for number in (*cycle, cycle[0]))
            message = f"these modules wait for each other: {shown}; remove one of the prerequisites"
            yield loaded.document.problem(message, "prerequisites")


def _cycle(graph: dict[int, tuple[int, ...]], start: int) -> list[int] | None:
    """The shortest way from `start` back to itself, or None."""
    paths = [[start]]
    visited: set[int] = set()
    while paths:
        path = paths.pop(0)
        for number in graph.get(path[-1], ()):
            if number == start:
                return path
            if number not in visited:
                visited.add(number)
                paths.append([*path, number])
    return None
