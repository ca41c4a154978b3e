"""What learner code can reach from inside the sandbox: nothing of the site, of the network, of the page."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.runtime.learner import Code

# Each is tried from Python; a promise is awaited. Whatever is refused raises.
ATTEMPTS = {
    "fetch elsewhere": "js.fetch('https://example.com/')",
    "fetch the site": "js.fetch('SITE')",
    "fetch by request": "js.fetch(js.Request.new('SITE'))",
    "open IndexedDB": "js.indexedDB.open('x')",
    "open IndexedDB by its factory": "js.Object.create(js.IDBFactory.prototype).open('x')",
    "open Cache Storage": "js.caches.open('x')",
    "eval": "js.eval('1')",
    "Function": "js.Function.new('return 1')()",
    "run_js": "__import__('pyodide.code').code.run_js('1')",
    "import a blob": "js.eval(\"import(URL.createObjectURL(new Blob(['1'], {type: 'text/javascript'})))\")",
    "import a blob through a script": "js.importScripts(js.URL.createObjectURL(js.Blob.new(['1'])))",
    "start a worker": "js.Worker.new(js.URL.createObjectURL(js.Blob.new(['1'])))",
    "start a shared worker": "js.SharedWorker.new('SITE')",
    "XMLHttpRequest": "js.XMLHttpRequest.new()",
    "WebSocket": "js.WebSocket.new('ws://127.0.0.1:1/')",
    "EventSource": "js.EventSource.new('SITE')",
    "load a package from elsewhere": "found(run_sync(pyodide_js.loadPackage('https://example.com/x.whl')))",
    "the page": "js.parent.document",
    "the page's window": "js.window",
    "local storage": "js.localStorage",
    "requests": "__import__('urllib.request').request.urlopen('https://example.com/', timeout=2)",
    "a socket": "__import__('socket').create_connection(('127.0.0.1', 80), timeout=2)",
}

HARNESS = """
import js, json, pyodide_js
from pyodide.ffi import run_sync
def found(packages):
    if not len(packages): raise OSError("nothing was loaded")
def attempt(expression):
    try:
        value = eval(expression)
        if hasattr(value, "then"): value = run_sync(value)
        return "REACHED " + str(value)[:80]
    except BaseException as error:
        return "refused " + type(error).__name__
print(json.dumps({name: attempt(text) for name, text in json.loads(ATTEMPTS).items()}))
"""


@pytest.fixture
def outcomes(cell: Code, site: str) -> dict[str, str]:
    attempts = {name: text.replace("SITE", site) for name, text in ATTEMPTS.items()}
    cell.run(f"ATTEMPTS = {json.dumps(json.dumps(attempts))}\n{HARNESS}")
    last = next(line for line in cell.output.inner_text().splitlines() if line.startswith("{"))
    told: dict[str, str] = json.loads(last)
    assert told.keys() == ATTEMPTS.keys()
    return told


def test_learner_code_reaches_nothing(outcomes: dict[str, str]) -> None:
    assert {name: outcome for name, outcome in outcomes.items() if not outcome.startswith("refused")} == {}


def test_the_harness_would_notice(cell: Code) -> None:
    """The same attempt function reports what is reachable, so `refused` above means something."""
    cell.run(f"ATTEMPTS = {json.dumps(json.dumps({'json': 'js.JSON.stringify(1)'}))}\n{HARNESS}")
    expect(cell.output).to_contain_text("REACHED 1")


def test_the_port_to_the_page_cannot_be_stolen(cell: Code) -> None:
    """Replaced built-ins see Pyodide's own messages, but never one between the page and the worker."""
    cell.run("""
import js
from pyodide.ffi import create_proxy, to_js
ours = {"job", "input", "interrupt", "file", "parts", "done", "ask", "need", "progress"}
seen, total = [], []
def note(message):
    total.append(1)
    if getattr(message, "type", None) in ours:
        seen.append(message.type)
read = js.Object.getOwnPropertyDescriptor(js.MessageEvent.prototype, "data").get
post = js.MessagePort.prototype.postMessage
def spy_read(event):
    message = read.call(event)
    note(message)
    return message
def spy_post(port, *args):
    note(args[0])
    return post.call(port, *args)
js.MessagePort.prototype.postMessage = create_proxy(spy_post, capture_this=True)
getter = {"get": create_proxy(spy_read, capture_this=True)}
js.Object.defineProperty(js.MessageEvent.prototype, "data", to_js(getter, dict_converter=js.Object.fromEntries))
print("listening")
""")
    cell.run("import asyncio\nfor _ in range(5):\n    await asyncio.sleep(0)\nprint('said', len(total) > 0, seen)")
    expect(cell.output).to_have_text("said True []\n")


def test_closing_the_worker_from_inside_can_be_stopped(cell: Code) -> None:
    cell.write("import js\njs.close()\nwhile True: pass")
    cell.button("Run").click()
    cell.ends("running")
    cell.button("Stop").click()
    cell.ends("stopped")
    cell.run("'back'")
    expect(cell.output.locator(".gm-result")).to_have_text("'back'")
