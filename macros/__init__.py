"""How YAML becomes pages: the module that mkdocs-macros loads.

A page under docs/ is one line, `{{ module_overview(1) }}`; the macro looks the module up in the loaded course and
renders a template of macros/templates. One file a family of macros; `site.py` is what they share.
"""

from __future__ import annotations

from typing import Any

from mkdocs.exceptions import PluginError

from academy.content import ContentError, load_course
from macros import (
    about,
    api_reference,
    certification,
    desk,
    evidence,
    glossary,
    home,
    labs,
    map,
    modules,
    quiz,
    resources,
    schedule,
    tracks,
)
from macros.site import Site

FAMILIES = (
    home,
    map,
    modules,
    tracks,
    certification,
    schedule,
    glossary,
    resources,
    labs,
    evidence,
    desk,
    api_reference,
    quiz,
    about,
)


def define_env(env: Any) -> None:
    """Load the course once and give every page its macros (the name is mkdocs-macros')."""
    try:
        course = load_course()
    except ContentError as error:
        raise PluginError(f"the course cannot be loaded; run `academy check`:\n{error}") from error
    site = Site(course, page_url=lambda: str(env.page.url), page_path=lambda: str(env.page.file.src_uri))
    for family in FAMILIES:
        family.define(site)
    for name, macro in site.macros.items():
        env.macro(macro, name)
    # What overrides/partials/content.html asks: the colour of a folder, and the line above a written page's title.
    env.conf["extra"]["accents"] = {module.folder: course.accent(module) for module in course.modules}
    env.conf["extra"]["kickers"] = modules.kickers(course)
