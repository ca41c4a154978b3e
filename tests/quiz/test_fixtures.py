"""The samples that the element tests run on have the form that the build writes."""

import json

from academy.model.contracts import CourseFile, QuizFile
from tests.quiz.fixtures import sample_bank, sample_course


def test_the_sample_bank_is_a_question_bank_as_the_page_gets_it() -> None:
    bank = QuizFile.model_validate_json(json.dumps(sample_bank.bank()))
    assert len(bank.questions) >= 20
    assert {question.kind for question in bank.questions} == {"single", "multiple", "numeric", "order", "output"}


def test_the_sample_course_is_a_table_of_contents_as_the_page_gets_it() -> None:
    CourseFile.model_validate_json(json.dumps(sample_course.course()))
