"""Markdown extensions of the course: what an author may write beyond plain Markdown.

- `cell_fence`: a Python fence with `cell="id"` becomes a runnable cell (`<gm-cell>`), with its stored output
- `katex`: `$…$` and `$$…$$` become HTML and MathML at build; the page needs no script for mathematics
- `diagram`: a `dot` fence becomes an inline SVG picture with a title and a description
- `elements`: `<gm-…>` tags are blocks, not words in a paragraph
- `page`: which page is being rendered, so that errors can name it and cells get their full id

All of them fail the build with a sentence that names the page; none of them writes a page with a hole in it.
"""
