# ruff: noqa: E501  (whole messages, as they are printed)
"""Diagrams that cannot be drawn: all of them are listed with page and line, and none ends in a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from academy.markdown import diagram, katex

PAGE = """\
# Diagrams

```dot title="One" desc="d"
digraph { a -> }
```

```dot title="Two" desc="d"
digraph { a -> b [color=red] }
```

```dot title="Good" desc="d"
digraph { a -> b }
```
"""


@pytest.mark.skipif(not katex.KATEX.is_file(), reason="Graphviz is an npm package, and there is no node_modules here")
def test_every_bad_diagram_is_one_line_with_its_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    docs = tmp_path / "docs"
    (docs / "01-first").mkdir(parents=True)
    (docs / "01-first" / "beginning.md").write_text(PAGE)
    assert diagram.main(docs) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [
        "docs/01-first/beginning.md:3:1: the diagram \"One\": Graphviz cannot read it: syntax error in line 1 near '}'",
        'docs/01-first/beginning.md:7:1: the diagram "Two": "color=" sets a colour; colours come from the theme, use class="gm-accent" or class="gm-quiet"',
    ]


@pytest.mark.skipif(not katex.KATEX.is_file(), reason="Graphviz is an npm package, and there is no node_modules here")
def test_good_diagrams_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "page.md").write_text(PAGE[PAGE.index('```dot title="Good"') :])
    assert diagram.main(docs) == 0
    assert capsys.readouterr().out.startswith("1 diagrams, ")
