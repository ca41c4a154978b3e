"""The pages that the curriculum names exist, and no page lies in docs/ that nothing names."""

from collections.abc import Iterator

from academy.content.document import Document, Key
from academy.content.load import Content
from academy.content.problems import Problem
from academy.content.site_config import config_problems, navigation
from academy.model.module import Module


def check_page_files(content: Content) -> Iterator[Problem]:
    yield from config_problems(content.root)
    named: set[str] = set()
    folders: set[str] = set()
    for loaded in content.valid(content.modules):
        module, document = loaded.item, loaded.document
        assert isinstance(module, Module)
        folders.add(module.folder)
        named.add(module.path)
        if module.path not in content.pages:
            message = (
                f"the module's page docs/{module.path} does not exist; "
                f"create it with the line {{{{ module_overview({module.number}) }}}}"
            )
            yield document.problem(message, "number")
        for path, status, where in _parts(module):
            named.add(path)
            yield from _exists(content, document, path, status, where)
    yield from _orphans(content, folders, named)
    yield from _outside_navigation(content)


def _parts(module: Module) -> Iterator[tuple[str, str, tuple[Key, ...]]]:
    """Every page a module names: its path, whether it is written, and the place in the module's file that says so."""
    for index, topic in enumerate(module.outline):
        yield topic.path, topic.status, ("outline", index)
    for index, lab in enumerate(module.labs):
        yield lab.path, lab.status, ("labs", index)
    if module.assessment.bank is not None:
        yield module.assessment.path, module.assessment.status, ("assessment",)


def _exists(content: Content, document: Document, path: str, status: str, where: tuple[Key, ...]) -> Iterator[Problem]:
    place = next(((*where, key) for key in ("page", "id", "bank") if (*where, key) in document.values), where)
    if status == "written" and path not in content.pages:
        yield document.problem(f"the page docs/{path} does not exist; write it, or set `status: planned`", *place)
    if status == "planned" and path in content.pages:
        yield document.problem(f"the page docs/{path} is written; remove `status: planned`", *where, "status")


def _orphans(content: Content, folders: set[str], named: set[str]) -> Iterator[Problem]:
    broken = {loaded.document.name for loaded in content.modules if loaded.item is None}
    broken |= {f"curriculum/modules/{folder}.yml" for folder in content.missing_modules.values()}
    for path, page in content.pages.items():
        folder = path.split("/")[0]
        if f"curriculum/modules/{folder}.yml" in broken or "/" not in path or not folder[:2].isdigit():
            continue
        if folder not in folders:
            yield page.problem(
                1, 1, f"no module has the folder {folder}; move the page, or name it in curriculum/modules"
            )
        elif path not in named:
            message = (
                f"no topic, lab or quiz of curriculum/modules/{folder}.yml names this page; name it there or delete it"
            )
            yield page.problem(1, 1, message)


def _outside_navigation(content: Content) -> Iterator[Problem]:
    """MkDocs only warns, and late; a page outside the navigation cannot be found by a reader."""
    listed = navigation(content.root)
    if listed is None:
        return
    for path, page in content.pages.items():
        if path not in listed and not page.unreadable:
            yield page.problem(1, 1, f"the page is in no menu; add {path} to `nav` in mkdocs.yml")
