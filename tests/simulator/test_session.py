"""The session behind a page: what cells show, how errors look, input, files, completion, checks."""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from grandmodel_sim import SnapshotError
from grandmodel_sim.browser import Session
from grandmodel_sim.notebook.errors import linux_number, linux_text

Shown = list[tuple[str, str]]


class Page:
    """A session with one page, and what its cells showed last."""

    def __init__(self, root: Path) -> None:
        self.shown: Shown = []
        self.session = Session(emit=lambda kind, text: self.shown.append((kind, text)), root=str(root))

    def run(self, code: str, name: str = "a", page: str = "1.1") -> Shown:
        self.shown.clear()
        self.session.run_cell_now(code, page, f"cell {name}")
        return list(self.shown)


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    yield Page(tmp_path)


def test_a_cell_streams_its_lines_and_shows_its_last_expression(page: Page) -> None:
    assert page.run("import sys\nprint('one')\nprint('two', end='')\nsys.stderr.write('three\\n')\n6 * 7") == [
        ("stdout", "one\n"),
        ("stderr", "three\n"),
        ("stdout", "two"),
        ("result", "42"),
    ]
    assert page.run("None") == []
    assert page.run("6 * 7;") == []
    assert page.run("x = 1") == []
    assert page.run("") == []


def test_cells_of_a_page_share_their_names_and_pages_do_not(page: Page) -> None:
    page.run("x = 5")
    assert page.run("x") == [("result", "5")]
    assert page.run("x", page="1.2")[0][0] == "error"
    page.session.reset_page("1.1")
    assert page.run("x")[0][0] == "error"


def test_tables_and_html_are_shown_as_such(page: Page) -> None:
    page.run("class T:\n    def __init__(self, text): self.text = text\n    def _repr_html_(self): return self.text")
    assert page.run("T('<table></table>')") == [("table", "<table></table>")]
    assert page.run("T('<b>x</b>')") == [("html", "<b>x</b>")]
    assert page.run("T")[0][0] == "result"


def test_open_figures_become_svg_and_are_closed(page: Page) -> None:
    code = "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.show()\nplt.figure()\nNone"
    shown = page.run(code)
    assert [kind for kind, _ in shown] == ["svg", "svg"]
    assert all("<svg" in text for _, text in shown)
    assert page.run("plt.get_fignums()") == [("result", "[]")]
    assert page.run(code) == shown  # the same picture is the same text


def test_an_error_shows_the_learner_s_frames_with_the_line_marked(page: Page) -> None:
    page.run("def mean(values):\n    return sum(values) / len(values)", "define")
    ((kind, text),) = page.run("import json\nresult = mean([])", "use")
    lines = text.splitlines()
    assert kind == "error"
    assert lines[0] == "Traceback (most recent call last):"
    assert '  File "cell use", line 2, in <module>' in lines
    assert "    result = mean([])" in lines
    assert '  File "cell define", line 2, in mean' in lines
    assert "    return sum(values) / len(values)" in lines
    assert any(set(line.strip()) <= {"^", "~"} for line in lines if line.strip())
    assert lines[-1] == "ZeroDivisionError: division by zero"
    assert "grandmodel_sim" not in text and "asyncio" not in text


def test_frames_of_libraries_are_left_out_and_causes_kept(page: Page) -> None:
    ((_, text),) = page.run(
        "import json\ntry:\n    json.loads('{')\nexcept ValueError as e:\n    raise KeyError('k') from e"
    )
    assert text.count('File "') == 2
    assert "json.decoder.JSONDecodeError" in text
    assert "The above exception was the direct cause" in text


def test_a_syntax_error_marks_its_place(page: Page) -> None:
    ((kind, text),) = page.run("x = 1\ny = = 2")
    assert kind == "error"
    assert text.splitlines()[:3] == ['  File "cell a", line 2', "    y = = 2", "        ^"]


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("import torch.onnx", "a subset of PyTorch"),
        ("import nonsense", "no module called 'nonsense'"),
        ("open('models/x.pt', 'w')", "models/x.pt is not there"),
        ("f'{ {}:.4f}'", "needs one number"),
        ("def f(n): return f(n + 1)\nf(0)", "a function called itself too often"),
    ],
)
def test_usual_mistakes_get_a_sentence_more(page: Page, code: str, hint: str) -> None:
    ((kind, text),) = page.run(code)
    assert kind == "error"
    assert hint in text.splitlines()[-1]


