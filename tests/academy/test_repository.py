"""Rules of the repository that are easy to break without noticing."""

import json
import re
import subprocess
import sys

import pytest

from academy import paths

# Written in pieces, so that this file does not break its own rule.
REGISTRIES = ["pypi" + ".org", "files.python" + "hosted.org", "registry.npm" + "js.org", "deb.de" + "bian.org"]
LARGEST = 700_000


def tracked() -> list[str]:
    """The files that git tracks."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=paths.ROOT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split("\0") if name and (paths.ROOT / name).is_file()]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    found = {}
    for name in tracked():
        data = (paths.ROOT / name).read_bytes()
        if b"\0" not in data:
            found[name] = data.decode("utf-8", errors="replace")
    return found


@pytest.mark.parametrize("host", REGISTRIES)
def test_no_file_names_a_package_registry(texts: dict[str, str], host: str) -> None:
    assert [name for name, text in texts.items() if host in text] == []


def test_no_file_names_a_path_of_the_machine_it_was_written_on(texts: dict[str, str]) -> None:
    # The checkout's folder, and that of the Python which may have recorded something.
    places = "|".join(re.escape(str(place)) for place in (paths.ROOT.parent, sys.base_prefix))
    path = re.compile(rf"(?<![\w./-])(?:{places})/")
    assert [name for name, text in texts.items() if path.search(text)] == []


def test_nothing_built_or_vendored_is_committed() -> None:
    assert [name for name in tracked() if name.endswith((".whl", ".wasm", ".zip", ".pyc", ".woff2"))] == []
    assert [name for name in tracked() if (paths.ROOT / name).stat().st_size > LARGEST] == []


def test_the_browser_packages_are_locked_by_hash_and_not_by_address() -> None:
    packages = json.loads((paths.ROOT / "package-lock.json").read_text())["packages"]
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []


def test_the_python_packages_are_locked_by_hash() -> None:
    lines = (paths.ROOT / "requirements.lock").read_text().splitlines()
    pinned = [number for number, line in enumerate(lines) if re.match(r"[a-z]", line)]
    assert [lines[number] for number in pinned if "--hash=sha256:" not in lines[number + 1]] == []


def test_ci_runs_what_the_readme_promises() -> None:
    assert "make test" in (paths.ROOT / ".ci" / "run").read_text()
    readme = (paths.ROOT / "README.md").read_text()
    assert "make serve" in readme and "make test" in readme
