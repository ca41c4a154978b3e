"""Write the JSON that the page reads: the course, each exercise, each question bank."""

from __future__ import annotations

import shutil
from pathlib import Path

from academy.content import contracts_for_browser, load_course


def write(folder: Path) -> None:
    """Write every contract below an emptied `folder`, by the path under which the page asks for it."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, model in contracts_for_browser(load_course()).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(model.model_dump_json(by_alias=True) + "\n", encoding="utf-8")
