"""Labs and exercises: a folder for each written lab, and in it files that fit together."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from academy.content import known
from academy.content.document import Document
from academy.content.load import Content, Loaded
from academy.content.problems import Problem
from academy.content.python_source import NotPython, parse
from academy.content.validate import suggest
from academy.model.exercise import Exercise
from academy.model.module import Lab

EXPECTS = "# expects:"


def check_exercises(content: Content) -> Iterator[Problem]:
    labs = {}
    folders = {folder.name for folder in (content.root / "exercises").glob("*-*") if folder.is_dir()}
    for loaded in content.valid(content.modules):
        for index, lab in enumerate(loaded.item.labs):
            labs[lab.id] = lab
            yield from _folder(lab, folders, loaded.document, index)
    for folder in sorted(folders):
        if not (content.root / "exercises" / folder / "exercise.yml").is_file():
            name = f"exercises/{folder}/exercise.yml"
            yield Problem(name, 1, 1, "the folder has no exercise.yml; write it, or delete the folder")
    for loaded in content.valid(content.exercises):
        yield from _exercise(content, loaded, labs.get(loaded.item.id))


def _folder(lab: Lab, folders: set[str], document: Document, index: int) -> Iterator[Problem]:
    found = sorted(folder for folder in folders if folder.startswith(f"{lab.id}-"))
    if lab.status == "written" and not found:
        message = f"lab {lab.id} has no folder exercises/{lab.id}-…; create it, or set `status: planned`"
        yield document.problem(message, "labs", index, "id")
    if lab.status == "planned" and found:
        yield document.problem(f"exercises/{found[0]} is written; remove `status: planned`", "labs", index, "status")


def _exercise(content: Content, loaded: Loaded, lab: Lab | None) -> Iterator[Problem]:
    exercise, document = loaded.item, loaded.document
    assert isinstance(exercise, Exercise)
    if exercise.module not in known.module_numbers(content):
        yield document.problem(f"there is no module {exercise.module}", "module")
    own = {objective for objective in known.objectives(content) if objective.startswith(f"{exercise.module}.")}
    for index, objective in enumerate(exercise.objectives):
        if own and objective not in own:
            message = f"module {exercise.module} has no objective {objective}{suggest(objective, own)}"
            yield document.problem(message, "objectives", index)
    if lab is not None and lab.minutes != exercise.minutes:
        message = (
            f"`minutes` is {exercise.minutes} here and {lab.minutes} in the curriculum's lab; write one number in both"
        )
        yield document.problem(message, "minutes")
    yield from _files(exercise, document)
    yield from _checks(exercise, document)
    yield from _stages(exercise, document)


def _files(exercise: Exercise, document: Document) -> Iterator[Problem]:
    folder = f"exercises/{exercise.folder}"
    for name in ("starter.py", "solution.py", "checks.py"):
        if name not in exercise.files:
            yield document.problem(f"{folder}/{name} is missing; every exercise has a starter, a solution and checks")
    wrong = {name: text for name, text in exercise.files.items() if name.startswith("wrong/")}
    if not wrong:
        yield document.problem(
            f"{folder}/wrong/ holds no wrong answer; write at least one .py file with a typical mistake"
        )
    for name, text in wrong.items():
        first = text.split("\n", 1)[0]
        if not first.startswith(EXPECTS) or not first.removeprefix(EXPECTS).strip():
            message = f"a wrong answer begins with the message that it must earn: {EXPECTS} part of the message"
            yield Problem(f"{folder}/{name}", 1, 1, message)
    for name, text in exercise.files.items():
        if name in wrong:
            continue  # a mistake may well be one of syntax
        parsed = parse(text)
        if isinstance(parsed, NotPython):
            yield Problem(f"{folder}/{name}", parsed.line, parsed.column, f"this is not Python: {parsed.reason}")


def _checks(exercise: Exercise, document: Document) -> Iterator[Problem]:
    text = exercise.files.get("checks.py")
    declared = declared_checks(text) if text is not None else None
    if declared is None:
        return
    used = {name for step in exercise.steps for name in step.checks}
    for index, step in enumerate(exercise.steps):
        for position, name in enumerate(step.checks):
            if name not in declared:
                message = f"checks.py has no check {name!r}{suggest(name, declared)}"
                yield document.problem(message, "steps", index, "checks", position)
            elif declared[name].step != step.id:
                message = (
                    f"checks.py puts the check {name!r} under the step {declared[name].step!r}; write one of the two"
                )
                yield document.problem(message, "steps", index, "checks", position)
    for name, check in declared.items():
        if name not in used:
            path = f"exercises/{exercise.folder}/checks.py"
            yield Problem(path, check.line, 1, f"no step names the check {name!r}; add it to the `checks` of a step")
    total = sum(check.points for check in declared.values())
    if declared and total != exercise.points:
        message = f"`points` is {exercise.points}, but the checks of checks.py sum to {total}; write points: {total}"
        yield document.problem(message, "points")


@dataclass(frozen=True)
class DeclaredCheck:
    """A check as checks.py declares it."""

    points: int
    step: str
    line: int


def declared_checks(text: str) -> dict[str, DeclaredCheck] | None:
    """Functions marked `@check("name", points=2, step="id")`, by name; None if the text is not Python."""
    tree = parse(text)
    if isinstance(tree, NotPython):
        return None
    found = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef):
            continue
        for decorator in node.decorator_list:
            if not isinstance(decorator, ast.Call) or ast.unparse(decorator.func).rsplit(".", 1)[-1] != "check":
                continue
            given = {k.arg: k.value.value for k in decorator.keywords if isinstance(k.value, ast.Constant)}
            if decorator.args and isinstance(decorator.args[0], ast.Constant):
                points = given.get("points")
                worth = points if isinstance(points, int) else 0
                name = str(decorator.args[0].value)
                found[name] = DeclaredCheck(worth, str(given.get("step", "")), node.lineno)
    return found


def _stages(exercise: Exercise, document: Document) -> Iterator[Problem]:
    solution = exercise.files.get("solution.py", "")
    for index, stage in enumerate(exercise.solution_stages):
        if stage.until is not None and stage.until not in solution:
            message = (
                f"solution.py has no line with {stage.until!r}; `until` is part of the line that the stage ends before"
            )
            yield document.problem(message, "solution_stages", index, "until")
        if stage.file is not None and stage.file not in exercise.files:
            message = f"exercises/{exercise.folder}/{stage.file} does not exist{suggest(stage.file, exercise.files)}"
            yield document.problem(message, "solution_stages", index, "file")
