"""A small valid course in a temporary folder, to be broken one way at a time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from academy.content import CheckReport, check

MONTHS = "\n".join(f"    - {{month: {month}, title: Topic of the month}}" for month in range(1, 13))
QUARTERS = "\n".join(f"    - {{quarter: {quarter}, title: Refresher}}" for quarter in range(1, 5))

FILES = {
    "curriculum/course.yml": """\
        title: Small Academy
        subtitle: A course for tests
        purpose: To be broken.
        audience: [Testers]
        classification: Internal
        version: "1.0"
        owner: Tests
        last_updated: 2025-07-17
        next_review: 2999-01-01
        qualities:
          - {id: small, title: Small, text: Fits on a screen}
        """,
    "curriculum/modules/01-first.yml": """\
        number: 1
        slug: first
        title: First Module
        level: foundation
        duration: 1 h
        format: Workshop
        prerequisites: []
        audience: Everyone
        summary: What comes first.
        owner: Tests
        last_reviewed: 2026-11-22
        next_review: 2999-01-01
        objectives:
          - {id: 1.o1, text: Understand the first thing}
          - {id: 1.o2, text: Do the first thing}
        outline:
          - topic: "1.1"
            title: Beginning
            minutes: 20
            page: beginning.md
            points: [Where to start]
          - topic: "1.2"
            title: Going on
            minutes: 40
            page: going-on.md
            points: [Where to go]
            status: planned
        labs:
          - {id: "1.1", title: First Lab, minutes: 30, summary: Do it.}
        assessment:
          kind: quiz
          text: A quiz.
          bank: module-01
          pass_mark: 80
        """,
    "curriculum/modules/02-second.yml": """\
        number: 2
        slug: second
        title: Second Module
        level: track
        duration: 30 min
        format: Workshop
        prerequisites: [1]
        audience: Everyone
        summary: What comes next.
        owner: Tests
        last_reviewed: 2026-11-22
        next_review: 2999-01-01
        objectives:
          - {id: 2.o1, text: Understand the second thing}
        outline:
          - topic: "2.1"
            title: More
            minutes: 30
            page: more.md
            points: [What more there is]
            status: planned
        labs: []
        assessment: {kind: practical, text: Show it., status: planned}
        """,
    "curriculum/tracks.yml": """\
        note: One track.
        tracks:
          - {id: development, letter: A, title: Build, team: Developers, summary: Build., foundation: [1], role: [2]}
        """,
    "curriculum/certification.yml": """\
        note: One level.
        certificates:
          - id: foundation
            level: 1
            title: Foundation
            modules: [1]
            requirements: [Complete module 1]
            examination: {title: Exam, pass_mark: 80, status: planned}
            validity_months: 12
            renewal: Again
        """,
    "curriculum/schedule.yml": f"""\
new_hire:
  title: New hires
  duration: 1 week
  hours: 40
  format: Together
  weeks:
    - {{week: 1, title: First week, plan: [{{days: [1, 2], title: First Module, modules: [1]}}]}}
