"""What runs in namespace grandmodel on a good day: one row a workload."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Workload:
    """A deployment and the service in front of it.

    Attributes:
        name: name of the deployment, of its container and of its service.
        component: the part of GrandModel that runs in it, as it signs its events.
        port: the service's port.
        days: how long ago it was deployed, in virtual days.
    """

    name: str
    component: str
    replicas: int
    image: str
    port: int
    days: float


WORKLOADS = (
    Workload("api-gateway", "api_gateway", 2, "nginx:1.27", 443, 12),
    Workload("auth-service", "auth_service", 2, "grandmodel/auth-service:1.4.2", 8080, 12),
    Workload("data-pipeline", "data_pipeline", 2, "grandmodel/data-pipeline:2.1.0", 8000, 5),
    Workload("execution-engine", "execution_engine", 1, "grandmodel/execution-engine:2.1.0", 8000, 5),
    Workload("postgres", "postgres", 1, "postgres:15", 5432, 40),
    Workload("risk-management", "risk_management", 2, "grandmodel/risk-management:2.1.0", 8000, 5),
    Workload("strategic-marl", "strategic_marl", 3, "grandmodel/strategic-marl:2.1.0", 8000, 3),
    Workload("tactical-marl", "tactical_marl", 3, "grandmodel/tactical-marl:2.1.0", 8000, 3),
)
