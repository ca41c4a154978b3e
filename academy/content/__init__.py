"""The content of the course: read with positions kept, checked all at once, handed on as one `Course`.

report = check()                # every problem and warning of curriculum, exercises, quizzes and pages
course = load_course()          # raises ContentError with every problem that keeps it from loading
for path, contract in contracts_for_browser(course).items(): ...
"""

from academy.content.browser import contracts_for_browser
from academy.content.check import check
from academy.content.load import load_course
from academy.content.problems import CheckReport, ContentError, Problem

__all__ = ["CheckReport", "ContentError", "Problem", "check", "contracts_for_browser", "load_course"]
