"""JSON Schemas of the contracts (for the page's types and validators) and of the YAML files (for editors).

    python -m academy.model.schema DIR
        DIR/contracts/course.schema.json …   DIR/module.schema.json …

The curriculum's files name theirs in a first line `# yaml-language-server: $schema=…`.
"""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from academy.model.case_study import CaseStudies
from academy.model.certification import Certification
from academy.model.contracts import CONTRACTS
from academy.model.delivery import Delivery
from academy.model.document import CourseDocument
from academy.model.exercise import Exercise
from academy.model.feedback import Feedback
from academy.model.glossary import Glossary
from academy.model.mentoring import Mentoring
from academy.model.metrics import Metrics
from academy.model.module import Module
from academy.model.question import QuestionBank
from academy.model.resources import Resources
from academy.model.schedule import Schedule
from academy.model.track import Tracks

YAML_FILES: dict[str, type[BaseModel]] = {
    "course": CourseDocument,
    "module": Module,
    "tracks": Tracks,
    "certification": Certification,
    "schedule": Schedule,
    "glossary": Glossary,
    "resources": Resources,
    "mentoring": Mentoring,
    "case-studies": CaseStudies,
    "feedback": Feedback,
    "delivery": Delivery,
    "metrics": Metrics,
    "exercise": Exercise,
    "quiz": QuestionBank,
}
"""Every kind of YAML file by the name of its schema file."""


class _Generator(GenerateJsonSchema):
    """Without titles of single fields: they say nothing, and would each become a TypeScript type of its own."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def json_schema(model: type[BaseModel]) -> JsonSchemaValue:
    """The model's JSON Schema (draft 2020-12). A value that may be absent is optional there, not null."""
    schema = model.model_json_schema(by_alias=True, schema_generator=_Generator)
    for part in (schema, *schema.get("$defs", {}).values()):
        for field in part.get("properties", {}).values():
            _absent_not_null(field)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema


def _absent_not_null(field: dict[str, Any]) -> None:
    if "default" not in field or field["default"] is not None:
        return
    del field["default"]
    choices = [choice for choice in field.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        del field["anyOf"]
        field.update(choices[0])
    elif choices:
        field["anyOf"] = choices


def write_contracts(folder: Path) -> None:
    """Write `<name>.schema.json` for every contract into `folder`."""
    _write(folder, {name: json_schema(model) for name, model in CONTRACTS.items()})


def write_yaml_schemas(folder: Path) -> None:
    """Write `<name>.schema.json` for every kind of YAML file into `folder`."""
    _write(folder, {name: json_schema(model) for name, model in YAML_FILES.items()})


def _write(folder: Path, schemas: dict[str, JsonSchemaValue]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas.items():
        text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        (folder / f"{name}.schema.json").write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: python -m academy.model.schema DIR", file=sys.stderr)
        return 2
    write_contracts(Path(arguments[0]) / "contracts")
    write_yaml_schemas(Path(arguments[0]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
