"""The Content-Security-Policy: which scripts count, and that every page gets the same one."""

import pytest

from academy.publish import policy

PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>x</title>
<script>var a = 1;</script><script src="x.js"></script><script type="application/json">{"a": 1}</script>
<script type="module">import "./x.js";</script></head><body></body></html>"""


def test_only_scripts_that_the_browser_runs_from_the_page_are_hashed() -> None:
    assert list(policy.inline_scripts(PAGE)) == ["var a = 1;", 'import "./x.js";']


def test_a_hash_is_the_one_that_browsers_compute() -> None:
    # The example of CSP level 3, section 8.4: doSomething().
    assert policy.script_hash("alert('Hello, world.');") == "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"


def test_the_policy_does_not_depend_on_the_order_of_pages() -> None:
    hashes = ["'sha256-b'", "'sha256-a'", "'sha256-b'"]
    assert policy.policy(hashes) == policy.policy(reversed(hashes))
    assert "script-src 'self' 'wasm-unsafe-eval' 'sha256-a' 'sha256-b';" in policy.policy(hashes)


def test_the_policy_refuses_eval_and_other_origins() -> None:
    text = policy.policy([])
    assert "'unsafe-eval'" not in text.replace("'wasm-unsafe-eval'", "")
    assert "http" not in text and "*" not in text


def test_the_policy_comes_before_anything_that_acts() -> None:
    page = policy.with_policy(PAGE, "default-src 'self'")
    assert page.startswith(
        '<!doctype html><html><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'self\'"><title>'
    )


def test_a_page_without_a_head_is_an_error() -> None:
    with pytest.raises(ValueError, match="no <head>"):
        policy.with_policy("<p>hello</p>", "default-src 'self'")
