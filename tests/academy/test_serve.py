"""The development server: what a static host gives, and never a file from outside the site."""

from pathlib import Path

import pytest

from academy import serve


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "topic").mkdir(parents=True)
    (folder / "index.html").write_text("home")
    (folder / "topic" / "index.html").write_text("topic")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


def test_a_folder_gives_its_index(site: Path) -> None:
    assert serve.find(site, "") == site / "index.html"
    assert serve.find(site, "topic/") == site / "topic" / "index.html"


@pytest.mark.parametrize("path", ["../secret.txt", "topic/../../secret.txt", "/etc/hostname", "nothing/"])
def test_nothing_outside_the_site_is_given(site: Path, path: str) -> None:
    assert serve.find(site, path) is None


def test_only_folders_named_by_a_hash_are_cached_for_good(site: Path) -> None:
    assert serve._is_hashed(site / "assets" / "0123456789ab" / "entry.js", site)
    assert serve._is_hashed(site / "assets" / "runtime-0123456789ab" / "pyodide.js", site)
    assert not serve._is_hashed(site / "assets" / "javascripts" / "bundle.js", site)
