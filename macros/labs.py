"""A lab's exercise, complete in the page: `<gm-lab>` makes it live, but it reads and prints without any script."""

from __future__ import annotations

from markupsafe import Markup

from academy.markdown.fragment import code_html
from macros.site import Site


def define(site: Site) -> None:
    course = site.course

    @site.macro
    def lab(exercise_id: str) -> str:
        """The exercise: intro, steps with hints and checks, starter code, reflection questions.

        Raises:
            KeyError: there is no such exercise folder.
        """
        if exercise_id not in course.exercises:
            raise KeyError(
                f"there is no exercise {exercise_id}; exercises/ holds {', '.join(course.exercises) or 'none'}"
            )
        exercise = course.exercises[exercise_id]
        starter = exercise.files.get("starter.py", "")
        return site.render("lab.md", exercise=exercise, starter=Markup(code_html(starter)) if starter else "")
