"""`kubectl`: get, logs, delete pod, scale, config, version, with the real tool's columns, messages and exit codes."""

import difflib
from collections.abc import Callable

from grandmodel_sim.cluster import NAMESPACE
from grandmodel_sim.commands.context import Chunks, CommandContext
from grandmodel_sim.commands.flags import Flag, FlagError, Parsed, parse
from grandmodel_sim.commands.kubectl_get import GET_FLAGS, Kubectl, get
from grandmodel_sim.commands.kubectl_logs import LOGS_FLAGS, logs
from grandmodel_sim.commands.kubectl_real import REAL_FLAGS, REAL_VERBS
from grandmodel_sim.commands.tables import table
from grandmodel_sim.errors import BadInput, NotFound
from grandmodel_sim.world import CONTEXTS

VERSION = "v1.32.4"
COMMON_FLAGS = (Flag("namespace", "n", True), Flag("context", "", True), Flag("help", "h"))

HELP = """kubectl controls the Kubernetes cluster manager.

Commands of the simulated kubectl:
  get         Display one or many resources
  logs        Print the logs for a container in a pod
  delete      Delete a pod by name
  scale       Set a new size for a deployment
  config      current-context, get-contexts, use-context
  version     Print the client and server version information

Usage:
  kubectl [command] [TYPE] [NAME] [flags]
"""


def run(context: CommandContext) -> Chunks:
    """Run one kubectl command line."""
    argv = list(context.argv[1:])
    verb = next((word for word in _without_common_flags(argv)), "")
    if not verb or verb == "help":
        yield "stdout", HELP
        return 0
    if verb not in VERBS:
        yield "stderr", _unknown(verb)
        return 1
    argv.remove(verb)
    flags, function = VERBS[verb]
    try:
        parsed = parse(argv, (*COMMON_FLAGS, *flags))
    except FlagError as error:
        if error.flag in REAL_FLAGS:
            yield "stderr", f"error: the simulated kubectl {verb} does not have {error.flag}\n"
            return 1
        yield "stderr", f"error: {error}\nSee 'kubectl {verb} --help' for usage.\n"
        return 1
    if parsed.on("help"):
        yield "stdout", HELP
        return 0
    name = parsed.flags.get("context", context.world.context)
    if name not in CONTEXTS:
        yield "stderr", f'error: context "{name}" does not exist\n'
        return 1
    if verb != "config" and name != CONTEXTS[0]:
        yield (
            "stderr",
            (
                f"Unable to connect to the server: dial tcp: lookup k8s-{name}.grandmodel.quantnova.com "
                "on 10.0.0.2:53: no such host\n"
            ),
        )
        return 1
    try:
        return (yield from function(Kubectl(context.world, parsed.flags.get("namespace", "default")), parsed))
    except NotFound as error:
        yield "stderr", f"Error from server (NotFound): {error}\n"
        return 1


def _without_common_flags(argv: list[str]) -> list[str]:
    """The words of a command line, leaving out the flags that may stand before the verb, with their values."""
    words, skip = [], False
    for word in argv:
        if skip:
            skip = False
        elif word in ("-n", "--namespace", "--context"):
            skip = True
        elif not word.startswith("-"):
            words.append(word)
    return words


def _unknown(verb: str) -> str:
    if verb in REAL_VERBS:
        return f'error: the simulated kubectl does not have "{verb}"; it has {", ".join(VERBS)}\n'
    near = difflib.get_close_matches(verb, VERBS, n=3, cutoff=0.5)
    hint = "\n\nDid you mean this?\n" + "".join(f"\t{word}\n" for word in near) if near else "\n"
    return f'error: unknown command "{verb}" for "kubectl"{hint}'


