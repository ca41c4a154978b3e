"""A quiz, complete in the page: `<gm-quiz>` draws from the bank; without script it is a list with its answers."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from academy.markdown.fragment import code_html
from academy.model.question import AnyQuestion, NumericQuestion, OrderQuestion, OutputQuestion
from macros.site import Site


def define(site: Site) -> None:
    course = site.course

    @site.macro
    def quiz(bank_id: str) -> str:
        """Every question of a bank, its answer and explanations folded in.

        Raises:
            KeyError: there is no such bank.
        """
        if bank_id not in course.banks:
            banks = ", ".join(course.banks) or "none"
            raise KeyError(f"there is no question bank {bank_id}; quizzes/ holds {banks}")
        bank = course.banks[bank_id]
        questions = [_printed(site, question) for question in bank.questions]
        return site.render("quiz.md", bank=bank, questions=questions)

    @site.macro
    def progress_page() -> str:
        """What the learner has done; the element fills it in."""
        return site.render("progress.md")


def _printed(site: Site, question: AnyQuestion) -> dict[str, Any]:
    """What the template needs of a question; the answer as Markdown."""
    page, _, anchor = question.see.partition("#")
    values: dict[str, Any] = {
        "prompt": question.prompt,
        "code": Markup(code_html(question.code)) if isinstance(question, OutputQuestion) else None,
        "choices": (),
        "items": (),
        "answer": None,
        "why": None,
        "see": site.link(page, anchor),
        "see_title": _see_title(site, page, anchor),
        "printed": isinstance(question, OutputQuestion),
    }
    if isinstance(question, NumericQuestion):
        margin = f" (± {question.tolerance:g})" if question.tolerance else ""
        values.update(answer=f"{question.answer:g}{margin} {question.unit}", why=question.why)
    elif isinstance(question, OrderQuestion):
        # The bank lists them in the right order, which is the answer: show them sorted, or backwards if that is sorted.
        shown = sorted(question.items)
        if shown == list(question.items):
            shown.reverse()
        values.update(items=question.items, shown=shown, why=question.why)
    else:
        values.update(choices=question.choices)
    return values


def _see_title(site: Site, path: str, anchor: str) -> str:
    """Title of the page and, where there is one, of the heading that a question refers to."""
    page = site.course.pages[path]
    title = page.title or path
    heading = next((heading.text for heading in page.headings if heading.anchor == anchor), None)
    return f"{title}: {heading}" if heading else title
