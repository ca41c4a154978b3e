"""The reference covers the simulator: every package is mapped to the real system and has a page of its own."""

import ast
import doctest
import importlib
import re

import griffe
import pytest

from academy import paths

PACKAGE = paths.SIMULATOR / "grandmodel_sim"
PAGES = paths.DOCS / "reference"

#: Modules that only their neighbours use.
INNER = {"grandmodel_sim.market.path", "grandmodel_sim.trading.agenda"}


def test_every_public_package_and_module_is_mapped_to_the_real_system() -> None:
    text = (PAGES / "real-system.md").read_text(encoding="utf-8")
    there = {path.name.removesuffix(".py") for path in PACKAGE.iterdir() if not path.name.startswith(("_", "."))}
    there.discard("py.typed")
    assert sorted(name for name in there if f"`grandmodel_sim.{name}`" not in text) == []


def test_what_is_mapped_exists() -> None:
    text = (PAGES / "real-system.md").read_text(encoding="utf-8")
    room = ""
    for line in text.splitlines():
        first = line.split("|")[1] if line.startswith("| ") else ""
        for name in re.findall(r"`([\w.]+)`", first):
            if name.startswith("grandmodel_sim."):
                room = name.split(".")[1]
                path = PACKAGE / room
            else:
                path = PACKAGE / room / name
            assert path.is_dir() or path.with_suffix(".py").is_file(), f"{name} in {line[:60]}"


def test_every_room_that_learners_read_is_documented_module_by_module() -> None:
    pages = [page.read_text("utf-8") for page in PAGES.glob("*.md")]
    listed = {name for text in pages for name in re.findall(r"^::: ([\w.]+)$", text, re.M)}
    for name in listed:
        path = paths.SIMULATOR.joinpath(*name.split("."))
        assert path.is_dir() or path.with_suffix(".py").is_file(), f"{name} is not there"
    for room in ("market", "features", "agents", "trading"):
        modules = {f"grandmodel_sim.{room}.{file.stem}" for file in (PACKAGE / room).glob("*.py")}
        left_out = {f"grandmodel_sim.{room}.__init__", *INNER} | listed
        assert sorted(modules - left_out) == []


def test_docstrings_are_read_without_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    """A warning here stops the site's build: an argument that the function does not have, or two in one line."""
    package = griffe.load("grandmodel_sim", search_paths=[str(paths.SIMULATOR)], docstring_parser="google")
    for module in [package, *package.modules.values()]:
        parse(module)
    assert [record.message for record in caplog.records] == []


def parse(item: griffe.Object | griffe.Alias) -> None:
    """Read the docstrings of a module or class and of all that is in it."""
    if item.is_alias:
        return
    if item.docstring is not None and not item.name.startswith("_"):
        for section in item.docstring.parse("google"):
            if section.kind is griffe.DocstringSectionKind.attributes:
                # Two in one line have no warning, and come out as one with an odd name.
                assert [each.name for each in section.value if "," in each.name] == [], item.path
    for member in item.members.values():
        parse(member)


def modules_with_examples() -> list[str]:
    files = [file for file in sorted(PACKAGE.rglob("*.py")) if re.search(r"^ *>>> ", file.read_text("utf-8"), re.M)]
    return [".".join(file.relative_to(paths.SIMULATOR).with_suffix("").parts) for file in files]


@pytest.mark.parametrize("name", modules_with_examples())
def test_the_examples_of_docstrings_are_true(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name.removesuffix(".__init__")))
    assert found.attempted and not found.failed


@pytest.mark.parametrize("name", modules_with_examples())
def test_examples_stand_under_a_heading_that_the_reference_knows(name: str) -> None:
    tree = ast.parse(paths.SIMULATOR.joinpath(*name.split(".")).with_suffix(".py").read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            text = ast.get_docstring(node) or ""
            assert ">>> " not in text.partition("Examples:\n")[0], getattr(node, "name", name)
