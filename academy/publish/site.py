"""The last pass over a built site: assets into place, the policy into every page, a manifest of all files."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from academy import paths
from academy.errors import StepFailed
from academy.publish import policy

FRAME_SCRIPT = paths.BROWSER / "src" / "runtime" / "frame.js"
RELOAD_TAG = '<meta name="gm-reload" content="/__academy/events">'


def finish(site: Path, *, assets: list[tuple[str, Path]], reload: bool = False) -> None:
    """Complete the site in place.

    Args:
        site: what `mkdocs build` wrote.
        assets: pairs of a folder below `assets/` and the folder whose contents go there.
        reload: whether pages listen for rebuilds (the development server only).
    """
    for name, folder in assets:
        shutil.copytree(folder, site / "assets" / name, dirs_exist_ok=True, copy_function=_link_or_copy)
    # MkDocs copies the style sheets' sources with the templates; the pages load the bundle made from them.
    shutil.rmtree(site / "css", ignore_errors=True)
    pages = sorted(site.rglob("*.html"))
    _write_policy(pages, reload)
    _write_manifest(site)
    (site / ".nojekyll").touch()  # GitHub Pages would otherwise drop names that begin with an underscore


def _link_or_copy(source: str, target: str) -> None:
    """The runtime is 30 MB: a hard link costs nothing; across file systems it is copied."""
    Path(target).unlink(missing_ok=True)
    try:
        Path(target).hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


def _write_policy(pages: list[Path], reload: bool) -> None:
    texts = {page: page.read_text(encoding="utf-8") for page in pages}
    hashes = {policy.script_hash(FRAME_SCRIPT.read_text(encoding="utf-8"))}
    for text in texts.values():
        hashes.update(policy.script_hash(source) for source in policy.inline_scripts(text))
    content = policy.policy(hashes)
    for page, text in texts.items():
        try:
            done = policy.with_policy(text, content)
        except ValueError as error:
            raise StepFailed(
                f"{page.name}: {error}. Every page of the site needs one; look at its template."
            ) from error
        if reload:
            done = done.replace("</head>", f"{RELOAD_TAG}</head>", 1)
        page.write_text(done, encoding="utf-8")


def _write_manifest(site: Path) -> None:
    """`precache.json`: every file with its size and hash; what an offline copy must hold, and how to check it."""
    files = {}
    for path in sorted(site.rglob("*")):
        if path.is_file() and path.name != "precache.json" and not path.name.startswith("."):
            data = path.read_bytes()
            files[path.relative_to(site).as_posix()] = [len(data), hashlib.sha256(data).hexdigest()[:16]]
    (site / "precache.json").write_text(json.dumps({"schema": 1, "files": files}, separators=(",", ":")) + "\n")
