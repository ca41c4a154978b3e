"""Every ink on every ground has the contrast that WCAG 2.2 AA asks for; colours are written in tokens.css only."""

from __future__ import annotations

import re

import pytest

from academy import paths

CSS = paths.OVERRIDES / "css"
TRACKS = ("foundation", "development", "operations", "trading", "advanced")
GROUNDS = ("ground", "surface", "surface-2")
CODE = ("keyword", "function", "string", "number", "constant", "comment")


def scheme(name: str) -> dict[str, str]:
    """Colour tokens of one scheme: `accent` → `#24569e`."""
    text = (CSS / "tokens.css").read_text(encoding="utf-8")
    block = re.search(rf'\[data-md-color-scheme="{name}"\] \{{(.*?)\n *\}}', text, re.DOTALL)
    assert block is not None
    return dict(re.findall(r"--gm-([\w-]+): (#[0-9a-f]{6});", block.group(1)))


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2, definition)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["default", "slate"])
def test_text_is_readable_on_every_ground(name: str) -> None:
    tokens = scheme(name)
    pairs = [(ink, ground) for ink in ("ink", "ink-soft", "ok", "bad", "warn", *TRACKS) for ground in GROUNDS]
    pairs += [(f"code-{kind}", ground) for kind in CODE for ground in ("surface", "surface-2", "code-mark")]
    pairs += [(kind, f"{kind}-soft") for kind in ("ok", "bad", "warn", *TRACKS)]
    pairs += [("ink", f"{kind}-soft") for kind in ("ok", "bad", "warn", *TRACKS)]
    pairs += [("on-accent", track) for track in TRACKS]
    weak = {f"{ink} on {ground}": round(contrast(tokens[ink], tokens[ground]), 2) for ink, ground in pairs}
    assert {pair: value for pair, value in weak.items() if value < 4.5} == {}


@pytest.mark.parametrize("name", ["default", "slate"])
def test_borders_that_carry_meaning_and_the_focus_ring_can_be_seen(name: str) -> None:
    tokens = scheme(name)
    weak = {
        f"{line} on {ground}": round(contrast(tokens[line], tokens[ground]), 2)
        for line in ("line-strong", "focus")
        for ground in GROUNDS
    }
    assert {pair: value for pair, value in weak.items() if value < 3} == {}


def test_colours_are_written_in_one_file() -> None:
    literal = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(")
    # Paper is white: for print, and under figures whose colours were chosen for it.
    allowed = {"print.css": {"#fff", "#f6f6f4"}, "cell.css": {"#fff"}}
    found = {}
    for file in sorted(CSS.rglob("*.css")):
        text = re.sub(r"/\*.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        used = set(literal.findall(text)) - allowed.get(file.name, set())
        if used and file.name != "tokens.css":
            found[file.name] = sorted(used)
    assert found == {}
