"""Where things are: the rooms of the repository, what is built, and what is downloaded."""

import os
from pathlib import Path

ROOT = Path(os.environ.get("ACADEMY_ROOT") or Path(__file__).resolve().parent.parent)

CURRICULUM = ROOT / "curriculum"
DOCS = ROOT / "docs"
EXERCISES = ROOT / "exercises"
QUIZZES = ROOT / "quizzes"
SIMULATOR = ROOT / "simulator"
BROWSER = ROOT / "browser"
OVERRIDES = ROOT / "overrides"

SITE = ROOT / "site"
CACHE = ROOT / ".cache"

# Downloads outlive a checkout: they are verified by hash each time they are used, so sharing them is safe.
DOWNLOADS = Path(
    os.environ.get("ACADEMY_DOWNLOADS")
    or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "grandmodel-academy"
)
