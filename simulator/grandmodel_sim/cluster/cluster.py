"""The simulated cluster: a control plane small enough to read, whose pods write logs as virtual time goes by."""

import random

from grandmodel_sim.clock import Clock
from grandmodel_sim.cluster.inventory import WORKLOADS, Workload
from grandmodel_sim.cluster.logs import ACCESS_PERIOD_MS, HEARTBEAT_PERIOD_MS, LogBook
from grandmodel_sim.cluster.objects import Deployment, Node, Pod, Service
from grandmodel_sim.errors import BadInput, NotFound
from grandmodel_sim.events import NEW_5MIN_BAR, Event, EventBus
from grandmodel_sim.randomness import stream

DAY_MS = 86_400_000
STARTUP_MS = 6_000  # from creation to ready: image pulled, process up, readiness probe answered
MAX_REPLICAS = 20
HISTORY_MS = 3_600_000
RESTARTED_SHARE = 0.15  # of pods that have been restarted once, some time before the world begins

# Kubernetes leaves out vowels and look-alikes so that a generated name never spells a word.
_SAFE = "bcdfghjklmnpqrstvwxz2456789"


def _suffix(draw: random.Random, length: int) -> str:
    return "".join(draw.choice(_SAFE) for _ in range(length))


class Cluster:
    """Nodes, deployments, services and pods of one world.

    Args:
        seed: the world's seed; names, addresses, ages and log lines follow from it.
        clock: the world's clock, standing at its first instant.
        bus: the world's event bus; the data pipeline logs the bars that pass over it.
    """

    def __init__(self, seed: int, clock: Clock, bus: EventBus) -> None:
        self._clock = clock
        start_ms = clock.ms
        self._draw = stream(seed, "cluster", "names")
        self.nodes = [
            Node("gm-control-plane", "control-plane", "v1.32.4", "10.0.0.10", start_ms - 41 * DAY_MS),
            Node("gm-worker-1", "<none>", "v1.32.4", "10.0.0.11", start_ms - 41 * DAY_MS),
            Node("gm-worker-2", "<none>", "v1.32.4", "10.0.0.12", start_ms - 41 * DAY_MS),
        ]
        self.deployments: dict[str, Deployment] = {}
        self.services: dict[str, Service] = {}
        self.pods: dict[str, Pod] = {}
        self._by_deployment: dict[str, list[Pod]] = {}  # empty: to be found anew
        self.log_book = LogBook(stream(seed, "cluster", "logs"))
        for row in WORKLOADS:
            self._deploy(row, start_ms)
        # The world begins in the middle of things: its pods have written logs for an hour.
        self._next_heartbeat = start_ms - HISTORY_MS
        self._next_access = start_ms - HISTORY_MS
        while self.next_ms() <= start_ms:
            self._write_due(self.next_ms())
        bus.subscribe(NEW_5MIN_BAR, self._log_bar)

    def _deploy(self, row: Workload, start_ms: int) -> None:
        draw = self._draw
        created = start_ms - round(row.days * DAY_MS) - draw.randrange(3_600_000)
        deployment = Deployment(row.name, row.replicas, row.image, _suffix(draw, 9), row.component, created)
        self.deployments[row.name] = deployment
        address = f"10.96.{draw.randrange(1, 250)}.{draw.randrange(1, 250)}"
        outside = row.name == "api-gateway"
        self.services[row.name] = Service(
            name=row.name,
            type="LoadBalancer" if outside else "ClusterIP",
            cluster_ip=address,
            external_ip="203.0.113.10" if outside else "<none>",
            ports=f"{row.port}:31443/TCP" if outside else f"{row.port}/TCP",
            selector=f"app={row.name}",
            created_ms=created,
        )
        for _ in range(row.replicas):
            pod = self._new_pod(deployment, created + draw.randrange(2000))
            if row.name != "postgres" and draw.random() < RESTARTED_SHARE:
                pod.restarts = 1
                pod.restarted_ms = start_ms - draw.randrange(4 * 3_600_000, 2 * DAY_MS)

    # --- reading ---

    def pods_of(self, deployment: str) -> list[Pod]:
        """The deployment's pods, by name.

        Raises:
            NotFound: if there is no such deployment.
        """
        return list(self._pods_of(self.deployment(deployment).name))

    def _pods_of(self, deployment: str) -> list[Pod]:
        """The same without a copy, found once after each change: a day asks for it some six thousand times."""
        if not self._by_deployment:
            self._by_deployment = {name: [] for name in self.deployments}
            for _, pod in sorted(self.pods.items()):
                self._by_deployment[pod.deployment].append(pod)
        return self._by_deployment[deployment]

    def deployment(self, name: str) -> Deployment:
        """Look up a deployment.

        Raises:
            NotFound: if there is none of that name.
        """
        try:
            return self.deployments[name]
        except (KeyError, TypeError):  # TypeError: a list or another value that no name can be
            raise NotFound(f'deployments.apps "{name}" not found') from None

    def pod(self, name: str) -> Pod:
        """Look up a pod.

        Raises:
            NotFound: if there is none of that name.
        """
        try:
            return self.pods[name]
        except (KeyError, TypeError):
            raise NotFound(f'pods "{name}" not found') from None

    # --- acting ---

    def delete_pod(self, name: str) -> Pod:
        """Remove a pod; its deployment starts another at once. Returns the new pod."""
        old = self.pod(name)
        self._remove(old)
        return self._start_pod(self.deployments[old.deployment])

    def scale(self, name: str, replicas: int) -> None:
        """Set a deployment's number of pods; too many are removed youngest first."""
        if isinstance(replicas, bool) or not isinstance(replicas, int) or not 0 <= replicas <= MAX_REPLICAS:
            raise BadInput("replicas", replicas, f"give a whole number from 0 to {MAX_REPLICAS}")
        deployment = self.deployment(name)
        deployment.replicas = replicas
        pods = sorted(self.pods_of(name), key=lambda pod: (pod.created_ms, pod.name))
        for pod in pods[replicas:]:
            self._remove(pod)
        for _ in range(replicas - len(pods)):
            self._start_pod(deployment)

    # --- time ---

    def next_ms(self) -> int:
        """When the cluster next has something to do."""
        return min(self._next_heartbeat, self._next_access)

    def step(self) -> None:
        """Do what is due now: pods write their periodic log lines."""
        self._write_due(self._clock.ms)

    def _write_due(self, now: int) -> None:
        if now == self._next_access:
            self._next_access += ACCESS_PERIOD_MS
            self.log_book.access(self._ready("api-gateway"), now)
        if now == self._next_heartbeat:
            self._next_heartbeat += HEARTBEAT_PERIOD_MS
            for name in sorted(self.deployments):
                for pod in self._ready(name):
                    self.log_book.heartbeat(pod, now)

    def write_log(self, deployment: str, message: str, level: str = "INFO", every_pod: bool = True) -> None:
        """Write a line to the logs of the deployment's ready pods, or of its first one only."""
        pods = self._ready(deployment)
        for pod in pods if every_pod else pods[:1]:
            self.log_book.line(pod, self._clock.ms, level, message)

    def _log_bar(self, event: Event) -> None:
        bar = event.payload
        message = f"bar 5m {bar['symbol']} close {bar['close']:.2f} volume {bar['volume']}"
        self.write_log("data-pipeline", message, every_pod=False)

    def _ready(self, deployment: str) -> list[Pod]:
        now = self._clock.ms
        return [pod for pod in self._pods_of(deployment) if pod.ready_ms <= now]

    def _new_pod(self, deployment: Deployment, created_ms: int) -> Pod:
        workers = self.nodes[1:]
        node = workers[len(self.pods) % len(workers)]
        name = f"{deployment.name}-{deployment.template_hash}-{_suffix(self._draw, 5)}"
        ip = f"10.244.{1 + workers.index(node)}.{self._draw.randrange(2, 250)}"
        pod = Pod(name, deployment.name, node.name, ip, created_ms, created_ms + STARTUP_MS)
        self.pods[name] = pod
        self._by_deployment = {}
        return pod

    def _remove(self, pod: Pod) -> None:
        del self.pods[pod.name]
        self._by_deployment = {}

    def _start_pod(self, deployment: Deployment) -> Pod:
        pod = self._new_pod(deployment, self._clock.ms)
        self.log_book.boot(pod, pod.ready_ms)
        return pod
