"""Third-party notices, made from what is really shipped.

Browser packages are those that esbuild's own record says went into an output file; Python packages are the wheels of
the runtime folder; the theme is what MkDocs copies. A package without a licence text stops the build.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from academy import paths
from academy.assets import node, vendor
from academy.errors import StepFailed

BUNDLE_RECORD = paths.CACHE / "bundle" / "meta.json"
_PACKAGE = re.compile(r"node_modules/((?:@[^/]+/)?[^/]+)/")
_LICENCE_FILE = re.compile(r"(^|/)(LICEN[CS]E|COPYING|NOTICE)[^/]*$", re.IGNORECASE)

# Distributions whose files MkDocs copies into the site: the theme, with its icons and search.
THEME = ("mkdocs-material", "mkdocs")


class Notice(BaseModel):
    """One third-party package as the notices page shows it."""

    name: str
    version: str
    licence: str
    part: str
    text: str


def write(target: Path) -> None:
    """Write all notices, sorted by part and name, as JSON."""
    notices = [*_pyodide(), *_wheels(), *_bundled(), *_theme()]
    bare = [notice.name for notice in notices if not notice.text.strip()]
    if bare:
        raise StepFailed(
            f"No licence text was found for {', '.join(bare)}; add one to academy/publish/licences/<name>.txt."
        )
    notices.sort(key=lambda notice: (notice.part, notice.name.lower()))
    target.write_text(json.dumps([notice.model_dump() for notice in notices], indent=1) + "\n", encoding="utf-8")


def _bundled() -> Iterator[Notice]:
    record: dict[str, Any] = json.loads(BUNDLE_RECORD.read_text())
    names = {
        match.group(1) for output in record.values() for name in output["inputs"] for match in _PACKAGE.finditer(name)
    }
    for name in sorted(names):
        folder = node.MODULES / name
        manifest = json.loads((folder / "package.json").read_text())
        yield Notice(
            name=name,
            version=manifest["version"],
            licence=_plain(manifest.get("license")),
            part="In the page",
            text=_folder_text(folder) or _kept(name),
        )


def _folder_text(folder: Path) -> str:
    files = sorted(path for path in folder.iterdir() if path.is_file() and _LICENCE_FILE.search(path.name))
    return "\n\n".join(path.read_text(encoding="utf-8", errors="replace").strip() for path in files)


def _pyodide() -> Iterator[Notice]:
    manifest = json.loads((vendor.CORE / "package.json").read_text())
    yield Notice(
        name="Pyodide",
        version=manifest["version"],
        licence=_plain(manifest.get("license")),
        part="Python runtime",
        text=_kept("pyodide"),
    )
    python = json.loads((vendor.CORE / "pyodide-lock.json").read_text())["info"]["python"]
    yield Notice(name="CPython", version=python, licence="PSF-2.0", part="Python runtime", text=_kept("cpython"))


def _wheels() -> Iterator[Notice]:
    files = vendor.fetch_wheels()
    for wheel in vendor.wanted_wheels():
        with zipfile.ZipFile(files[wheel.name]) as archive:
            names = [name for name in archive.namelist() if ".dist-info/" in name]
            metadata = archive.read(next(name for name in names if name.endswith("/METADATA"))).decode()
            texts = [archive.read(name).decode(errors="replace") for name in names if _LICENCE_FILE.search(name)]
        yield Notice(
            name=wheel.name,
            version=wheel.version,
            licence=_licence_of(metadata),
            part="Python packages",
            text="\n\n".join(text.strip() for text in texts) or _kept(wheel.name),
        )


def _theme() -> Iterator[Notice]:
    for name in THEME:
        try:
            found = distribution(name)
        except PackageNotFoundError:
            raise StepFailed(f"{name} is not installed; run `make setup`.") from None
        texts = [Path(str(file.locate())) for file in found.files or [] if _LICENCE_FILE.search(str(file))]
        yield Notice(
            name=name,
            version=found.version,
            licence=_licence_of(found.read_text("METADATA") or ""),
            part="Theme",
            text="\n\n".join(path.read_text(encoding="utf-8", errors="replace").strip() for path in texts)
            or _kept(name),
        )


def _licence_of(metadata: str) -> str:
    """The licence as package metadata states it: the expression, the classifier, or the first line of the field."""
    for pattern in (
        r"^License-Expression: (.+)$",
        r"^Classifier: License :: OSI Approved :: (.+)$",
        r"^License: (.+)$",
    ):
        found = re.search(pattern, metadata, re.MULTILINE)
        if found:
            return found.group(1).strip()[:60]
    return "see the text"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else str((value or {}).get("type", "see the text"))


def _kept(name: str) -> str:
    """A licence text kept here, because the package ships none."""
    path = Path(__file__).parent / "licences" / f"{name.replace('/', '__')}.txt"
    return path.read_text(encoding="utf-8") if path.is_file() else ""
