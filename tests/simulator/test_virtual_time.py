"""Time as the learner's own code sees it: cells, programs, answers and modules of the workspace."""

import datetime
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
from grandmodel_sim import World
from grandmodel_sim.browser import Session
from grandmodel_sim.grading import grade
from grandmodel_sim.http import DEMO_KEYS
from grandmodel_sim.notebook.virtual_time import MODULES

START_SECONDS = 1752499800  # 2025-07-14T13:30:00Z


class Page:
    """A session with one page, and the result of its cells."""

    def __init__(self, root: Path) -> None:
        self.shown: list[tuple[str, str]] = []
        self.session = Session(emit=lambda kind, text: self.shown.append((kind, text)), root=str(root))

    def run(self, code: str) -> str:
        """What a cell shows, its kinds left out."""
        self.shown.clear()
        self.session.run_cell_now(code, "1.1", "cell a")
        return "".join(text for _, text in self.shown)


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    page = Page(tmp_path)
    path = list(sys.meta_path)
    yield page
    assert sys.meta_path == path


@pytest.mark.parametrize(
    "sleep", ["import time\ntime.sleep(600)", "from time import sleep\nsleep(600.0)", "import time as t\nt.sleep(600)"]
)
def test_sleeping_lets_the_world_go_on(page: Page, sleep: str) -> None:
    assert page.run(sleep) == ""
    assert page.session.world.now_ms == (START_SECONDS + 600) * 1000
    assert len(page.session.world.events.of("NEW_5MIN_BAR")) == 4


def test_the_clocks_are_the_world_s(page: Page) -> None:
    page.session.world.advance(90.25)
    assert page.run("import time\ntime.time(), time.time_ns(), time.monotonic(), time.monotonic_ns()") == str(
        (START_SECONDS + 90.25, (START_SECONDS * 1000 + 90250) * 1_000_000, 90.25, 90_250_000_000)
    )
    assert page.run("time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime())") == "'2025-07-14 13:31:30'"
    assert page.run("time.gmtime(0).tm_year, time.localtime() == time.localtime(time.time())") == "(1970, True)"
    assert page.run("time.ctime() == time.asctime() == time.strftime('%a %b %d %H:%M:%S %Y')") == "True"


def test_dates_are_the_world_s_and_remain_dates(page: Page) -> None:
    page.session.world.advance(60)
    assert page.run("from datetime import UTC, date, datetime, timedelta\ndatetime.now(UTC).isoformat()") == (
        "'2025-07-14T13:31:00+00:00'"
    )
    assert page.run("datetime.utcnow(), date.today()") == str(
        (datetime.datetime(2025, 7, 14, 13, 31), datetime.date(2025, 7, 14))
    )
    assert page.run("(datetime.today() - datetime.now()).total_seconds(), datetime.now().tzinfo") == "(0.0, None)"
    assert page.run("from grandmodel_sim import World\nWorld.current().now == datetime.now(UTC)") == "True"
    assert page.run("isinstance(World.current().now, datetime), isinstance(datetime(2020, 1, 1), date)") == (
        "(True, True)"
    )
    assert page.run("isinstance(date(2020, 1, 1), datetime), issubclass(datetime, date)") == "(False, True)"
    assert page.run("datetime.fromisoformat('2020-02-03'), datetime.strptime('04', '%d').day") == str(
        (datetime.datetime(2020, 2, 3), 4)
    )
    assert page.run("type(datetime.now() + timedelta(1)).__mro__[0].__module__, datetime") == (
        "('datetime', <class 'datetime.datetime'>)"
    )
    assert page.run("class Mine(datetime): pass\ntype(Mine(2020, 1, 1)) is Mine, isinstance(datetime.now(), Mine)") == (
        "(True, False)"
    )
    assert page.run("import copy, pickle\nn = datetime.now()\npickle.loads(pickle.dumps(n)) == copy.copy(n) == n") == (
        "True"
    )


def test_what_measures_the_learner_s_own_code_stays_real(page: Page) -> None:
    assert page.run("import time\n[time.perf_counter, time.process_time]") == repr(
        [time.perf_counter, time.process_time]
    )


def test_a_loop_with_a_deadline_ends(page: Page) -> None:
    code = """
import time
looks, deadline = 0, time.monotonic() + 1800
while time.monotonic() < deadline:
    looks += 1
    time.sleep(30)
looks
"""
    assert page.run(code) == "60"
    assert page.session.world.now_ms == (START_SECONDS + 1800) * 1000


def test_even_the_shortest_sleep_takes_time(page: Page) -> None:
    page.run("import time\nfor _ in range(5): time.sleep(1e-9)\ntime.sleep(0)")
    assert page.session.world.now_ms == START_SECONDS * 1000 + 5


@pytest.mark.parametrize(
    ("seconds", "error"),
    [
        ("-1", "ValueError: sleep length must be non-negative"),
        ("'1'", "TypeError: 'str' object cannot be interpreted as an integer"),
        ("None", "TypeError: 'NoneType' object cannot be interpreted as an integer"),
        ("float('nan')", "seconds: got nan; give a number from 0 to 2592000 (30 days)"),
        ("1e9", "seconds: got 1000000000.0; give a number from 0 to 2592000 (30 days)"),
    ],
)
def test_bad_lengths_are_errors_and_the_world_stands(page: Page, seconds: str, error: str) -> None:
    assert error in page.run(f"import time\ntime.sleep({seconds})").splitlines()[-1]
    assert page.session.world.now_ms == START_SECONDS * 1000


