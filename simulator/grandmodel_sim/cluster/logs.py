"""What pods have to say, and when."""

import random

from grandmodel_sim.cluster.objects import Pod

HEARTBEAT_PERIOD_MS = 60_000
ACCESS_PERIOD_MS = 7_000

_PATHS = ("/v1/system/status", "/v1/agents/status", "/v1/positions", "/v1/risk/metrics", "/health")
_CLIENTS = ("10.0.0.21", "10.0.0.22", "198.51.100.7", "198.51.100.23")

#: What each part says when it comes up.
_BOOT = {
    "strategic-marl": ("loaded policy strategic-48x13", "subscribed to SYNERGY_DETECTED"),
    "tactical-marl": ("loaded policy tactical-60x7", "joined consumer group tactical_group"),
    "risk-management": ("limits: daily loss 5%, drawdown 15%, VaR 5%",),
    "execution-engine": ("order gateway connected (paper)",),
    "data-pipeline": ("feed connected: ES, NQ", "indicator engine ready"),
    "auth-service": ("signing keys loaded",),
}


class LogBook:
    """Writes the pods' lines; all its chance comes from one named stream."""

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw

    def line(self, pod: Pod, ms: int, level: str, message: str) -> None:
        """Append one line to a pod's log."""
        pod.write((ms, level, message))

    def boot(self, pod: Pod, ms: int) -> None:
        """The lines of a start."""
        if pod.deployment == "postgres":
            self.line(pod, ms, "INFO", "database system is ready to accept connections")
        elif pod.deployment == "api-gateway":
            self.line(pod, ms, "INFO", "start worker processes")
        else:
            self.line(pod, ms, "INFO", "started")
            for message in _BOOT[pod.deployment]:
                self.line(pod, ms, "INFO", message)

    def heartbeat(self, pod: Pod, ms: int) -> None:
        """The line that a part writes every minute."""
        if pod.deployment == "postgres":
            if ms % (5 * HEARTBEAT_PERIOD_MS) == 0:
                self.line(pod, ms, "INFO", f"checkpoint complete: wrote {self._draw.randrange(20, 90)} buffers")
        elif pod.deployment == "auth-service":
            self.line(pod, ms, "INFO", f"tokens issued in the last minute: {self._draw.randrange(3, 12)}")
        elif pod.deployment in ("strategic-marl", "tactical-marl"):
            low, high = (1.4, 3.2) if pod.deployment == "strategic-marl" else (0.6, 1.9)
            self.line(pod, ms, "INFO", f"heartbeat: inference p99 {self._draw.uniform(low, high):.1f} ms")
        elif pod.deployment != "api-gateway":
            self.line(pod, ms, "INFO", "heartbeat")

    def access(self, pods: list[Pod], ms: int) -> None:
        """One request through the gateway, in nginx' combined format."""
        if not pods:
            return
        pod = self._draw.choice(pods)
        path, size = self._draw.choice(_PATHS), self._draw.randrange(180, 2400)
        pod.write((ms, "", f'{self._draw.choice(_CLIENTS)} "GET {path} HTTP/1.1" 200 {size} "-" "curl/8.5.0"'))
