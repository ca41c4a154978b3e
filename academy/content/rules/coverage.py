"""Every objective of a module whose assessment is written is met by at least one question or exercise."""

from collections.abc import Iterator

from academy.content import known
from academy.content.load import Content
from academy.content.problems import Problem
from academy.model.module import Module


def check_coverage(content: Content) -> Iterator[Problem]:
    if any(loaded.item is None for loaded in (*content.banks, *content.exercises)):
        return  # a file that cannot be read may meet what seems unmet; its own problem comes first
    met = {question.objective for loaded in content.banks for question in loaded.item.questions}
    met |= {objective for loaded in content.exercises for objective in loaded.item.objectives}
    for loaded in content.valid(content.modules):
        module = loaded.item
        assert isinstance(module, Module)
        bank = module.assessment.bank
        if (
            module.status == "planned"
            or module.assessment.status == "planned"
            or bank not in {None, *known.banks(content)}
        ):
            continue
        for index, objective in enumerate(module.objectives):
            if objective.id not in met:
                message = f"no question and no exercise meets the objective {objective.id}; write one that names it"
                yield loaded.document.problem(message, "objectives", index, "id")
