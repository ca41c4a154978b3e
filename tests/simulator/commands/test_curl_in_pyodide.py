"""The same records in Pyodide under Node: its files and its strings are other ones."""

import json
from typing import Any

import pytest

from tests.exercises.test_cells_in_pyodide import in_pyodide
from tests.simulator.commands import record_curl

pytestmark = pytest.mark.browser  # it needs Node and the runtime of the built site

JOB = """
import json, sys, tempfile, types
from pathlib import Path
from grandmodel_sim.commands import CommandContext, curl_exchange, run

SOURCE, RECORDS = json.loads({source!r}), json.loads({records!r})["records"]

async def job():
    recorder = sys.modules["record_curl"] = types.ModuleType("record_curl")
    recorder.__file__ = "/record_curl.py"
    exec(compile(SOURCE, "record_curl.py", "exec"), recorder.__dict__)
    differing, usual = [], curl_exchange.ANSWER
    for case, record in zip(recorder.CASES, RECORDS, strict=True):
        folder = Path(tempfile.mkdtemp())
        for name, text in case.files.items():
            (folder / name).write_text(text)
        curl_exchange.handle = recorder.Answers(case)
        curl_exchange.ANSWER = round(case.slow * 1000) or usual
        context = CommandContext(case.argv, case.world(), case.stdin, cwd=str(folder), root=str(folder))
        out = {{"stdout": "", "stderr": "", "wait": ""}}
        generator = run(context)
        try:
            while True:
                stream, text = next(generator)
                out[stream] += text
        except StopIteration as end:
            said = {{name: recorder.normalise(out[name]) for name in ("stdout", "stderr")}}
            said |= {{"code": end.value, "written": recorder.written(folder, case)}}
        if any(said[name] != record[name] for name in said):
            differing.append([case.command, said])
    return json.dumps([sys.platform, len(RECORDS), differing])
"""


def test_every_record_in_webassembly() -> None:
    source = json.dumps((record_curl.HERE / "record_curl.py").read_text(encoding="utf-8"))
    code = JOB.format(source=source, records=record_curl.TARGET.read_text(encoding="utf-8"))
    answer: dict[str, Any] = in_pyodide([{"id": "curl", "code": code, "packages_from": ""}])
    assert json.loads(answer["curl"]["ok"]) == ["emscripten", len(record_curl.CASES), []]
