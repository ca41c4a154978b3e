"""Vendoring: what is fetched is what Pyodide's own lock names, or nothing is kept."""

import hashlib
from pathlib import Path

import pytest

from academy import paths
from academy.assets import vendor
from academy.errors import VendorError

pytestmark = pytest.mark.skipif(not vendor.CORE.is_dir(), reason="no node_modules here; `make build` brings them")


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands in for the registry, and an empty download folder."""
    folder = tmp_path / "source"
    folder.mkdir()
    monkeypatch.setattr(paths, "DOWNLOADS", tmp_path / "downloads")
    monkeypatch.setenv(vendor.WHEELS_VARIABLE, str(folder))
    wheel = vendor.Wheel("tiny", "1.0", "tiny-1.0-py3-none-any.whl", hashlib.sha256(b"tiny").hexdigest(), ("tiny",), ())
    monkeypatch.setattr(vendor, "wanted_wheels", lambda: [wheel])
    return folder


def test_dependencies_come_before_what_needs_them() -> None:
    names = [wheel.name for wheel in vendor.wanted_wheels()]
    assert names.index("numpy") < names.index("pandas")
    assert names.index("six") < names.index("python-dateutil") < names.index("matplotlib")


def test_a_wheel_with_the_right_hash_is_kept(source: Path) -> None:
    (source / "tiny-1.0-py3-none-any.whl").write_bytes(b"tiny")
    assert vendor.fetch_wheels()["tiny"].read_bytes() == b"tiny"


def test_a_wheel_with_a_wrong_hash_is_refused_and_not_kept(source: Path, tmp_path: Path) -> None:
    (source / "tiny-1.0-py3-none-any.whl").write_bytes(b"tampered")
    with pytest.raises(VendorError, match=r"pyodide-lock\.json names .* Nothing was kept"):
        vendor.fetch_wheels()
    assert not list((tmp_path / "downloads").rglob("*.whl"))


def test_a_damaged_download_is_fetched_again(source: Path) -> None:
    (source / "tiny-1.0-py3-none-any.whl").write_bytes(b"tiny")
    kept = vendor.fetch_wheels()["tiny"]
    kept.write_bytes(b"half a whe")
    assert vendor.fetch_wheels()["tiny"].read_bytes() == b"tiny"


def test_a_missing_wheel_names_the_variable_that_was_meant_to_help(source: Path) -> None:
    with pytest.raises(VendorError, match=vendor.WHEELS_VARIABLE):
        vendor.fetch_wheels()
