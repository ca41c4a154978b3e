"""`kubectl logs`: a pod's lines so far, and with `-f` the lines that it writes as virtual time goes by."""

from grandmodel_sim.clock import stamp
from grandmodel_sim.cluster import NAMESPACE, Pod
from grandmodel_sim.commands.context import Chunks
from grandmodel_sim.commands.flags import Flag, Parsed
from grandmodel_sim.commands.kubectl_get import Kubectl, find
from grandmodel_sim.errors import NotFound

LOGS_FLAGS = (
    Flag("follow", "f"),
    Flag("tail", "", True),
    Flag("container", "c", True),
    Flag("timestamps"),
    Flag("selector", "l", True),
    Flag("prefix"),
    Flag("all-containers"),
    Flag("since", "", True),
)

#: Following shows one virtual second every tenth of a real one.
FOLLOW_STEP, FOLLOW_WAIT = 1.0, "0.1"

USAGE = """error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.
POD or TYPE/NAME is a required argument for the logs command
See 'kubectl logs -h' for help and examples
"""


def logs(kubectl: Kubectl, parsed: Parsed) -> Chunks:
    """`kubectl logs POD | deployment/NAME | -l app=NAME`, with --tail, -f, -c, --timestamps, --prefix, --since."""
    try:
        tail = int(parsed.flags.get("tail", "10" if "selector" in parsed.flags else "-1"))
    except ValueError:
        text = parsed.flags["tail"]
        yield (
            "stderr",
            (
                f'error: invalid argument "{text}" for "--tail" flag: strconv.ParseInt: '
                f'parsing "{text}": invalid syntax\n'
                "See 'kubectl logs --help' for usage.\n"
            ),
        )
        return 1
    if tail < -1:
        yield "stderr", "error: --tail must be greater than or equal to -1\n"
        return 1
    since = _seconds(parsed.flags.get("since", ""))
    if since is None:
        text = parsed.flags["since"]
        yield (
            "stderr",
            (
                f'error: invalid argument "{text}" for "--since" flag: time: invalid duration "{text}"\n'
                "See 'kubectl logs --help' for usage.\n"
            ),
        )
        return 1
    if "selector" not in parsed.flags and not 1 <= len(parsed.words) <= 2:
        yield "stderr", USAGE
        return 1
    try:
        pods = _pods(kubectl, parsed)
    except NotFound as error:
        yield "stderr", f'error: error from server (NotFound): {error} in namespace "{kubectl.namespace}"\n'
        return 1
    if not pods:
        yield "stderr", f"No resources found in {kubectl.namespace} namespace.\n"
        return 0
    if "selector" not in parsed.flags and "/" in parsed.words[0] and len(pods) > 1:
        yield "stderr", f"Found {len(pods)} pods, using pod/{pods[0].name}\n"
    if "selector" not in parsed.flags:
        pods = pods[:1]
    container = parsed.flags.get("container") or (parsed.words[1] if len(parsed.words) == 2 else "")
    for pod in pods:
        if container and container != pod.deployment:
            yield "stderr", f"error: container {container} is not valid for pod {pod.name}\n"
            return 1
        if not pod.is_ready(kubectl.now):
            yield (
                "stderr",
                (
                    f'Error from server (BadRequest): container "{pod.deployment}" in pod "{pod.name}" '
                    "is waiting to start: ContainerCreating\n"
                ),
            )
            return 1

    seen: dict[str, int] = {}
    for pod in pods:
        lines = [entry for entry in pod.log if not since or entry[0] >= kubectl.now - since * 1000]
        seen[pod.name] = pod.written
        if tail >= 0:
            lines = lines[len(lines) - min(tail, len(lines)) :]
        if lines:
            yield "stdout", _format(pod, lines, parsed)
    while parsed.on("follow"):
        yield "wait", FOLLOW_WAIT
        kubectl.world.advance(FOLLOW_STEP)
        pods = [pod for pod in pods if pod.name in kubectl.world.cluster.pods]
        if not pods:
            return 0
        for pod in pods:
            fresh = pod.written - seen[pod.name]
            if fresh:
                seen[pod.name] = pod.written
                yield "stdout", _format(pod, pod.log[-fresh:], parsed)
    return 0


def _pods(kubectl: Kubectl, parsed: Parsed) -> list[Pod]:
    cluster = kubectl.world.cluster
    here = kubectl.namespace == NAMESPACE
    if "selector" in parsed.flags:
        key, _, value = parsed.flags["selector"].replace("==", "=").partition("=")
        found = [pod for pod in cluster.pods.values() if here and key == "app" and pod.deployment == value]
        return sorted(found, key=lambda pod: pod.name)
    kind, slash, name = parsed.words[0].partition("/")
    if not slash:
        if not here:
            raise NotFound(f'pods "{kind}" not found')
        return [cluster.pod(kind)]
    resource = find(kind)
    if resource is None or resource.plural not in ("pods", "deployments.apps", "services"):
        raise NotFound(
            f'the server doesn\'t have a resource type "{kind}"' if resource is None else f'{kind} "{name}" not found'
        )
    if not here:
        raise NotFound(f'{resource.plural} "{name}" not found')
    return [cluster.pod(name)] if resource.plural == "pods" else cluster.pods_of(name)


def _format(pod: Pod, lines: list[tuple[int, str]], parsed: Parsed) -> str:
    start = f"[pod/{pod.name}/{pod.deployment}] " if parsed.on("prefix") else ""
    return "".join(f"{start}{stamp(ms) + ' ' if parsed.on('timestamps') else ''}{line}\n" for ms, line in lines)


def _seconds(text: str) -> int | None:
    """Seconds of a Go duration in whole h, m and s (`1h`, `5m`, `90s`); 0 for no text, None if it cannot be read."""
    if not text:
        return 0
    total, digits = 0, ""
    for letter in text:
        if letter.isdigit():
            digits += letter
        elif digits and letter in "hms":
            total += int(digits) * {"h": 3600, "m": 60, "s": 1}[letter]
            digits = ""
        else:
            return None
    return None if digits else total
