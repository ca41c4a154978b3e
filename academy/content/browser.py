"""What the page reads: the course, its exercises and question banks as contracts, Markdown rendered to HTML."""

import hashlib
from collections.abc import Callable, Iterable
from typing import TypedDict, TypeVar

from academy.model.contracts import (
    Contract,
    CourseCertificate,
    CourseFile,
    CourseLab,
    CourseModule,
    CourseQuiz,
    CourseTopic,
    CourseTrack,
    ExerciseFile,
    ExerciseReflection,
    ExerciseSolution,
    ExerciseStep,
    QuizChoice,
    QuizFile,
    QuizMultiple,
    QuizNumeric,
    QuizObjective,
    QuizOrder,
    QuizOutput,
    QuizQuestion,
    QuizSee,
    QuizSingle,
)
from academy.model.course import Course
from academy.model.exercise import Exercise, SolutionStage
from academy.model.module import Module, Topic
from academy.model.question import (
    AnyQuestion,
    Choice,
    MultipleQuestion,
    NumericQuestion,
    OrderQuestion,
    OutputQuestion,
    QuestionBank,
)

Render = Callable[[str], str]
"""Markdown source to HTML."""

C = TypeVar("C", bound=Contract)


def contracts_for_browser(course: Course, render: Render | None = None) -> dict[str, Contract]:
    """Every JSON file of the page by its path: `course.json`, `exercises/2.1.json`, `quizzes/module-01.json`.

    Args:
        course: a course without errors (`check().ok`).
        render: Markdown to HTML; by default the site's own extensions.
    """
    render = render or _render
    files: dict[str, Contract] = {"course.json": course_file(course)}
    for exercise in course.exercises.values():
        files[f"exercises/{exercise.id}.json"] = exercise_file(exercise, render)
    for bank in course.banks.values():
        files[f"quizzes/{bank.bank}.json"] = quiz_file(course, bank, render)
    return files


def course_file(course: Course) -> CourseFile:
    """The table of contents that the page counts progress against."""
    file = CourseFile(
        schema_=1,
        build="",
        modules=tuple(_module(course, module) for module in course.modules),
        tracks=tuple(CourseTrack(id=track.id, title=track.title, modules=track.modules) for track in course.tracks),
        certificates=tuple(
            CourseCertificate(
                id=certificate.id,
                title=certificate.title,
                pass_mark=certificate.pass_mark,
                validity_months=certificate.validity_months,
            )
            for certificate in course.certificates
        ),
    )
    return _with_hash(file, "build")


def exercise_file(exercise: Exercise, render: Render) -> ExerciseFile:
    """One exercise with the text of its files."""
    file = ExerciseFile(
        id=exercise.id,
        title=exercise.title,
        kind=exercise.kind,
        minutes=exercise.minutes,
        packages=exercise.packages,
        version="",
        intro_html=render(exercise.intro),
        steps=tuple(
            ExerciseStep(
                id=step.id,
                title=step.title,
                html=render(step.text),
                hints=tuple(render(hint) for hint in step.hints),
                checks=step.checks,
            )
            for step in exercise.steps
        ),
        starter=exercise.files["starter.py"],
        solution=tuple(
            ExerciseSolution(title=stage.title, code=stage_code(exercise, stage)) for stage in exercise.solution_stages
        ),
        checks=exercise.files["checks.py"],
        reflection=tuple(
            ExerciseReflection(id=item.id, question=item.question, answer_html=render(item.answer))
            for item in exercise.reflection
        ),
        points=exercise.points,
    )
    return _with_hash(file, "version")


def stage_code(exercise: Exercise, stage: SolutionStage) -> str:
    """The code that a stage of the solution shows."""
    if stage.file is not None:
        return exercise.files[stage.file]
    solution = exercise.files["solution.py"]
    if stage.until is None:
        return solution
    lines = solution.split("\n")
    end = next(number for number, line in enumerate(lines) if stage.until in line)
    return "\n".join(lines[:end]).rstrip() + "\n"


def quiz_file(course: Course, bank: QuestionBank, render: Render) -> QuizFile:
    """A question bank, rendered."""
    file = QuizFile(
        schema_=1,
        bank=bank.bank,
        module=bank.module,
        title=bank.title,
        draw=bank.draw,
        pass_mark=bank.pass_mark,
        version="",
        objectives=tuple(
            QuizObjective(id=objective.id, text=objective.text) for objective in course.module(bank.module).objectives
        ),
        questions=tuple(_question(course, question, render) for question in bank.questions),
    )
    return _with_hash(file, "version")


