"""The joint: bash, cells and the simulated system see one tree of files and one World."""

from __future__ import annotations

import json

import pytest
from grandmodel_sim.demo_keys import ENVIRONMENT
from playwright.sync_api import Page, expect

from tests.runtime.learner import Code, Terminal

PAGE = "01-system-architecture/hands-on-demo/"


@pytest.fixture
def terminal(page: Page) -> Terminal:
    page.goto(PAGE)
    expect(page.locator("gm-terminal pre").first).to_contain_text("kubectl get pods")
    terminal = Terminal(page)
    terminal.open()
    return terminal


@pytest.fixture
def cell(page: Page, terminal: Terminal) -> Code:
    return Code(page, page.locator("gm-cell").first)


def test_the_cluster_answers_and_pipes_work(terminal: Terminal) -> None:
    pods = terminal.answer("kubectl get pods -n grandmodel")
    assert pods.splitlines()[0].split() == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    running = pods.count("Running")
    assert running > 5
    assert terminal.answer("kubectl get pods -n grandmodel | grep -c Running") == str(running)
    assert terminal.answer("kubectl get pods -n grandmodel > pods.txt; wc -l < pods.txt").strip() == str(
        len(pods.splitlines())
    )


def test_the_shell_remembers(terminal: Terminal) -> None:
    terminal.answer("LIMIT=0.2; greet() { echo hello $1; }")
    assert terminal.answer("echo $LIMIT; greet you") == "0.2\nhello you"
    terminal.answer("cd src/training")
    assert terminal.answer("pwd") == "/home/learner/GrandModel/src/training"
    terminal.type("false")
    assert terminal.answer("echo $?") == "1"
    terminal.answer("kubectl get nonsense")
    assert terminal.answer("nosuchcommand") == "bash: nosuchcommand: command not found"


def test_the_keys_of_the_api_are_in_the_shell_s_environment(terminal: Terminal) -> None:
    for name, key in ENVIRONMENT.items():
        assert terminal.answer(f"printenv {name}") == key
    assert terminal.answer("python -c 'import os; print(os.environ[\"DEV_TOKEN\"])'") == ENVIRONMENT["DEV_TOKEN"]


def test_files_are_the_same_in_bash_python_and_cells(terminal: Terminal, cell: Code) -> None:
    terminal.answer("echo 'print(6 * 7)' > answer.py")
    assert terminal.answer("python answer.py") == "42"
    cell.run("text = open('answer.py').read()\nopen('from_cell.txt', 'w').write('a cell wrote this')\ntext")
    expect(cell.output.locator(".gm-result")).to_contain_text("print(6 * 7)")
    assert terminal.answer("cat from_cell.txt | tr a-z A-Z") == "A CELL WROTE THIS"
    terminal.answer("rm answer.py")
    assert "can't open file '/home/learner/GrandModel/answer.py'" in terminal.answer("python answer.py")
    cell.run("import os\nos.path.exists('answer.py')")
    expect(cell.output.locator(".gm-result")).to_have_text("False")


def test_time_is_the_same_in_bash_and_cells(terminal: Terminal, cell: Code) -> None:
    cell.run("from grandmodel_sim.world import World\nWorld.current().now.timestamp()")
    before = float(cell.output.locator(".gm-result").inner_text())
    assert float(terminal.answer("date +%s")) == before
    terminal.answer("sleep 90")
    cell.run("World.current().now.timestamp()")
    assert float(cell.output.locator(".gm-result").inner_text()) == before + 90
    expect(terminal.place.locator(".gm-terminal-clock")).to_contain_text("Simulated time 20")


def test_a_followed_log_streams_beside_a_cell_and_ctrl_c_ends_it(terminal: Terminal, cell: Code) -> None:
    terminal.type("kubectl logs -f deployment/strategic-marl -n grandmodel --tail 1")
    terminal.says("heartbeat")
    cell.run("6 * 7")
    expect(cell.output.locator(".gm-result")).to_have_text("42")
    terminal.keys.press("Control+c")
    terminal.type("echo code $?")
    terminal.says("code 130")


def test_ctrl_c_ends_a_busy_python_and_keeps_the_files(terminal: Terminal) -> None:
    terminal.answer("echo kept > kept.txt")
    terminal.type("python -c 'while True: pass'")
    terminal.place.page.wait_for_timeout(500)
    terminal.keys.press("Control+c")
    terminal.says("Python was started anew", timeout=5000)
    assert terminal.answer("cat kept.txt; python -c 'print(1 + 1)'") == "kept\n2"


