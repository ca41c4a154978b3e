"""Our curl says what the real one was recorded to say, writes the same files and ends with the same code."""

import json
from pathlib import Path
from typing import Any

import pytest
from grandmodel_sim import commands
from grandmodel_sim.commands import curl_exchange

from tests.simulator.commands.record_curl import CASES, TARGET, Answers, Case, normalise, script_hash, written

DOCUMENT = json.loads(TARGET.read_text(encoding="utf-8"))
RECORDS: list[dict[str, Any]] = DOCUMENT["records"]


def test_the_records_are_those_of_the_script() -> None:
    assert DOCUMENT["script"] == script_hash()
    assert [record["command"] for record in RECORDS] == [case.command for case in CASES]
    assert DOCUMENT["tool"].startswith("curl 7.88.1 ")
    assert len(RECORDS) >= 60


@pytest.mark.parametrize(
    ("case", "record"), list(zip(CASES, RECORDS, strict=True)), ids=lambda one: getattr(one, "command", "")
)
def test_a_record(case: Case, record: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curl_exchange, "handle", Answers(case))
    if case.slow:
        monkeypatch.setattr(curl_exchange, "ANSWER", round(case.slow * 1000))
    for name, text in case.files.items():
        (tmp_path / name).write_text(text)
    context = commands.CommandContext(case.argv, case.world(), case.stdin, cwd=str(tmp_path), root=str(tmp_path))
    out = {"stdout": "", "stderr": "", "wait": ""}
    generator = commands.run(context)
    while True:
        try:
            stream, text = next(generator)
        except StopIteration as end:
            code = end.value
            break
        out[stream] += text
    said = {"stdout": normalise(out["stdout"]), "stderr": normalise(out["stderr"]), "code": code}
    assert {**said, "written": written(tmp_path, case)} == {key: record[key] for key in (*said, "written")}
