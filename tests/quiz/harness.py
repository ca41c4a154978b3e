"""A small static site with the quiz and progress elements: what the element tests look at, without the whole course.

python -m tests.quiz.harness FOLDER
"""

import html
import json
import shutil
import sys
from pathlib import Path

import material

from academy import paths
from academy.assets import node
from academy.publish.policy import policy, with_policy
from tests.quiz.fixtures import sample_bank, sample_course

PAGES = {
    "quiz": (
        "Quiz: System Architecture Overview",
        '<gm-quiz bank="module-01"><div class="gm-quiz-printed"><ol><li>Printed</li></ol></div></gm-quiz>',
    ),
    "missing": (
        "Quiz without a bank",
        '<gm-quiz bank="module-77"><div class="gm-quiz-printed"><ol><li>Printed</li></ol></div></gm-quiz>',
    ),
    "progress": ("My progress", '<gm-progress view="page"><p>Without script.</p></gm-progress>'),
    "home": (
        "Home",
        '<gm-progress view="continue"><p class="gm-actions"><a class="gm-button" href="#">Start</a></p></gm-progress>'
        '<gm-progress view="map"><a href="#" data-module="1">One <span data-state-text></span></a> '
        '<a href="#" data-module="2">Two <span data-state-text></span></a></gm-progress>',
    ),
    "module": (
        "Module",
        '<gm-progress view="module" data-module="1"></gm-progress>'
        '<gm-progress view="track" data-track-id="development"></gm-progress>'
        '<ol class="gm-outline"><li data-topic="1.1"><p class="gm-outline__title">Introduction</p></li></ol>',
    ),
    "topic": (
        "A topic",
        '<p style=\'height: 150vh\'>Long text.</p><gm-progress view="topic" data-topic="1.1"></gm-progress>',
    ),
}


def build(folder: Path) -> Path:
    """Write the site into `folder`, laid out as the real one; return the folder.

    Raises:
        StepFailed: the bundle could not be made.
    """
    assets = folder / "assets" / "test"
    (assets / "quizzes").mkdir(parents=True, exist_ok=True)
    node.run("tests/quiz/harness.mjs", str(assets), what="Bundling the test page")
    (assets / "quizzes" / "module-01.json").write_text(json.dumps(sample_bank.bank()), encoding="utf-8")
    (assets / "course.json").write_text(json.dumps(sample_course.course()), encoding="utf-8")
    styles = Path(material.__file__).parent / "templates" / "assets" / "stylesheets"
    for name in ("main", "palette"):
        shutil.copy(next(styles.glob(f"{name}.*.min.css")), assets / f"{name}.css")
    for name, (title, body) in PAGES.items():
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "index.html").write_text(_page(title, body), encoding="utf-8")
    (folder / "index.html").write_text(_page("Site", ""), encoding="utf-8")
    (folder / "404.html").write_text(_page("Not found", ""), encoding="utf-8")
    return folder


def _page(title: str, body: str) -> str:
    links = "".join(
        f'<link rel="stylesheet" href="../assets/test/{name}.css">' for name in ("main", "palette", "academy")
    )
    page = (
        f'<!doctype html><html lang="en" dir="ltr"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">{links}'
        '<script type="module" src="../assets/test/harness.js"></script></head>'
        '<body data-md-color-scheme="default" data-md-color-primary="custom"><main class="md-main">'
        '<div class="md-main__inner md-grid"><div class="md-content"><article class="md-content__inner md-typeset">'
        f"<h1>{html.escape(title)}</h1>{body}</article></div></div></main></body></html>"
    )
    return with_policy(page, policy([]))


if __name__ == "__main__":
    target = build(Path(sys.argv[1]).resolve())
    print(f"{target.relative_to(paths.ROOT) if target.is_relative_to(paths.ROOT) else target}")
