"""One archive that Pyodide boots from: its standard library and our wheel, compiled beforehand by that Pyodide.

Importing bytecode instead of source is what makes the boot quick; see `research` figures in docs/decisions/004. The
sources lie in a second archive, which the page loads only when a traceback or `inspect.getsource` wants a line of them.
"""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from pathlib import Path

from academy import paths
from academy.assets import node, vendor

COMPILER = Path(__file__).with_name("compile.mjs")


def build(wheel: Path, compiled: Path, sources: Path) -> None:
    """Write the archive for Pyodide's `stdLibURL` to `compiled` and the sources of all of it to `sources`."""
    stdlib = vendor.core_files()["python_stdlib.zip"]
    merge([_compiled(stdlib), _compiled(wheel)], compiled)
    merge([stdlib, wheel], sources, only=".py")


def _compiled(source: Path) -> Path:
    """The compiled form of one archive, kept in the cache under a hash of the archive and of the compiler."""
    digest = hashlib.sha256(source.read_bytes() + COMPILER.read_bytes() + vendor.PYODIDE_VERSION.encode())
    kept = paths.CACHE / "compiled" / f"{source.stem}-{digest.hexdigest()[:16]}.zip"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        partial = kept.with_suffix(".part")
        node.run(
            str(COMPILER), str(vendor.CORE), str(source), str(partial), what=f"Compiling {source.name} with Pyodide"
        )
        shutil.move(partial, kept)
    return kept


def merge(archives: list[Path], target: Path, only: str = "") -> None:
    """Join archives into one, in order; with `only`, keep the members whose names end so."""
    with zipfile.ZipFile(target, "w") as out:
        for archive in archives:
            with zipfile.ZipFile(archive) as source:
                for name in sorted(source.namelist()):
                    if name.endswith("/") or not name.endswith(only):
                        continue
                    entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
                    entry.external_attr = 0o644 << 16
                    out.writestr(entry, source.read(name), zipfile.ZIP_DEFLATED, 9)