def test_the_prompt_says_what_it_waits_for_and_offers_stop(terminal: Terminal, cell: Code) -> None:
    cell.begin("while True: pass")
    terminal.type("kubectl get pods")
    expect(terminal.status).to_contain_text("Waits for the cell")
    terminal.keys.press("Control+c")
    assert terminal.answer("echo free").endswith("free")
    cell.ends("running")
    terminal.type("date")
    terminal.place.get_by_role("button", name="Stop").click()
    cell.ends("stopped")
    assert "UTC" in terminal.answer("date")


def test_lines_are_pasted_continued_completed_and_recalled(terminal: Terminal) -> None:
    terminal.keys.press_sequentially("for n in 1 2; do\necho loop $n\ndone\n")
    terminal.says("loop 1\nloop 2\n")
    terminal.keys.press_sequentially("cat REA")
    terminal.keys.press("Tab")
    terminal.keys.press("Enter")
    terminal.says("cat README.md \n# GrandModel")
    terminal.keys.press("ArrowUp")
    terminal.keys.press("Home")
    terminal.keys.press_sequentially("echo ")
    terminal.keys.press("Enter")
    terminal.says("echo cat README.md \ncat README.md")


def test_tab_after_escape_leaves_the_terminal(terminal: Terminal) -> None:
    expect(terminal.keys).to_be_focused()
    terminal.keys.press("Tab")
    expect(terminal.keys).to_be_focused()
    terminal.keys.press("Escape")
    terminal.keys.press("Tab")
    expect(terminal.keys).not_to_be_focused()


def test_history_and_files_are_there_after_a_reload(page: Page, terminal: Terminal) -> None:
    terminal.answer("echo remember > note.txt")
    page.reload()
    terminal.open()
    assert terminal.answer("cat note.txt") == "remember"


# Every record of every database of the site, by database and table.
STORED = """async () => {
  const stored = {};
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve, reject) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    for (const table of database.objectStoreNames) {
      const keys = database.transaction(table).objectStore(table).getAllKeys();
      await new Promise((resolve) => { keys.onsuccess = resolve; });
      stored[`${name.split(":")[0]} ${table}`] = keys.result;
    }
    database.close();
  }
  return JSON.stringify(stored);
}"""


def test_a_large_file_is_as_large_for_bash_as_for_python(terminal: Terminal) -> None:
    data = "data/training/sample_data.csv"
    size = terminal.answer(f"python -c \"import os; print(os.path.getsize('{data}'))\"")
    assert int(size) > 2 * 65536, "the file must be larger than what just-bash decodes at once"
    assert terminal.answer(f"wc -c {data}").split() == [size, data]
    assert terminal.answer(f"wc -c < {data}").strip() == size
    assert terminal.answer(f"cat {data} | wc -c").strip() == size
    lines = terminal.answer(f"python -c \"print(''.join(open('{data}').readlines()[:3]), end='')\"")
    assert terminal.answer(f"head -n 3 {data}") == lines


def test_a_pipe_and_a_file_get_all_that_python_prints(terminal: Terminal) -> None:
    terminal.answer("true")
    assert terminal.answer("python -c \"print('z'*200000)\" | wc -c").strip() == "200001"
    assert terminal.answer("python -c \"print('z'*200000)\" > z.txt; wc -c < z.txt").strip() == "200001"
    terminal.type("python -c \"print('ab'*100000)\"")
    terminal.says("characters left out; the last 2000 follow]")


def test_a_missing_file_has_the_error_number_of_linux(terminal: Terminal) -> None:
    assert terminal.answer("python nosuch.py").endswith("nosuch.py': [Errno 2] No such file or directory")
    assert "[Errno 2] No such file or directory: 'nosuch'" in terminal.answer("python -c \"open('nosuch')\"")


def test_delete_everything_takes_the_files_along(page: Page, terminal: Terminal) -> None:
    terminal.answer("echo gone > gone.txt")
    page.wait_for_function(f"async () => (await ({STORED})()).includes('gone.txt')")
    # As a reader gets there, by instant navigation: Python and its files are still in memory.
    page.evaluate("document.querySelector('a[href$=\"progress/\"]').click()")
    page.get_by_role("button", name="Delete everything…").click()
    with page.expect_navigation():
        page.get_by_role("dialog").get_by_role("button", name="Delete everything").click()
    expect(page.get_by_text("Nothing yet.")).to_be_visible()
    stored = json.loads(page.evaluate(STORED))
    assert stored.pop("grandmodel-academy meta") == ["device"]  # a new one
    assert stored == {
        "grandmodel-academy aside": [],
        "grandmodel-academy drafts": [],
        "grandmodel-academy events": [],
        "grandmodel-workspace files": [],
        "grandmodel-workspace values": [],
    }
    page.goto(PAGE)
    again = Terminal(page)
    again.open()
    assert "No such file" in again.answer("cat gone.txt")
