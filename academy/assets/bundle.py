"""Bundle the browser code: types and validators from the contracts, then esbuild."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from academy import paths
from academy.assets import node
from academy.model import schema

GENERATED = paths.BROWSER / "src" / "generated"


def generate_contracts() -> None:
    """Write TypeScript types and validators for the JSON that crosses from Python to the page and back."""
    with tempfile.TemporaryDirectory() as folder:
        schema.write_contracts(Path(folder))
        schema.write_yaml_schemas(paths.CACHE / "schemas")  # for editors: the curriculum's first lines name them
        node.run("browser/contracts.mjs", folder, str(GENERATED), what="Making TypeScript from the contracts")


def build(folder: Path) -> None:
    """Write the bundle into an emptied `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    generate_contracts()
    node.run("browser/build.mjs", str(folder), what="Bundling the browser code")