def test_a_receiver_that_prints_does_not_hear_itself(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    session = Session(emit=lambda kind, text: print(kind, text.strip()), root=str(tmp_path))
    session.run_cell_now("print('once')", "1.1", "cell a")
    sys.__stdout__.flush()
    assert capfd.readouterr().out == "stdout once\n"


def test_sys_exit_and_its_kin_do_not_end_the_session(page: Page) -> None:
    assert page.run("import sys\nsys.exit('stop')") == [("stderr", "The code ended itself: sys.exit('stop')\n")]
    assert page.run("raise KeyboardInterrupt")[0][0] == "error"
    assert page.run("1") == [("result", "1")]


def test_streams_directory_and_arguments_are_put_back(page: Page) -> None:
    before = (sys.stdout, sys.stderr, sys.stdin, sys.argv, list(sys.path), Path.cwd(), sys.modules["__main__"])
    page.run("import os, sys\nos.chdir('/')\nsys.path.append('x')\nsys.argv = []\n1 / 0")
    assert before == (sys.stdout, sys.stderr, sys.stdin, sys.argv, list(sys.path), Path.cwd(), sys.modules["__main__"])


def test_input_at_the_top_level_waits_for_the_page(page: Page) -> None:
    async def scene() -> None:
        code = "name = input('Who? ')\nages = [int(input()) for _ in range(2)]\nprint(name, sum(ages))\ninput('more? ')"
        running = asyncio.ensure_future(page.session.run_cell(code, "1.1", "cell ask"))
        for answer in ("Ada", "30", "6", "no"):
            while not page.shown or page.shown[-1][0] != "input-request":
                await asyncio.sleep(0)
            page.shown.append(("answered", answer))
            page.session.answer_input(answer)
            await asyncio.sleep(0)
        assert await running is True

    asyncio.run(scene())
    kinds = [item for item in page.shown if item[0] != "answered"]
    assert kinds == [
        ("input-request", "Who? "),
        ("input-request", ""),
        ("input-request", ""),
        ("stdout", "Ada 36\n"),
        ("input-request", "more? "),
        ("result", "'no'"),
    ]


def test_input_inside_a_function_says_what_to_do_instead(page: Page) -> None:
    ((_, text),) = page.run("def ask():\n    return input('? ')\nask()")
    assert "ask first, then pass the answer to the function" in text


def test_a_function_of_one_s_own_called_input_is_left_alone(page: Page) -> None:
    assert page.run("def input(prompt): return prompt * 2\ninput('ab')") == [("result", "'abab'")]
    assert page.run("input('x')") == [("result", "'xx'")]


def test_input_where_nobody_answers_is_an_error_and_not_a_hang(page: Page) -> None:
    ((kind, text),) = page.run("input()")
    assert (kind, text.splitlines()[-1]) == ("error", "RuntimeError: input() has nobody to answer it here")
    waits = "class Forever:\n    def __await__(self): yield\nawait Forever()"
    with pytest.raises(RuntimeError, match="cell a: the code waits"):
        page.run(waits)


def test_top_level_await(page: Page) -> None:
    async def scene() -> bool:
        return await page.session.run_cell("import asyncio\nawait asyncio.sleep(0, 'done')", "1.1", "cell wait")

    assert asyncio.run(scene())
    assert page.shown == [("result", "'done'")]


def test_completion_offers_names_and_attributes_without_calling_anything(page: Page) -> None:
    page.run(
        "class Trap:\n    public = 1\n    _private = 2\n    def __call__(self): raise SystemExit\n"
        "trap = Trap()\nvalue = 3"
    )

    def complete(code: str) -> list[str]:
        return list(json.loads(page.session.complete(code, len(code), "1.1")))

    assert complete("trap.pu") == ["public"]
    assert complete("print(trap.p") == ["public"]
    assert complete("trap._p") == ["_private"]
    assert complete("val") == ["value"]
    assert complete("trap().pu") == []
    assert complete("nothing.x") == []
    assert "print" in complete("pri")
    assert json.loads(page.session.complete("value + tr", 5, "1.1")) == ["value"]


def test_packages_are_named_only_if_imported(page: Page) -> None:
    def needs(code: str) -> list[str]:
        return list(json.loads(page.session.packages_for(code)))

    assert needs("import numpy as np, json") == ["numpy"]
    assert needs("from pandas import DataFrame\nimport matplotlib.pyplot") == ["matplotlib", "pandas"]
    assert needs("from src.training.marl_trainer import MARLTrainer") == ["numpy"]
    assert needs("from grandmodel_sim.marl import evidence") == ["numpy"]
    assert needs("from grandmodel_sim import marl") == ["numpy"]
    assert needs("from grandmodel_sim import World") == []
    assert needs("import torch.nn as nn") == ["numpy"]
    assert needs("from grandmodel_sim.torch import nn") == ["numpy"]
    assert needs("import numpy\n1 = = 2") == []


def test_files_travel_as_deltas(page: Page, tmp_path: Path) -> None:
    page.session.write_files({"notes/a.txt": b"one", f"{tmp_path}/b.txt": b"two"})
    assert page.session.read_delta() == {}
    page.run(
        "from pathlib import Path\nPath('notes/a.txt').write_text('changed')\n"
        "Path('c.txt').write_text('new')\nPath('b.txt').unlink()"
    )
    delta = page.session.read_delta()
    assert {name: content for name, content in delta.items() if not name.startswith(("src/", "data/", "config/"))} == {
        "README.md": delta["README.md"],
        "notes/a.txt": b"changed",
        "c.txt": b"new",
        "b.txt": None,
    }
    assert page.session.read_delta() == {}
    page.session.write_files({"c.txt": None})
    assert not (tmp_path / "c.txt").exists()


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", ""])
def test_no_path_leaves_the_workspace(page: Page, path: str) -> None:
    with pytest.raises(ValueError, match=r"path: got .*; give a path under"):
        page.session.write_files({path: b"x"})


def test_the_workspace_appears_when_code_wants_it(page: Page, tmp_path: Path) -> None:
    page.run("1 + 1")
    assert not (tmp_path / "src").exists()
    assert page.run(
        "from src.training.environments.trading_env import TradingEnvironment\nTradingEnvironment.__name__"
    ) == [("result", "'TradingEnvironment'")]
    assert (tmp_path / "data/training/sample_data.csv").is_file()


def test_what_the_learner_has_written_is_not_replaced(page: Page, tmp_path: Path) -> None:
    page.session.write_files({"config/settings.yaml": b"mine"})
    page.session.ensure_workspace()
    assert (tmp_path / "config/settings.yaml").read_bytes() == b"mine"


def test_commands_and_cells_see_the_same_files(page: Page) -> None:
    page.run("with open('job.py', 'w') as file:\n    file.write('print(2 ** 10)')")
    assert list(page.session.run_command(["python", "job.py"])) == [("stdout", "1024\n")]


def test_python_can_stream_while_it_runs(page: Page) -> None:
    heard: Shown = []
    command = page.session.run_command(["python", "-c", "print('now')"], write=lambda *chunk: heard.append(chunk))
    assert (list(command), heard) == ([], [("stdout", "now\n")])


def test_the_world_is_saved_and_restored_as_text(page: Page, tmp_path: Path) -> None:
    page.session.advance(900)
    text = page.session.snapshot()
    other = Session(world_seed=1, root=str(tmp_path / "other"))
    other.restore(text)
    assert other.world.digest() == page.session.world.digest()
    for bad in ("", "{", "[]", '{"version": 1}'):
        with pytest.raises(SnapshotError):
            other.restore(bad)
    assert other.world.digest() == page.session.world.digest()


def test_in_the_middle_of_a_step_the_page_keeps_the_snapshot_of_before() -> None:
    session, kept = Session(), []
    session.world.bus.subscribe("NEW_30MIN_BAR", lambda event: kept.append(session.snapshot()))
    session.world.advance(60)
    before = session.snapshot()
    session.world.advance(1740)
    assert kept == [before, before]
    assert json.loads(session.snapshot())["now"] == session.world.now_ms


def test_the_desk_asks_the_http_api_with_an_operator_s_rights_and_without_limits(page: Page) -> None:
    answer = json.loads(page.session.http("POST", "/simulator/advance", '{"bars": 1}'))
    assert (answer["status"], json.loads(answer["body"])["now"]) == (200, "2025-07-14T13:35:00Z")
    assert page.session.world.now_ms == json.loads(answer["body"])["now_ms"]
    statuses = {json.loads(page.session.http("GET", "/api/v1/system/status"))["status"] for _ in range(60)}
    assert statuses == {200}
    missing = json.loads(page.session.http("GET", "/nothing"))
    assert (missing["status"], missing["headers"]["Content-Type"]) == (404, "application/json")


def test_a_session_of_its_own_leaves_no_folder_behind() -> None:
    session = Session()
    root = Path(session.root)
    assert root.is_dir()
    del session
    assert not root.exists()


def test_checking_an_exercise_leaves_world_and_files_alone(page: Page, tmp_path: Path) -> None:
    exercise = {
        "id": "9.9",
        "checks": "from grandmodel_sim.grading import check\n"
        "@check('x is 3', points=2, step='one')\n"
        "def x(run):\n    run.expect(run['x'] == 3, expected='3', found=run['x'], look='line 1')\n",
    }
    page.run("1")  # makes the session's world the current one
    before = page.session.world.digest()
    code = (
        "from pathlib import Path\nfrom grandmodel_sim import World\n"
        "x = 3\nPath('made.txt').write_text('x')\nWorld.current().advance(60)"
    )
    report = json.loads(page.session.check_exercise(json.dumps(exercise), code, 5))
    assert (report["exercise"], report["points"], report["max"], report["passed"]) == ("9.9", 2, 2, True)
    assert not (tmp_path / "made.txt").exists()
    assert page.session.world.digest() == before


@pytest.mark.parametrize("code", ["'y' * 3_000_000", "list(range(10**6))"])
def test_a_large_result_is_cut_and_what_is_left_out_is_counted(page: Page, code: str) -> None:
    [(kind, text)] = page.run(code)
    head, last = text.rsplit("\n", 1)
    assert kind == "result"
    assert head == repr(eval(code))[:20_000]
    assert last == f"… {len(repr(eval(code))) - 20_000:,} characters left out"


def test_a_large_error_is_cut_too(page: Page) -> None:
    [(kind, text)] = page.run("raise ValueError('y' * 3_000_000)")
    assert kind == "error"
    assert "ValueError: yyy" in text and text.rstrip().endswith("characters left out")
    assert len(text) < 21_000


def test_errors_of_files_have_the_numbers_of_linux(page: Page) -> None:
    """Emscripten's numbers, from the `ERRNO_CODES` of Pyodide 0.28.3."""
    emscripten = {44: "ENOENT", 20: "EEXIST", 2: "EACCES", 54: "ENOTDIR", 31: "EISDIR", 55: "ENOTEMPTY", 63: "EPERM"}
    mapped = {name: linux_number(number, emscripten) for number, name in emscripten.items()}
    linux = {"ENOENT": 2, "EEXIST": 17, "EACCES": 13, "ENOTDIR": 20, "EISDIR": 21, "ENOTEMPTY": 39, "EPERM": 1}
    assert mapped == linux
    assert linux_number(None, emscripten) is None
    assert linux_number(9999, emscripten) == 9999
    missing, there = FileNotFoundError(44, "No such file"), FileExistsError(20, "File exists")
    there.__context__ = missing
    assert linux_text("[Errno 44] a, [Errno 20] b, [Errno 7] c", there, emscripten) == (
        "[Errno 2] a, [Errno 17] b, [Errno 7] c"
    )
    assert "[Errno 2] No such file or directory: 'nosuch'" in page.run("open('nosuch')")[0][1]
