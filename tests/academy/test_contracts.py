"""The JSON that the page reads, and the schemas from which its types and validators are made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from academy.content import contracts_for_browser, load_course
from academy.model.contracts import CONTRACTS, Event
from academy.model.schema import YAML_FILES, json_schema, main
from tests.academy.small_course import SmallCourse


def as_written(course: SmallCourse, path: str) -> dict[str, object]:
    files = contracts_for_browser(load_course(course.root), render=lambda text: f"<p>{text.strip()}</p>")
    data: dict[str, object] = json.loads(files[path].model_dump_json(by_alias=True))
    return data


def test_the_course_file_lists_what_can_be_opened_and_null_for_what_cannot(course: SmallCourse) -> None:
    data = as_written(course, "course.json")
    assert data["schema"] == 1
    assert data["modules"][0] == {  # type: ignore[index]
        "number": 1,
        "slug": "first",
        "title": "First Module",
        "level": "foundation",
        "accent": "foundation",
        "minutes": 60,
        "prerequisites": [],
        "status": "partial",
        "url": "01-first/",
        "topics": [
            {
                "id": "1.1",
                "title": "Beginning",
                "minutes": 20,
                "status": "written",
                "url": "01-first/beginning/",
                "cells": ["1.1/first"],
            },
            {"id": "1.2", "title": "Going on", "minutes": 40, "status": "planned", "url": None, "cells": []},
        ],
        "labs": [
            {
                "id": "1.1",
                "title": "First Lab",
                "minutes": 30,
                "status": "written",
                "url": "01-first/lab-1-1/",
                "points": 3,
            }
        ],
        "quiz": {"bank": "module-01", "url": "01-first/quiz/", "pass_mark": 80, "status": "written"},
    }
    assert data["modules"][1]["quiz"] is None  # type: ignore[index]


def test_an_exercise_comes_with_its_files_and_its_solution_in_stages(course: SmallCourse) -> None:
    data = as_written(course, "exercises/1.1.json")
    assert data["solution"] == [
        {"title": "The first line", "code": "a = 1\n"},
        {"title": "All of it", "code": "a = 1\ntotal = a + 1\n"},
    ]
    assert data["starter"] == "a = 1\n"
    assert data["steps"] == [
        {
            "id": "add",
            "title": "Add",
            "html": "<p>Add two numbers.</p>",
            "hints": ["<p>Use +.</p>"],
            "checks": ["adds", "names the sum"],
        }
    ]


def test_the_version_of_an_exercise_changes_with_its_content_only(course: SmallCourse) -> None:
    first = as_written(course, "exercises/1.1.json")["version"]
    assert as_written(course, "exercises/1.1.json")["version"] == first
    course.edit("exercises/1.1-first-lab/starter.py", "a = 1", "a = 2")
    assert as_written(course, "exercises/1.1.json")["version"] != first


def test_a_quiz_links_each_question_to_the_heading_that_teaches_it(course: SmallCourse) -> None:
    questions = as_written(course, "quizzes/module-01.json")["questions"]
    assert [question["see"] for question in questions] == [  # type: ignore[attr-defined]
        {"title": "Beginning: Start here", "url": "01-first/beginning/#start"},
        {"title": "Beginning: The World object", "url": "01-first/beginning/#the-world-object"},
    ]
    assert questions[0]["choices"] == [  # type: ignore[index]
        {"html": "This", "correct": True, "why_html": "<p>It is.</p>"},
        {"html": "That", "correct": False, "why_html": "<p>It is not.</p>"},
    ]


def test_an_event_without_a_result_is_valid_and_one_with_null_is_not_in_the_schema() -> None:
    event = {
        "id": "01HZZZZZZZZZZZZZZZZZZZZZZZ",
        "device": "0123456789",
        "at": "2026-11-22T18:00:00.000Z",
        "verb": "opened",
        "object": "topic:1.1",
    }
    assert json.loads(Event.model_validate(event).model_dump_json()) == event
    with pytest.raises(ValidationError):
        Event.model_validate(event | {"object": "page:1.1"})
    schema = json_schema(Event)
    assert schema["required"] == ["id", "device", "at", "verb", "object"]
    assert schema["properties"]["result"] == {"$ref": "#/$defs/Result"}


def test_the_command_writes_a_schema_for_every_contract_and_every_kind_of_yaml(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.glob("*.json")} == {f"{name}.schema.json" for name in YAML_FILES}
    contracts = {path.name: json.loads(path.read_text()) for path in (tmp_path / "contracts").glob("*.json")}
    assert set(contracts) == {f"{name}.schema.json" for name in CONTRACTS}
    assert contracts["course.schema.json"]["title"] == "CourseFile"
    assert contracts["course.schema.json"]["additionalProperties"] is False


def test_the_first_line_of_each_curriculum_file_names_a_schema_that_exists() -> None:
    from academy import paths

    for path in sorted(paths.CURRICULUM.rglob("*.yml")):
        first = path.read_text(encoding="utf-8").split("\n")[0]
        prefix, _, name = first.rpartition("/")
        assert prefix.startswith("# yaml-language-server: $schema="), path
        assert name.removesuffix(".schema.json") in YAML_FILES, path
