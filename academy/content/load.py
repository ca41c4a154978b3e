"""From the files of the repository to a `Course`: read everything, collect every problem, then build."""

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from academy import paths
from academy.content.document import Document, read_text, read_yaml
from academy.content.pages import PageFile, read_pages
from academy.content.problems import ContentError, Problem
from academy.content.validate import validate
from academy.model.base import Model
from academy.model.case_study import CaseStudies
from academy.model.certification import Certification
from academy.model.course import Course
from academy.model.delivery import Delivery
from academy.model.document import CourseDocument
from academy.model.exercise import Exercise
from academy.model.feedback import Feedback
from academy.model.glossary import Glossary
from academy.model.mentoring import Mentoring
from academy.model.metrics import Metrics
from academy.model.module import Module
from academy.model.question import QuestionBank
from academy.model.resources import Resources
from academy.model.schedule import Schedule
from academy.model.track import Tracks

M = TypeVar("M", bound=Model)

SINGLE_FILES: dict[str, type[Model]] = {
    "document": CourseDocument,
    "tracks": Tracks,
    "certification": Certification,
    "schedule": Schedule,
    "glossary": Glossary,
    "resources": Resources,
    "mentoring": Mentoring,
    "case_studies": CaseStudies,
    "feedback": Feedback,
    "delivery": Delivery,
    "metrics": Metrics,
}
"""The parts of the curriculum that are one file each, by their name in `Course.SOURCES`."""


@dataclass
class Loaded:
    """One YAML file: the document with its places and, when it is valid, the model's object."""

    document: Document
    item: Any = None


@dataclass
class Content:
    """All that was read, valid or not. Rules look at this, so that one broken file does not hide what others say."""

    root: Path
    singles: dict[str, Loaded] = field(default_factory=dict)
    modules: list[Loaded] = field(default_factory=list)
    exercises: list[Loaded] = field(default_factory=list)
    banks: list[Loaded] = field(default_factory=list)
    pages: dict[str, PageFile] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    missing_modules: dict[int, str] = field(default_factory=dict)
    """Modules that have a folder of pages but no file in curriculum/modules: number and folder."""

    def valid(self, loaded: list[Loaded]) -> list[Loaded]:
        return [one for one in loaded if one.item is not None]

    def course(self) -> Course:
        """The course. Raises ContentError with every problem that stands in its way."""
        broken = [*self.problems]
        for loaded in (*self.singles.values(), *self.modules, *self.exercises, *self.banks):
            broken += loaded.document.problems
        if broken:
            raise ContentError(broken)
        singles = {name: loaded.item for name, loaded in self.singles.items()}
        singles["tracks_file"] = singles.pop("tracks")
        return Course(
            root=self.root,
            modules=tuple(sorted((loaded.item for loaded in self.modules), key=lambda module: module.number)),
            exercises={loaded.item.id: loaded.item for loaded in self.exercises},
            banks={loaded.item.bank: loaded.item for loaded in self.banks},
            pages={path: page.page for path, page in self.pages.items()},
            **singles,
        )


def read_content(root: Path | None = None) -> Content:
    """Read curriculum, exercises, quizzes and docs under `root` (default: the repository)."""
    root = root or paths.ROOT
    content = Content(root)
    for name, model in SINGLE_FILES.items():
        content.singles[name] = _load(root, root / Course.SOURCES[name], model)
    modules = root / "curriculum" / "modules"
    for path in sorted(modules.glob("*.yml")):
        content.modules.append(_load(root, path, Module))
    if not content.modules:
        name = modules.relative_to(root).as_posix()
        content.problems.append(Problem(name, 1, 1, "there is no module; write one file NN-slug.yml for each"))
    _one_module_a_number(content)
    for path in sorted((root / "exercises").glob("*/exercise.yml")):
        loaded = _load(root, path, Exercise)
        if loaded.item is not None:
            loaded.item._folder = path.parent.name
            loaded.item._files.update(_python_files(root, path.parent, content.problems))
        content.exercises.append(loaded)
    for path in sorted((root / "quizzes").glob("*.yml")):
        content.banks.append(_load(root, path, QuestionBank))
    content.pages = read_pages(root)
    renamed = _strangers(content)
    _missing_modules(content, renamed)
    return content