def test_programs_and_their_modules_see_it_too(page: Page, tmp_path: Path) -> None:
    tmp_path.joinpath("watch.py").write_text("import time\ndef pause():\n    time.sleep(5)\n    return time.time()\n")
    tmp_path.joinpath("main.py").write_text("from watch import pause\nimport time\nprint(pause() - time.time())\n")
    assert list(page.session.run_command(["python", "main.py"])) == [("stdout", "0.0\n")]
    assert page.session.world.now_ms == (START_SECONDS + 5) * 1000
    assert list(page.session.run_command(["python", "-m", "main"])) == [("stdout", "0.0\n")]
    assert list(page.session.run_command(["python", "-c", "import time; print(time.monotonic())"])) == [
        ("stdout", "10.0\n")
    ]
    assert page.run("import watch\nwatch.pause() - 1752499800") == "15.0"
    page.run("exec('import time; time.sleep(1)')")
    assert page.session.world.now_ms == (START_SECONDS + 16) * 1000


def test_libraries_keep_real_time(page: Page) -> None:
    assert page.run("import logging, sys\nlogging.time is sys.modules['time']") == "True"
    assert page.run("import time, sys\ntime is sys.modules['time']") == "False"
    assert page.run("import importlib\nimportlib.import_module('time').time() > 1.76e9") == "True"


def test_outside_a_session_nothing_changes(page: Page) -> None:
    page.run("import time, datetime\ntime.sleep(1)")
    assert sys.modules["time"] is time and sys.modules["datetime"] is datetime
    assert time.sleep is not MODULES["time"].sleep
    assert __builtins__["__import__"] is not None and isinstance(datetime.datetime.now(), datetime.datetime)
    assert time.time() - START_SECONDS > 365 * 86_400


def test_answers_are_graded_on_the_grader_s_world(page: Page) -> None:
    checks = """
from grandmodel_sim.grading import check
@check("half an hour has passed", points=1, step="one")
def passed(run):
    run.expect(run.world.now_ms == 1752501600000, expected="14:00", found=run.world.now, look="the sleep")
    run.expect(run["began"] == 1752499800.0, expected="13:30", found=run["began"], look="the clock")
"""
    page.run("import time\ntime.sleep(7)")  # the learner's own world must not matter
    before = page.session.world.digest()
    answer = "import os, time\nbegan = time.time()\ntime.sleep(1800)\nkey = os.environ['GRANDMODEL_API_KEY']"
    report = grade("9.9", answer, checks, files={}, seed=3)
    assert report["passed"], report
    assert page.session.world.digest() == before


def test_the_keys_are_in_the_environment_while_an_answer_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRANDMODEL_OPERATOR_KEY", raising=False)
    monkeypatch.setenv("GRANDMODEL_API_KEY", "mine")
    checks = """
from grandmodel_sim.grading import check
@check("keys", points=1, step="one")
def keys(run):
    run.expect(run["found"] == ["mine", "KEY"], expected="both", found=run["found"])
""".replace("KEY", DEMO_KEYS["operator"])
    answer = "import os\nfound = [os.environ['GRANDMODEL_API_KEY'], os.environ['GRANDMODEL_OPERATOR_KEY']]"
    assert grade("9.9", answer, checks, files={}, world=World(1))["passed"]
    assert "GRANDMODEL_OPERATOR_KEY" not in os.environ


def test_a_program_has_the_shell_s_environment(page: Page) -> None:
    code = "import os; print(os.environ['GRANDMODEL_API_KEY'], os.environ['MINE'])"
    before = dict(os.environ)
    shown = list(page.session.run_command(["python", "-c", code], env={"MINE": "yes", "GRANDMODEL_API_KEY": "other"}))
    assert shown == [("stdout", "other yes\n")]
    assert dict(os.environ) == before
    assert page.run("import os\nos.environ['GRANDMODEL_API_KEY']") == repr(DEMO_KEYS["viewer"])


def test_a_loop_that_waits_for_a_clock_that_stands_still_can_be_stopped(page: Page) -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        shown = page.run("import time\nend = time.monotonic() + 1\nwhile time.monotonic() < end: pass")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert shown.splitlines()[-1] == "KeyboardInterrupt"
    assert page.run("1") == "1"


def test_input_still_reaches_the_page(page: Page) -> None:
    assert page.run("input('Who? ')").splitlines()[-1] == "RuntimeError: input() has nobody to answer it here"


def test_a_world_that_slept_is_restored_to_the_same_history(page: Page, tmp_path: Path) -> None:
    page.run("import time\nfor _ in range(10): time.sleep(33.3)")
    other = Session(root=str(tmp_path / "other"))
    other.restore(page.session.snapshot())
    assert json.loads(other.snapshot())["digest"] == page.session.world.digest()
