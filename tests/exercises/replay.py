"""Replay an exercise: its solution earns all points, its starter does not, each wrong answer earns its message.

Plain functions on text, so that they run natively under pytest and in Pyodide under Node alike. Each returns a list
of complaints, empty if all is well.
"""

from collections.abc import Mapping
from typing import Any

EXPECTS = "# expects:"


def replay(exercise_id: str, files: Mapping[str, str], name: str, seed: int = 11) -> list[str]:
    """Grade one file of an exercise and say what is not as it should be.

    Args:
        exercise_id: "2.1".
        files: the exercise's Python files by their path in its folder: starter.py, solution.py, checks.py, wrong/….py.
        name: which of them to grade.
        seed: for the learner's data; not the one that they see, so that remembered numbers do not pass.
    """
    from grandmodel_sim import workspace
    from grandmodel_sim.grading import grade

    report = grade(exercise_id, files[name], files["checks.py"], files=workspace.files(seed), seed=seed)
    return complaints(name, files[name], report)


def complaints(name: str, code: str, report: Mapping[str, Any]) -> list[str]:
    """What a report should not say about the file `name`."""
    points = f"{report['points']} of {report['max']} points"
    if name == "solution.py":
        failed = [f"{check['name']}: {check['found']}" for check in report["checks"] if not check["passed"]]
        messages = [message["title"] for message in report["messages"]]
        if report["passed"] and not messages and report["error"] is None:
            return []
        return [f"the solution gets {points}", *failed, *messages, str(report["error"] or "")]
    if report["passed"]:
        return [f"{name} gets {points}; it must not pass"]
    if name == "starter.py":
        return []
    expected = code.split("\n", 1)[0].removeprefix(EXPECTS).strip()
    earned = [f"{message['title']}: {message['text']}" for message in report["messages"]]
    return [] if any(expected in text for text in earned) else [f"{name} must earn {expected!r}; it earns {earned}"]
