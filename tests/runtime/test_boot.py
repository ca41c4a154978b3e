"""The boot ladder and what is said when a step, or all of them, fail."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect

from tests.runtime.learner import BOOT, Code


def spoil(route: Route) -> None:
    """The right length, the wrong bytes: only the hash notices."""
    response = route.fetch()
    body = response.body()
    route.fulfill(response=response, body=body[:-64] + bytes(64))


def test_a_spoilt_archive_falls_back_to_the_stock_files(topic: Page, cell: Code) -> None:
    fetched: list[str] = []
    topic.on("request", lambda request: fetched.append(request.url.rsplit("/", 1)[-1]))
    topic.route("**/stdlib-compiled.zip", spoil)
    cell.run("import sys, grandmodel_sim\nsys.version_info[:2]")
    expect(cell.output.locator(".gm-result")).to_have_text("(3, 13)")
    assert "python_stdlib.zip" in fetched


def test_a_missing_file_is_named_and_run_tries_again(topic: Page, cell: Code) -> None:
    topic.route("**/pyodide.asm.wasm", lambda route: route.abort())
    cell.button("Run").click()
    cell.ends("error")
    expect(cell.status).to_contain_text("pyodide.asm.wasm could not be fetched. Check the connection and try again.")
    topic.unroute("**/pyodide.asm.wasm")
    cell.run("'now'")
    expect(cell.output.locator(".gm-result")).to_have_text("'now'")


def test_a_file_that_is_not_the_builds_is_refused(topic: Page, cell: Code) -> None:
    topic.route("**/pyodide.js", spoil)
    cell.button("Run").click()
    cell.ends("error")
    expect(cell.status).to_contain_text("pyodide.js is not the file that this site was built with")


def test_without_webassembly_there_is_a_sentence(page: Page) -> None:
    # The sandbox's worker takes this from its own source, since a page script cannot reach into it.
    def without(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body="delete globalThis.WebAssembly;\n" + response.text())

    page.route(re.compile(r"/assets/[0-9a-f]+/python-worker\.js"), without)
    page.goto("01-system-architecture/introduction/")
    cell = Code(page, page.locator("gm-cell").first)
    cell.button("Run").click()
    expect(cell.status).to_contain_text("Python could not start here", timeout=BOOT)
    expect(cell.button("Run")).to_be_visible()


def test_a_package_that_cannot_be_had_is_named(topic: Page, cell: Code) -> None:
    topic.route("**/numpy-*.whl", lambda route: route.abort())
    cell.run("import numpy", state="error")
    expect(cell.output.locator(".gm-error")).to_contain_text(
        "numpy could not be loaded. Check the connection and run again."
    )
    topic.unroute("**/numpy-*.whl")
    cell.run("import numpy\nnumpy.__version__")
    expect(cell.output.locator(".gm-result")).to_have_text("'2.2.5'")


def test_an_interpreter_that_breaks_down_is_replaced(cell: Code) -> None:
    cell.run("open('kept.txt', 'w').write('kept')")
    cell.write(
        "import sys\nsys.setrecursionlimit(10**9)\n"
        "class Endless:\n    def __repr__(self): return repr(self)\nrepr(Endless())"
    )
    cell.button("Run").click()
    cell.ends("error")
    expect(cell.status).to_contain_text("Python broke down")
    cell.run("open('kept.txt').read()")
    expect(cell.output.locator(".gm-result")).to_have_text("'kept'")


def test_a_stray_error_of_a_callback_ends_nothing(topic: Page, cell: Code) -> None:
    cell.run(
        "import js\nfrom pyodide.ffi import create_once_callable\nx = 5\n"
        "js.setTimeout(create_once_callable(lambda: 1 / 0), 0)"
    )
    topic.wait_for_timeout(500)
    cell.run("x + 1")
    expect(cell.output.locator(".gm-result")).to_have_text("6")