def config(kubectl: Kubectl, parsed: Parsed) -> Chunks:
    """`kubectl config current-context | get-contexts | use-context NAME`."""
    action, *names = parsed.words or [""]
    world = kubectl.world
    if action == "current-context":
        yield "stdout", f"{world.context}\n"
        return 0
    if action == "get-contexts":
        rows = [["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"]]
        rows += [["*" if name == world.context else "", name, f"grandmodel-{name}", "learner", ""] for name in CONTEXTS]
        yield "stdout", table(rows)
        return 0
    if action == "use-context":
        if len(names) != 1:
            yield (
                "stderr",
                (
                    f"error: Unexpected args: [{' '.join(names)}]\n"
                    "See 'kubectl config use-context -h' for help and examples\n"
                ),
            )
            return 1
        try:
            world.use_context(names[0])
        except BadInput:
            yield "stderr", f'error: no context exists with the name: "{names[0]}"\n'
            return 1
        yield "stdout", f'Switched to context "{names[0]}".\n'
        return 0
    yield "stderr", "error: the simulated kubectl config has current-context, get-contexts and use-context\n"
    return 1


def delete(kubectl: Kubectl, parsed: Parsed) -> Chunks:
    """`kubectl delete pod NAME…`: the deployment starts a replacement."""
    words = [part for word in parsed.words for part in word.split("/")]
    if not words:
        yield "stderr", "error: You must provide one or more resources by argument or filename.\n"
        return 1
    kind, *names = words
    if kind not in ("pod", "pods", "po"):
        yield "stderr", f"error: the simulated kubectl deletes pods only, not {kind}\n"
        return 1
    if not names:
        yield "stderr", "error: resource(s) were provided, but no name was specified\n"
        return 1
    code = 0
    for name in names:
        try:
            if kubectl.namespace != NAMESPACE:
                raise NotFound(f'pods "{name}" not found')
            kubectl.world.delete_pod(name)
            yield "stdout", f'pod "{name}" deleted\n'
        except NotFound as error:
            yield "stderr", f"Error from server (NotFound): {error}\n"
            code = 1
    return code


def scale(kubectl: Kubectl, parsed: Parsed) -> Chunks:
    """`kubectl scale deployment NAME --replicas=N`."""
    words = [part for word in parsed.words for part in word.split("/")]
    if "replicas" not in parsed.flags:
        yield "stderr", 'error: required flag(s) "replicas" not set\n'
        return 1
    text = parsed.flags["replicas"]
    if not text.lstrip("-").isdigit():
        yield (
            "stderr",
            (
                f'error: invalid argument "{text}" for "--replicas" flag: strconv.ParseInt: '
                f'parsing "{text}": invalid syntax\n'
                "See 'kubectl scale --help' for usage.\n"
            ),
        )
        return 1
    if len(words) != 2 or words[0] not in ("deployment", "deployments", "deploy", "deployment.apps"):
        yield "stderr", "error: the simulated kubectl scales deployments: kubectl scale deployment NAME --replicas=N\n"
        return 1
    if kubectl.namespace != NAMESPACE:
        raise NotFound(f'deployments.apps "{words[1]}" not found')
    try:
        kubectl.world.scale(words[1], int(text))
    except BadInput as error:
        yield "stderr", f"error: {error}\n"
        return 1
    yield "stdout", f"deployment.apps/{words[1]} scaled\n"
    return 0


def version(kubectl: Kubectl, parsed: Parsed) -> Chunks:
    """`kubectl version`."""
    yield "stdout", f"Client Version: {VERSION}\nKustomize Version: v5.5.0\nServer Version: {VERSION}\n"
    return 0


VERBS: dict[str, tuple[tuple[Flag, ...], Callable[[Kubectl, Parsed], Chunks]]] = {
    "config": ((), config),
    "delete": ((Flag("now"), Flag("force"), Flag("wait"), Flag("grace-period", "", True)), delete),
    "get": (GET_FLAGS, get),
    "logs": (LOGS_FLAGS, logs),
    "scale": ((Flag("replicas", "", True),), scale),
    "version": ((Flag("client"),), version),
}
