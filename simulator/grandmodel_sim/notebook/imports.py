"""Which packages a piece of code needs before it can run."""

import ast

#: Packages that are loaded on demand, by the name that code imports. `torch` is ours here and needs numpy.
PACKAGES = {"numpy": "numpy", "pandas": "pandas", "matplotlib": "matplotlib", "torch": "numpy"}

#: Modules of ours and of the workspace that need numpy although the code does not say so.
NEED_NUMPY = ("grandmodel_sim.marl", "grandmodel_sim.torch", "src.agents", "src.training")


def packages_for(code: str) -> list[str]:
    """The packages among `PACKAGES` that `code` imports, directly or through our own modules; [] if it cannot be
    parsed.

    Examples:
        >>> packages_for("from src.training.marl_trainer import MARLTrainer")
        ['numpy']
    """
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return []  # running it will say what is wrong
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    wanted = {PACKAGES[name.split(".")[0]] for name in names if name.split(".")[0] in PACKAGES}
    if any(name == module or name.startswith(f"{module}.") for name in names for module in NEED_NUMPY):
        wanted.add("numpy")
    return sorted(wanted)
