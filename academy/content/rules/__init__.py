"""The content rules, one file a family. A rule looks at everything that was read and yields what is wrong with it."""

from collections.abc import Callable, Iterator

from academy.content.load import Content
from academy.content.problems import Problem
from academy.content.rules.cells import check_cells
from academy.content.rules.coverage import check_coverage
from academy.content.rules.diagrams import check_diagrams
from academy.content.rules.exercises import check_exercises
from academy.content.rules.formulas import check_formulas
from academy.content.rules.identifiers import check_identifiers
from academy.content.rules.links import check_links
from academy.content.rules.macro_use import check_macro_use
from academy.content.rules.minutes import check_minutes
from academy.content.rules.page_files import check_page_files
from academy.content.rules.page_text import check_page_text
from academy.content.rules.prerequisites import check_prerequisites
from academy.content.rules.questions import check_questions
from academy.content.rules.references import check_references
from academy.content.rules.reviews import check_reviews

Rule = Callable[[Content], Iterator[Problem]]

RULES: tuple[Rule, ...] = (
    check_identifiers,
    check_minutes,
    check_prerequisites,
    check_reviews,
    check_references,
    check_page_files,
    check_page_text,
    check_macro_use,
    check_cells,
    check_diagrams,
    check_links,
    check_formulas,
    check_exercises,
    check_questions,
    check_coverage,
)

__all__ = ["RULES", "Rule"]
