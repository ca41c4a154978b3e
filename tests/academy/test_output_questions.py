"""Questions of the kind `output` are run: the right choice is what the code prints, and no other choice is."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from academy import paths
from academy.content import load_course
from academy.model import OutputQuestion

QUESTIONS = [
    question
    for bank in load_course().banks.values()
    for question in bank.questions
    if isinstance(question, OutputQuestion)
]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_the_right_choice_is_what_the_code_prints(question: OutputQuestion) -> None:
    done = subprocess.run(
        [sys.executable, "-c", question.code],
        capture_output=True,
        text=True,
        timeout=30,
        env={**os.environ, "PYTHONPATH": str(paths.SIMULATOR), "PYTHONHASHSEED": "0"},
    )
    assert done.returncode == 0, done.stderr
    printed = done.stdout.rstrip("\n")
    assert [choice.text for choice in question.choices if choice.correct] == [printed]
    assert printed not in [choice.text for choice in question.choices if not choice.correct]