monthly:
  title: Monthly
  frequency: Monthly
  duration: 4 h
  sessions:
{MONTHS}
refreshers:
  title: Refreshers
  frequency: Quarterly
  duration: 2 h
  purpose: Refresh
  sessions:
{QUARTERS}
""",
    "curriculum/glossary.yml": """\
        terms:
          - {term: Drawdown, definition: Loss from the peak., module: 1, aliases: [maximum drawdown]}
        """,
    "curriculum/resources.yml": """\
        sections:
          - id: reading
            title: Reading
            summary: To read.
            resources:
              - {title: The first page, text: Read it, page: 01-first/beginning.md}
        """,
    "curriculum/mentoring.yml": """\
        summary: Help each other.
        practices:
          - {id: buddy, title: Buddy, text: Pair up}
        """,
    "curriculum/case-studies.yml": """\
        note: Reported.
        studies:
          - id: one
            title: One
            background: Before
            challenge: Hard
            solution: Done
            results: [Good]
            evidence: reported
            source: Nobody knows
        """,
    "curriculum/feedback.yml": """\
        forms:
          - id: evaluation
            title: Evaluation
            purpose: To learn
            answered_by: Participant
            about: A module
            questions: [{id: goal, kind: scale, text: It was good}]
        """,
    "curriculum/delivery.yml": """\
        philosophy: [{id: hands-on, title: Hands-on, text: Do it}]
        methods: [{id: labs, title: Labs, text: Do it, here: In the browser}]
        """,
    "curriculum/metrics.yml": """\
        metrics: [{id: pass-rate, title: Pass rate, text: How many pass, measured_by: Counting}]
        improvement: [{id: updates, title: Updates, text: Change it}]
        """,
    "docs/01-first/index.md": "# First Module\n\n{{ module_overview(1) }}\n",
    "docs/02-second/index.md": "# Second Module\n\n{{ module_overview(2) }}\n",
    "docs/01-first/quiz.md": '# Quiz\n\n{{ quiz("module-01") }}\n',
    "docs/01-first/lab-1-1.md": '# Lab\n\n{{ lab("1.1") }}\n',
    "docs/01-first/beginning.md": """\
        ---
        title: Beginning
        topic: "1.1"
        ---

        # Beginning

        ## Start here { #start data-point="Where to start" }

        Watch the {{ term("drawdown") }}.

        ```python cell="first"
        print(1)
        ```

        ## The `World` object
        """,
    "exercises/1.1-first-lab/exercise.yml": """\
        id: "1.1"
        title: First Lab
        module: 1
        objectives: [1.o2]
        minutes: 30
        kind: python
        points: 3
        intro: Do it.
        steps:
          - {id: add, title: Add, text: Add two numbers., hints: [Use +.], checks: [adds, names the sum]}
        solution_stages:
          - {title: The first line, until: "total ="}
          - {title: All of it}
        reflection:
          - {id: why, question: Why?, answer: Because.}
        """,
    "exercises/1.1-first-lab/starter.py": "a = 1\n",
    "exercises/1.1-first-lab/solution.py": "a = 1\ntotal = a + 1\n",
    "exercises/1.1-first-lab/checks.py": """\
        @check("adds", points=2, step="add")
        def adds(learner):
            assert learner["total"] == 2


        @check("names the sum", points=1, step="add")
        def names(learner):
            assert "total" in learner
        """,
    "exercises/1.1-first-lab/wrong/no-sum.py": "# expects: total is missing\na = 1\n",
    "quizzes/module-01.yml": """\
        bank: module-01
        module: 1
        title: First Module
        draw: 2
        pass_mark: 80
        questions:
          - id: 1.q01
            kind: single
            objective: 1.o1
            difficulty: 1
            prompt: Which?
            choices:
              - {text: This, correct: true, why: It is.}
              - {text: That, why: It is not.}
            see: 01-first/beginning.md#start
          - id: 1.q02
            kind: numeric
            objective: 1.o1
            difficulty: 3
            prompt: How much?
            answer: 0.64
            tolerance: 0.005
            unit: points
            why: Count.
            see: 01-first/beginning.md#the-world-object
        """,
    "macros/all.py": """\
        def define(site):
            @site.macro
            def module_overview(number): ...

            @site.macro
            def quiz(bank): ...

            @site.macro
            def lab(lab_id): ...

            @site.macro
            def term(name): ...
        """,
    "mkdocs.yml": """\
        site_name: Small
        extra: {build_id: dev}
        markdown_extensions:
          - toc: {slugify: !!python/object/apply:pymdownx.slugs.slugify {}}
        nav:
          - First:
              - 01-first/index.md
              - 01-first/beginning.md
              - Lab: 01-first/lab-1-1.md
              - Quiz: 01-first/quiz.md
          - Second: [02-second/index.md]
        """,
}


@dataclass
class SmallCourse:
    """The folder, and ways to break it."""

    root: Path

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace `old`, which must be there exactly once."""
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def write(self, name: str, text: str | bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def rename(self, name: str, new: str) -> None:
        (self.root / name).rename(self.root / new)

    def delete(self, name: str) -> None:
        (self.root / name).unlink()

    def check(self) -> CheckReport:
        return check(self.root)

    def problems(self) -> list[str]:
        """Errors as the command prints them."""
        return [str(problem) for problem in self.check().problems]


def make(root: Path) -> SmallCourse:
    """Write the small course below `root`."""
    small = SmallCourse(root)
    for name, text in FILES.items():
        small.write(name, dedent(text))
    return small
