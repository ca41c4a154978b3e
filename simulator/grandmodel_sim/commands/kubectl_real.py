"""Words and flags that the real kubectl has and this one does not; said plainly, rather than called unknown."""

REAL_VERBS = frozenset(
    """
    annotate api-resources api-versions apply attach auth autoscale cluster-info cordon cp create debug describe diff
    drain edit events exec explain expose label patch port-forward proxy replace rollout run set taint top uncordon wait
    """.split()  # noqa: SIM905 (a list of forty quoted words is harder to read)
)

REAL_FLAGS = frozenset(
    """
    -w --watch -f --filename -L --label-columns --field-selector --sort-by --template --watch-only --chunk-size -R
    --recursive -p --previous --since-time --limit-bytes --max-log-requests --ignore-errors -v --kubeconfig --as
    --request-timeout --all --cascade --dry-run --current-replicas --timeout
    """.split()  # noqa: SIM905
)