def _module(course: Course, module: Module) -> CourseModule:
    assessment = module.assessment
    quiz = None
    if assessment.bank is not None and assessment.pass_mark is not None:
        quiz = CourseQuiz(
            bank=assessment.bank,
            url=assessment.url if assessment.status == "written" else None,
            pass_mark=assessment.pass_mark,
            status=assessment.status,
        )
    return CourseModule(
        number=module.number,
        slug=module.slug,
        title=module.title,
        level=module.level,
        accent=course.accent(module),
        minutes=module.minutes,
        prerequisites=module.prerequisites,
        status=module.status,
        url=module.url,
        topics=tuple(_topic(course, topic) for topic in module.topics),
        labs=tuple(
            CourseLab(
                id=lab.id,
                title=lab.title,
                minutes=lab.minutes,
                status=lab.status,
                url=lab.url if lab.status == "written" else None,
                points=course.exercises[lab.id].points if lab.id in course.exercises else 0,
            )
            for lab in module.labs
        ),
        quiz=quiz,
    )


def _topic(course: Course, topic: Topic) -> CourseTopic:
    page = course.pages.get(topic.path)
    return CourseTopic(
        id=topic.id,
        title=topic.title,
        minutes=topic.minutes,
        status=topic.status,
        url=topic.url if topic.status == "written" else None,
        cells=tuple(f"{topic.id}/{cell}" for cell in page.cells) if page else (),
    )


class _Common(TypedDict):
    """What the JSON of every kind of question begins with."""

    id: str
    objective: str
    difficulty: int
    prompt_html: str
    see: QuizSee


def _question(course: Course, question: AnyQuestion, render: Render) -> QuizQuestion:
    common: _Common = {
        "id": question.id,
        "objective": question.objective,
        "difficulty": question.difficulty,
        "prompt_html": render(question.prompt),
        "see": _see(course, question.see),
    }
    if isinstance(question, NumericQuestion):
        return QuizNumeric(
            **common,
            kind="numeric",
            answer=question.answer,
            tolerance=question.tolerance,
            unit=question.unit,
            why_html=render(question.why),
        )
    if isinstance(question, OrderQuestion):
        items = tuple(_inline(render(item)) for item in question.items)
        return QuizOrder(**common, kind="order", items=items, why_html=render(question.why))
    if isinstance(question, OutputQuestion):
        code = render(f"```python\n{question.code.rstrip()}\n```")
        # Choices are printed text, not Markdown: spaces and line breaks are part of the answer.
        choices = tuple(
            QuizChoice(html=render(f"```text\n{choice.text}\n```"), correct=choice.correct, why_html=render(choice.why))
            for choice in question.choices
        )
        return QuizOutput(**common, kind="output", code_html=code, choices=choices)
    if isinstance(question, MultipleQuestion):
        return QuizMultiple(**common, kind="multiple", choices=_choices(question.choices, render))
    return QuizSingle(**common, kind="single", choices=_choices(question.choices, render))


def _choices(choices: Iterable[Choice], render: Render) -> tuple[QuizChoice, ...]:
    return tuple(
        QuizChoice(html=_inline(render(choice.text)), correct=choice.correct, why_html=render(choice.why))
        for choice in choices
    )


def _inline(html: str) -> str:
    """Without the `<p>` around a single paragraph: a choice stands in a label, which holds no paragraphs."""
    single = html.startswith("<p>") and html.endswith("</p>") and html.count("<p>") == 1
    return html[len("<p>") : -len("</p>")] if single else html


def _see(course: Course, see: str) -> QuizSee:
    path, _, anchor = see.partition("#")
    page = course.pages[path]
    title = page.title or path
    heading = next((heading.text for heading in page.headings if heading.anchor == anchor), None)
    return QuizSee(title=f"{title}: {heading}" if heading else title, url=page.url + (f"#{anchor}" if anchor else ""))


def _with_hash(file: C, field: str) -> C:
    digest = hashlib.sha256(file.model_dump_json(by_alias=True).encode()).hexdigest()[:12]
    return file.model_copy(update={field: digest})


def _render(source: str) -> str:
    # Imported here: rendering needs MkDocs and KaTeX, which `academy check` does without.
    from academy.markdown.fragment import html_of

    return html_of(source)
