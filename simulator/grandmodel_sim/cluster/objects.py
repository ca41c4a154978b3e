"""What the simulated cluster holds: nodes, deployments, services, pods. Field names follow Kubernetes' own."""

from collections import deque
from dataclasses import dataclass, field

from grandmodel_sim.cluster.lines import Entry, format_entry

NAMESPACE = "grandmodel"
NAMESPACES = ("default", "grandmodel", "kube-node-lease", "kube-public", "kube-system")

LOG_LINES = 2000  # a pod keeps this many lines, like a rotated log file


@dataclass(frozen=True, slots=True)
class Node:
    """A machine of the cluster."""

    name: str
    roles: str
    version: str
    internal_ip: str
    created_ms: int


@dataclass(frozen=True, slots=True)
class Service:
    """A stable name and address in front of a deployment's pods."""

    name: str
    type: str
    cluster_ip: str
    external_ip: str
    ports: str
    selector: str
    created_ms: int


@dataclass(slots=True)
class Deployment:
    """So many pods of one image. The container is called as the deployment is."""

    name: str
    replicas: int
    image: str
    template_hash: str
    component: str
    created_ms: int

    @property
    def selector(self) -> str:
        """The label selector of its pods."""
        return f"app={self.name}"


@dataclass(slots=True)
class Pod:
    """One running copy of a deployment's container.

    Attributes:
        created_ms: virtual time of creation; its age is counted from here.
        ready_ms: virtual time from which its container runs and is ready.
        entries: what it has written, oldest first, at most `LOG_LINES`; formatted only when somebody reads `log`.
        written: number of lines ever written.
    """

    name: str
    deployment: str
    node: str
    ip: str
    created_ms: int
    ready_ms: int
    restarts: int = 0
    restarted_ms: int | None = None
    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=LOG_LINES))
    written: int = 0

    def write(self, entry: Entry) -> None:
        """Append a line to the log."""
        self.entries.append(entry)
        self.written += 1

    @property
    def log(self) -> list[tuple[int, str]]:
        """(virtual ms, line) pairs, oldest first, at most `LOG_LINES`."""
        return [(entry[0], format_entry(self.deployment, entry)) for entry in self.entries]

    def is_ready(self, now_ms: int) -> bool:
        """Whether the container runs and answers its readiness probe."""
        return now_ms >= self.ready_ms

    def status(self, now_ms: int) -> str:
        """The STATUS column of `kubectl get pods`."""
        return "Running" if self.is_ready(now_ms) else "ContainerCreating"
