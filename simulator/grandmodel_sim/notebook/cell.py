"""One cell: compiled as Jupyter does it, with its last expression shown and `input()` answered by the page."""

import ast
import builtins
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from grandmodel_sim.notebook.errors import remember_source

ASK = "__gm_input__"


class _AwaitInput(ast.NodeTransformer):
    """Turn `input(…)` into `await __gm_input__(…)` where a cell may await: not inside functions and classes."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "input":
            call = ast.copy_location(
                ast.Call(ast.copy_location(ast.Name(ASK, ast.Load()), node.func), node.args, node.keywords), node
            )
            return ast.copy_location(ast.Await(call), node)
        return node


def _binds_input(tree: ast.Module) -> bool:
    """Whether the code gives the name `input` a meaning of its own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "input" and isinstance(node.ctx, ast.Store):
            return True
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == "input":
            return True
        if isinstance(node, ast.alias) and (node.asname or node.name) == "input":
            return True
    return False


async def run_cell(
    code: str,
    filename: str,
    namespace: dict[str, Any],
    ask: Callable[[str], Awaitable[str]],
    ask_now: Callable[[str], str] | None = None,
) -> object:
    """Run `code` in `namespace` and return the value of its last expression, or None.

    A final semicolon hides the value. Whatever the code raises, it raises.

    Args:
        code: Python source; top-level `await` is allowed.
        filename: what tracebacks call it.
        namespace: the page's variables; changed in place.
        ask: answers a top-level `input()`.
        ask_now: answers an `input()` inside a function, if the platform can wait there; None if it cannot.
    """
    remember_source(filename, code)
    tree = ast.parse(code, filename)
    own_input = _binds_input(tree) or "input" in namespace
    if not own_input and ask_now is None:
        tree = ast.fix_missing_locations(_AwaitInput().visit(tree))
    namespace[ASK] = lambda prompt="": ask(str(prompt))

    def input_(prompt: object = "", /) -> str:
        if ask_now is None:
            raise RuntimeError(
                "input() can only wait at the top level of a cell in this browser, not inside a function: "
                "ask first, then pass the answer to the function"
            )
        return ask_now(str(prompt))

    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not code.rstrip().endswith(";"):
        last = ast.Expression(tree.body.pop().value)  # type: ignore[attr-defined]

    original = builtins.input
    builtins.input = input_
    own = namespace.get("__builtins__")
    if isinstance(own, dict):  # a learner's namespace has builtins of its own
        own["input"] = input_
    try:
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        if tree.body:
            outcome = eval(compile(tree, filename, "exec", flags=flags, dont_inherit=True), namespace)
            if inspect.iscoroutine(outcome):
                await outcome
        if last is None:
            return None
        compiled = compile(last, filename, "eval", flags=flags, dont_inherit=True)
        value = eval(compiled, namespace)
        return await value if compiled.co_flags & inspect.CO_COROUTINE else value
    finally:
        builtins.input = original
        namespace.pop(ASK, None)
