"""The simulated Kubernetes cluster that GrandModel runs on."""

from grandmodel_sim.cluster.cluster import Cluster
from grandmodel_sim.cluster.objects import NAMESPACE, NAMESPACES, Deployment, Node, Pod, Service

__all__ = ["NAMESPACE", "NAMESPACES", "Cluster", "Deployment", "Node", "Pod", "Service"]
