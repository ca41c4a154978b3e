"""Assemble the folder that the sandbox boots from, with a manifest by which the page checks every file."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from academy.assets import archive, vendor

ARCHIVE = "stdlib-compiled.zip"
SOURCES = "stdlib-sources.zip"


def build(wheel: Path, folder: Path, say: Callable[[str], None] = lambda text: None) -> str:
    """Fill an emptied `folder` with the runtime's files and `runtime.json`; return the runtime's hash."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, path in vendor.core_files().items():
        shutil.copyfile(path, folder / name)
    shutil.copyfile(wheel, folder / wheel.name)
    say("compiling the standard library and the simulator")
    archive.build(wheel, folder / ARCHIVE, folder / SOURCES)
    boot_files = sorted(path.name for path in folder.iterdir())

    say("fetching numpy, pandas and matplotlib")
    packages: dict[str, Any] = {}
    paths_by_name = vendor.fetch_wheels(say)
    for package in vendor.wanted_wheels():
        shutil.copyfile(paths_by_name[package.name], folder / package.file)
        packages[package.name] = {
            "version": package.version,
            "file": package.file,
            "bytes": (folder / package.file).stat().st_size,
            "sha256": package.sha256,
            "imports": list(package.imports),
            "depends": list(package.depends),
        }
    manifest: dict[str, Any] = {
        "pyodide": vendor.PYODIDE_VERSION,
        "archive": ARCHIVE,
        "sources": SOURCES,
        "wheel": wheel.name,
        "files": {name: _describe(folder / name) for name in boot_files},
        "packages": packages,
    }
    digest = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()[:12]
    (folder / "runtime.json").write_text(json.dumps({"hash": digest, **manifest}, indent=1) + "\n")
    return digest


def _describe(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
