"""Fetch what the runtime is made of, and verify every byte of it.

Pyodide's core is an npm package, so `package-lock.json` pins it and npm verifies it. Its scientific wheels are on no
registry by themselves; byte-identical copies lie inside one PyPI wheel, from which only the needed members are read by
HTTP range. Each is checked against the sha256 in Pyodide's own `pyodide-lock.json`.
"""

from __future__ import annotations

import hashlib
import json
import os
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from academy import paths
from academy.errors import VendorError

PYODIDE_VERSION = "0.28.3"
CORE_FILES = ("pyodide.asm.js", "pyodide.asm.wasm", "pyodide.js", "pyodide-lock.json", "python_stdlib.zip")
CORE = paths.ROOT / "node_modules" / "pyodide"

# The packages that a learner may import; what they depend on follows from Pyodide's lock.
IMPORTABLE = ("numpy", "pandas", "matplotlib")

CARRIER = "open-webui"
CARRIER_VERSION = "0.9.6"
CARRIER_FOLDER = "open_webui/frontend/pyodide/"

# Another place that holds the wheels under their own names: a folder, or an address without the trailing slash.
WHEELS_VARIABLE = "ACADEMY_PYODIDE_WHEELS"


@dataclass(frozen=True)
class Wheel:
    """One package of the runtime as Pyodide's lock describes it."""

    name: str
    version: str
    file: str
    sha256: str
    imports: tuple[str, ...]
    depends: tuple[str, ...]


def core_files() -> dict[str, Path]:
    """Pyodide's core by file name, from node_modules."""
    files = {name: CORE / name for name in CORE_FILES}
    missing = [name for name, path in files.items() if not path.is_file()]
    if missing:
        raise VendorError(
            f"node_modules/pyodide lacks {', '.join(missing)}. Run `make build`: it installs the packages."
        )
    return files


def wanted_wheels() -> list[Wheel]:
    """IMPORTABLE and all that they depend on, in an order in which dependencies come first."""
    locked: dict[str, Any] = json.loads((CORE / "pyodide-lock.json").read_text())["packages"]
    ordered: dict[str, Wheel] = {}

    def add(name: str) -> None:
        if name in ordered:
            return
        entry = locked[name]
        for dependency in entry["depends"]:
            add(dependency.lower())
        ordered[name] = Wheel(
            name=name,
            version=entry["version"],
            file=entry["file_name"],
            sha256=entry["sha256"],
            imports=tuple(entry["imports"]),
            depends=tuple(dependency.lower() for dependency in entry["depends"]),
        )

    for name in IMPORTABLE:
        add(name)
    return list(ordered.values())


def fetch_wheels(say: Callable[[str], None] = lambda text: None) -> dict[str, Path]:
    """Make sure that every wanted wheel lies in the download folder with the right hash; return them by name.

    Raises:
        VendorError: a wheel cannot be fetched, or what was fetched is not what the lock names.
    """
    folder = paths.DOWNLOADS / f"pyodide-{PYODIDE_VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    wheels = wanted_wheels()
    missing = [wheel for wheel in wheels if not _is_intact(folder / wheel.file, wheel.sha256)]
    if missing:
        read = _reader()
        for number, wheel in enumerate(missing, 1):
            say(f"{wheel.file.split('-')[0]} {wheel.version} ({number} of {len(missing)})")
            data = read(wheel.file)
            found = hashlib.sha256(data).hexdigest()
            if found != wheel.sha256:
                raise VendorError(
                    f"{wheel.file} has sha256 {found}, but pyodide-lock.json names {wheel.sha256}. Nothing was kept. "
                    f"If {WHEELS_VARIABLE} is set, check what lies there; otherwise try again."
                )
            partial = folder / (wheel.file + ".part")
            partial.write_bytes(data)
            partial.replace(folder / wheel.file)
    return {wheel.name: folder / wheel.file for wheel in wheels}


def _is_intact(path: Path, sha256: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def _reader() -> Callable[[str], bytes]:
    """How to read one wheel by its file name: from the place that the environment names, or from the carrier."""
    place = os.environ.get(WHEELS_VARIABLE, "")
    if place.startswith(("http://", "https://")):
        return lambda file: _download(f"{place.rstrip('/')}/{file}")
    if place:
        return lambda file: _read_local(Path(place) / file)
    return _carrier_reader()


def _download(address: str) -> bytes:
    try:
        with urllib.request.urlopen(address, timeout=120) as response:
            return bytes(response.read())
    except OSError as error:
        raise VendorError(
            f"{address} could not be fetched ({error}). Check {WHEELS_VARIABLE} and the network."
        ) from error


def _read_local(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise VendorError(
            f"{path} could not be read ({error.strerror}); {WHEELS_VARIABLE} names its folder."
        ) from error


def _carrier_reader() -> Callable[[str], bytes]:
    from pypi_simple import PyPISimple
    from remotezip import RemoteZip

    try:
        with PyPISimple() as index:
            packages = index.get_project_page(CARRIER).packages
        address = next(p.url for p in packages if p.version == CARRIER_VERSION and p.package_type == "wheel")
        carrier = RemoteZip(address)
    except StopIteration:
        raise VendorError(f"The package index no longer lists {CARRIER} {CARRIER_VERSION}. {_elsewhere()}") from None
    except Exception as error:  # requests, urllib3, remotezip: each has a tree of its own
        raise VendorError(f"The package index cannot be reached ({error}). {_elsewhere()}") from error

    def read(file: str) -> bytes:
        try:
            return bytes(carrier.read(CARRIER_FOLDER + file))
        except KeyError:
            raise VendorError(f"{CARRIER} {CARRIER_VERSION} does not hold {file}. {_elsewhere()}") from None
        except Exception as error:
            raise VendorError(f"{file} could not be fetched ({error}). Try again. {_elsewhere()}") from error

    return read


def _elsewhere() -> str:
    return f"Or set {WHEELS_VARIABLE} to a folder or address that holds Pyodide {PYODIDE_VERSION}'s wheels."