def load_course(root: Path | None = None) -> Course:
    """The course, when every file is well-formed. What the files say to each other is `check`'s to judge."""
    return read_content(root).course()


def _load(root: Path, path: Path, model: type[Model]) -> Loaded:
    document = read_yaml(path, path.relative_to(root).as_posix())
    return Loaded(document, validate(document, model))


def _one_module_a_number(content: Content) -> None:
    """Two modules of one number would make every reference to it ambiguous, so the second is not taken."""
    first: dict[int, str] = {}
    for loaded in content.valid(content.modules):
        number = loaded.item.number
        if number in first:
            message = f"{number} is already the number of {first[number]}; give this module another"
            loaded.document.problems.append(loaded.document.problem(message, "number"))
            loaded.item = None
        first.setdefault(number, loaded.document.name)


def _strangers(content: Content) -> set[str]:
    """Report YAML files that nothing reads; return the names that those with the ending .yaml should have."""
    root, sources = content.root, set(Course.SOURCES.values())
    singles = {loaded.document.name: loaded for loaded in content.singles.values()}
    found = [path for room in ("curriculum", "quizzes") for path in (root / room).rglob("*.y*ml") if path.is_file()]
    renamed = set()
    for path in sorted(found):
        name, right = path.relative_to(root).as_posix(), path.relative_to(root).with_suffix(".yml").as_posix()
        folder = right.rsplit("/", 1)[0]
        read = right in sources or folder in {"curriculum/modules", "quizzes"}
        if path.suffix == ".yml" and read:
            continue
        if read:
            problem = Problem(name, 1, 1, f"only files that end in .yml are read; rename the file to {path.stem}.yml")
            renamed.add(right)
            if right in singles and not (root / right).exists():
                singles[right].document.problems[:] = [problem]
                continue
        else:
            stems = [source.removeprefix("curriculum/").removesuffix(".yml") for source in sorted(sources)]
            near = get_close_matches(path.stem, stems, n=1, cutoff=0.7)
            hint = "move its content to the file that it belongs in, and delete it"
            if near:
                hint = f"did you mean curriculum/{near[0]}.yml?"
            problem = Problem(name, 1, 1, f"nothing reads this file; {hint}")
        content.problems.append(problem)
    return renamed


def _missing_modules(content: Content, renamed: set[str]) -> None:
    """One line for a module whose file is gone, instead of one for everything that names it."""
    numbers = {loaded.item.number for loaded in content.valid(content.modules)}
    numbers |= {int(found[1]) for loaded in content.modules if (found := re.search(r"/(\d+)-", loaded.document.name))}
    for folder in sorted({path.split("/")[0] for path in content.pages if "/" in path}):
        found = re.match(r"(\d\d)-", folder)
        if found is None or int(found[1]) in numbers:
            continue
        content.missing_modules[int(found[1])] = folder
        name = f"curriculum/modules/{folder}.yml"
        if name not in renamed:
            message = (
                f"the file of module {int(found[1])} is missing, but docs/{folder}/ is there; "
                "restore the file with git checkout, or delete the folder and all that names the module"
            )
            content.problems.append(Problem(name, 1, 1, message))


def _python_files(root: Path, folder: Path, problems: list[Problem]) -> dict[str, str]:
    files = {}
    for path in sorted((*folder.glob("*.py"), *folder.glob("wrong/*.py"))):
        text, bad = read_text(path, path.relative_to(root).as_posix())
        problems += bad
        files[path.relative_to(folder).as_posix()] = text
    return files
