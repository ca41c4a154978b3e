"""From data to site: the steps of `academy build`, in order, each skipped when its inputs have not changed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from academy import paths
from academy.assets import bundle, node, runtime, wheel
from academy.errors import AcademyError, StepFailed
from academy.execute import cells, claims, samples
from academy.publish import contracts, notices, site
from academy.steps import Runner, Step, fingerprint

Say = Callable[[str], None]

WHEEL = paths.CACHE / "wheel"
RUNTIME = paths.CACHE / "runtime"
BUNDLE = paths.CACHE / "bundle"
COURSE = paths.CACHE / "course"
NOTICES = paths.CACHE / "notices.json"

PLACEHOLDER_URL = "https://academy.example.org/"


@dataclass(frozen=True)
class Target:
    """Where a site goes and under which address it will stand."""

    folder: Path
    url: str
    reload: bool = False

    @property
    def work(self) -> Path:
        """Built here first and swapped in when complete, so that a failed build leaves the old site standing."""
        return self.folder.with_name(self.folder.name + ".next")


def default_target() -> Target:
    """`site/`, under SITE_URL or a placeholder (sitemap and instant navigation need some address)."""
    return Target(paths.SITE, os.environ.get("SITE_URL") or PLACEHOLDER_URL)


def build(target: Target, console: Console | None = None) -> list[str]:
    """Run the steps that are needed for the target; return the titles of those that ran."""
    runner = Runner(paths.CACHE / "steps.json", console)
    runner.run(steps(target))
    return runner.ran


def steps(target: Target) -> list[Step]:
    """All steps, in the order in which they depend on each other."""
    model = fingerprint(paths.ROOT / "academy" / "model", paths.ROOT / "academy" / "content")
    lock = fingerprint(paths.ROOT / "package-lock.json")
    content = [paths.CURRICULUM, paths.QUIZZES, paths.EXERCISES, paths.DOCS]
    return [
        Step("Check the content", lambda: fingerprint(*content, model), (), _check),
        Step(
            "Install browser packages",
            lambda: lock,
            (node.MODULES / ".academy-lock",),
            lambda say: node.install_packages(),
        ),
        Step("Build the simulator wheel", lambda: fingerprint(paths.SIMULATOR), (WHEEL,), lambda say: _wheel()),
        Step(
            "Assemble the runtime",
            lambda: fingerprint(WHEEL, paths.ROOT / "academy" / "assets", lock),
            (RUNTIME / "runtime.json",),
            _runtime,
        ),
        Step(
            "Bundle the browser code",
            lambda: fingerprint(paths.BROWSER, paths.OVERRIDES / "css", model, lock),
            (BUNDLE / "entry.js",),
            lambda say: bundle.build(BUNDLE),
        ),
        Step(
            "Write the course data",
            lambda: fingerprint(*content, model),
            (COURSE,),
            lambda say: contracts.write(COURSE),
        ),
        Step(
            "Gather the licences",
            lambda: fingerprint(BUNDLE / "meta.json", lock),
            (NOTICES,),
            lambda say: notices.write(NOTICES),
        ),
        Step("Draw the diagrams", lambda: fingerprint(paths.DOCS, paths.CURRICULUM, lock), (), _diagrams),
        Step("Run the cells", lambda: fingerprint(paths.DOCS, paths.SIMULATOR), (cells.OUTPUTS,), cells.run_all),
        Step("Ask the simulated system", lambda: fingerprint(paths.SIMULATOR), (samples.RESULTS,), samples.take),
        Step("Train Lab 2.1's agents", lambda: fingerprint(*claims.inputs()), (claims.RESULTS,), claims.measure),
        Step(
            f"Build the site for {target.url}",
            lambda: _site_inputs(target),
            (target.folder / "index.html",),
            lambda say: _site(target, say),
        ),
    ]


def build_id() -> str:
    """The name of the folder that holds the bundle and the course data: a hash of both."""
    return fingerprint(BUNDLE, COURSE)[:12]


def runtime_id() -> str:
    """The hash that the runtime's manifest carries."""
    return str(json.loads((RUNTIME / "runtime.json").read_text())["hash"])


def _check(say: Say) -> None:
    from academy.content import check

    report = check()
    if report.problems:
        listed = "\n".join(str(problem) for problem in report.problems)
        raise AcademyError(f"{listed}\n{len(report.problems)} to mend in the content. Nothing was built.")


def _wheel() -> None:
    wheel.build(WHEEL)


def _runtime(say: Say) -> None:
    runtime.build(next(WHEEL.glob("*.whl")), RUNTIME, say)


def _diagrams(say: Say) -> None:
    _module("academy.markdown.diagram", what="Drawing the diagrams")


def _module(name: str, *arguments: str, what: str, env: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        [sys.executable, "-m", name, *arguments],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, **(env or {})},
    )
    if done.returncode:
        raise StepFailed(f"{what} failed:\n{(done.stderr + done.stdout).strip()[-4000:]}")


def _site_inputs(target: Target) -> str:
    rooms = [paths.CURRICULUM, paths.QUIZZES, paths.EXERCISES, paths.DOCS, paths.OVERRIDES, paths.ROOT / "macros"]
    code = [paths.ROOT / "mkdocs.yml", paths.ROOT / "academy", paths.SIMULATOR, paths.ROOT / "requirements.lock"]
    made = [cells.OUTPUTS, claims.RESULTS, samples.RESULTS, NOTICES]
    return fingerprint(*rooms, *code, *made, f"{target}", build_id(), runtime_id())


def _site(target: Target, say: Say) -> None:
    say("rendering the pages")
    shutil.rmtree(target.work, ignore_errors=True)
    env = {
        "SITE_URL": target.url,
        "ACADEMY_BUILD_ID": build_id(),
        "ACADEMY_RUNTIME": f"assets/runtime-{runtime_id()}/",
        "NO_MKDOCS_2_WARNING": "1",
        "PYTHONHASHSEED": "0",
    }
    _module("mkdocs", "build", "--strict", "-d", str(target.work), what="Rendering the pages", env=env)
    say("putting the assets and the policy in place")
    assets = [(build_id(), BUNDLE), (build_id(), COURSE), (f"runtime-{runtime_id()}", RUNTIME)]
    site.finish(target.work, assets=assets, reload=target.reload)
    _swap(target)


def _swap(target: Target) -> None:
    """Two renames: between them the site is absent for an instant, never half there."""
    old = target.folder.with_name(target.folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if target.folder.exists():
        target.folder.rename(old)
    target.work.rename(target.folder)
    shutil.rmtree(old, ignore_errors=True)
