"""The terminal's commands: whole outputs, real messages, real exit codes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from grandmodel_sim import World
from grandmodel_sim.commands.tables import age, table

Shell = Callable[..., tuple[str, str, int]]

PODS = """\
NAME                               READY   STATUS    RESTARTS      AGE
api-gateway-hpg7prh66-6wbpb        1/1     Running   0             12d
api-gateway-hpg7prh66-p8krd        1/1     Running   1 (25h ago)   12d
auth-service-hfxmlq969-5gn6b       1/1     Running   1 (36h ago)   12d
auth-service-hfxmlq969-dcbjz       1/1     Running   1 (35h ago)   12d
data-pipeline-g8npp2qmz-2425v      1/1     Running   1 (39h ago)   5d
data-pipeline-g8npp2qmz-lxmsw      1/1     Running   0             5d
execution-engine-2m5xs5vfm-5cwz7   1/1     Running   0             5d
postgres-mk79j5n6w-58k9q           1/1     Running   0             40d
risk-management-tv9kjs7zz-szhmq    1/1     Running   1 (15h ago)   5d
risk-management-tv9kjs7zz-zl6vg    1/1     Running   0             5d
strategic-marl-gc5rt6drl-mk8l4     1/1     Running   0             3d
strategic-marl-gc5rt6drl-tzx9q     1/1     Running   0             3d
strategic-marl-gc5rt6drl-w47cl     1/1     Running   0             3d
tactical-marl-vlvwvmpft-6tl64      1/1     Running   0             3d
tactical-marl-vlvwvmpft-dk5sz      1/1     Running   0             3d
tactical-marl-vlvwvmpft-ljvt7      1/1     Running   0             3d
"""

SERVICES_WIDE = """\
NAME               TYPE           CLUSTER-IP      EXTERNAL-IP    PORT(S)         AGE   SELECTOR
api-gateway        LoadBalancer   10.96.45.78     203.0.113.10   443:31443/TCP   12d   app=api-gateway
auth-service       ClusterIP      10.96.4.109     <none>         8080/TCP        12d   app=auth-service
data-pipeline      ClusterIP      10.96.232.61    <none>         8000/TCP        5d    app=data-pipeline
execution-engine   ClusterIP      10.96.8.117     <none>         8000/TCP        5d    app=execution-engine
postgres           ClusterIP      10.96.191.68    <none>         5432/TCP        40d   app=postgres
risk-management    ClusterIP      10.96.201.80    <none>         8000/TCP        5d    app=risk-management
strategic-marl     ClusterIP      10.96.227.155   <none>         8000/TCP        3d    app=strategic-marl
tactical-marl      ClusterIP      10.96.158.208   <none>         8000/TCP        3d    app=tactical-marl
"""

NODES = """\
NAME               STATUS   ROLES           AGE   VERSION
gm-control-plane   Ready    control-plane   41d   v1.32.4
gm-worker-1        Ready    <none>          41d   v1.32.4
gm-worker-2        Ready    <none>          41d   v1.32.4
"""

CONTEXTS = """\
CURRENT   NAME          CLUSTER                  AUTHINFO   NAMESPACE
*         development   grandmodel-development   learner{pad}
          staging       grandmodel-staging       learner{pad}
""".format(pad="    ")


@pytest.mark.parametrize(
    ("line", "stdout"),
    [
        ("kubectl get pods -n grandmodel", PODS),
        ("kubectl -n grandmodel get po", PODS),
        ("kubectl get pods --namespace=grandmodel", PODS),
        ("kubectl get services -n grandmodel -o wide", SERVICES_WIDE),
        ("kubectl get nodes", NODES),
        ("kubectl config get-contexts", CONTEXTS),
        ("kubectl config current-context", "development\n"),
        ("kubectl config use-context staging", 'Switched to context "staging".\n'),
        (
            "kubectl get deployments -n grandmodel strategic-marl postgres",
            "NAME             READY   UP-TO-DATE   AVAILABLE   AGE\n"
            "strategic-marl   3/3     3            3           3d\n"
            "postgres         1/1     1            1           40d\n",
        ),
        (
            "kubectl get pods -A -o wide -l app=postgres",
            "NAMESPACE    NAME                       READY   STATUS    RESTARTS   AGE   IP            NODE          "
            "NOMINATED NODE   READINESS GATES\n"
            "grandmodel   postgres-mk79j5n6w-58k9q   1/1     Running   0          40d   10.244.2.10   gm-worker-2   "
            "<none>           <none>\n",
        ),
        (
            "kubectl get deploy,svc -n grandmodel -l app=postgres",
            "NAME                       READY   UP-TO-DATE   AVAILABLE   AGE\n"
            "deployment.apps/postgres   1/1     1            1           40d\n"
            "\n"
            "NAME               TYPE        CLUSTER-IP     EXTERNAL-IP   PORT(S)    AGE\n"
            "service/postgres   ClusterIP   10.96.191.68   <none>        5432/TCP   40d\n",
        ),
        ("kubectl get pods -n grandmodel -l app=postgres -o name", "pod/postgres-mk79j5n6w-58k9q\n"),
        ("kubectl get ns grandmodel --no-headers", "grandmodel   Active   41d\n"),
        ("kubectl version", "Client Version: v1.32.4\nKustomize Version: v5.5.0\nServer Version: v1.32.4\n"),
        ("date", "Mon Jul 14 13:30:00 UTC 2025\n"),
        ("date +%F%T", "2025-07-1413:30:00\n"),
        ("date +%s", "1752499800\n"),
        ("date +%Y%m%d%H%M%S", "20250714133000\n"),
        ("date -u -Iseconds", "2025-07-14T13:30:00+00:00\n"),
        ("date -d @0", "Thu Jan  1 00:00:00 UTC 1970\n"),
        ("date --date=yesterday +%A", "Sunday\n"),
        ("date -R", "Mon, 14 Jul 2025 13:30:00 +0000\n"),
    ],
)
def test_a_command_says_exactly_what_the_real_one_would(shell: Shell, line: str, stdout: str) -> None:
    assert shell(line) == (stdout, "", 0)


def test_dates_relative_to_the_world(shell: Shell) -> None:
    from grandmodel_sim import commands

    world = World(7)
    world.advance(90)
    context = commands.CommandContext(["date", "-d", "1 hour ago", "+%T"], world)
    assert list(commands.run(context)) == [("stdout", "12:31:30\n")]


@pytest.mark.parametrize(
    ("line", "stderr", "code"),
    [
        ("kubectl get pods", "No resources found in default namespace.\n", 0),
        ("kubectl get pods -n nope", "No resources found in nope namespace.\n", 0),
        ("kubectl get pods -A -l app=nope", "No resources found\n", 0),
        ("kubectl get foo", 'error: the server doesn\'t have a resource type "foo"\n', 1),
        ("kubectl get pods nope -n grandmodel", 'Error from server (NotFound): pods "nope" not found\n', 1),
        (
            "kubectl get deploy/nope -n grandmodel",
            'Error from server (NotFound): deployments.apps "nope" not found\n',
            1,
        ),
        ("kubectl get pods --wat", "error: unknown flag: --wat\nSee 'kubectl get --help' for usage.\n", 1),
        ("kubectl get pods -z", "error: unknown shorthand flag: 'z' in -z\nSee 'kubectl get --help' for usage.\n", 1),
        ("kubectl get pods -n", "error: flag needs an argument: 'n' in -n\nSee 'kubectl get --help' for usage.\n", 1),
        ("kubectl gett pods", 'error: unknown command "gett" for "kubectl"\n\nDid you mean this?\n\tget\n', 1),
        ("kubectl xyzzy", 'error: unknown command "xyzzy" for "kubectl"\n', 1),
        ("kubectl get pods --watch", "error: the simulated kubectl get does not have --watch\n", 1),
        (
            "kubectl describe pod x",
            'error: the simulated kubectl does not have "describe"; it has config, delete, get, logs, scale, version\n',
            1,
        ),
        ("kubectl config use-context nope", 'error: no context exists with the name: "nope"\n', 1),
        ("kubectl get pods --context nope", 'error: context "nope" does not exist\n', 1),
        (
            "kubectl get pods --context staging",
            "Unable to connect to the server: dial tcp: lookup k8s-staging.grandmodel.quantnova.com on 10.0.0.2:53: "
            "no such host\n",
            1,
        ),
        (
            "kubectl get pods -o jsonpath={.items}",
            'error: the simulated kubectl has no output format "jsonpath={.items}"; it has json, name, wide\n',
            1,
        ),
        (
            "kubectl logs nope -n grandmodel",
            'error: error from server (NotFound): pods "nope" not found in namespace "grandmodel"\n',
            1,
        ),
        (
            "kubectl logs postgres-mk79j5n6w-58k9q -n grandmodel -c nginx",
            "error: container nginx is not valid for pod postgres-mk79j5n6w-58k9q\n",
            1,
        ),
        (
            "kubectl logs -n grandmodel deployment/postgres --tail=few",
            'error: invalid argument "few" for "--tail" flag: strconv.ParseInt: parsing "few": invalid syntax\n'
            "See 'kubectl logs --help' for usage.\n",
            1,
        ),
        ("kubectl delete pod nope -n grandmodel", 'Error from server (NotFound): pods "nope" not found\n', 1),
        ("kubectl scale deployment postgres -n grandmodel", 'error: required flag(s) "replicas" not set\n', 1),
        ("date -d someday", "date: invalid date \u2018someday\u2019\n", 1),
        ("date -z", "date: invalid option -- 'z'\nTry 'date --help' for more information.\n", 1),
        ("python none.py", "python: can't open file '/none.py': [Errno 2] No such file or directory\n", 2),
        ("python", "python: there is no interactive mode here; give a file, -c CODE or code on standard input\n", 2),
        ("frobnicate", "bash: frobnicate: command not found\n", 127),
    ],
)
def test_a_wrong_command_gets_the_real_message_and_exit_code(shell: Shell, line: str, stderr: str, code: int) -> None:
    assert shell(line) == ("", stderr, code)


def test_what_kubectl_changes_stays_changed(shell: Shell) -> None:
    world = World(7)
    name = "strategic-marl-gc5rt6drl-mk8l4"
    assert shell(f"kubectl delete pod {name} -n grandmodel", world)[0] == f'pod "{name}" deleted\n'
    assert shell("kubectl scale deployment/postgres --replicas=2 -n grandmodel", world)[0] == (
        "deployment.apps/postgres scaled\n"
    )
    rows = shell("kubectl get pods -n grandmodel --no-headers", world)[0].splitlines()
    assert [row.split()[2] for row in rows].count("ContainerCreating") == 2
    assert name not in " ".join(rows)
    again = World.from_snapshot(world.snapshot())
    assert shell("kubectl get pods -A -o wide", again) == shell("kubectl get pods -A -o wide", world)


def test_logs_are_what_the_pods_wrote_and_tail_cuts_them(shell: Shell) -> None:
    world = World(7)
    world.advance(300)
    out, err, code = shell("kubectl logs -n grandmodel deployment/data-pipeline --tail=3", world)
    assert err == "Found 2 pods, using pod/data-pipeline-g8npp2qmz-2425v\n"
    close = [f"{event.payload['close']:.2f}" for event in world.events.of("NEW_5MIN_BAR")]
    volume = [event.payload["volume"] for event in world.events.of("NEW_5MIN_BAR")]
    start = '{"time": "2025-07-14T13:35:00Z", "level": "INFO", "component": "data-pipeline", "message": "'
    assert out.splitlines() == [
        f'{start}bar 5m ES close {close[0]} volume {volume[0]}"}}',
        f'{start}bar 5m NQ close {close[1]} volume {volume[1]}"}}',
        f'{start}heartbeat"}}',
    ]
    assert code == 0
    assert shell("kubectl logs -n grandmodel deployment/data-pipeline --tail=0", world)[0] == ""
    assert len(shell("kubectl logs -n grandmodel deployment/data-pipeline --since=90s", world)[0].splitlines()) == 4


def test_following_a_log_lets_time_go_by_and_can_be_stopped(shell: Shell) -> None:
    world = World(7)
    out, _, code = shell("kubectl logs -f --tail=0 -n grandmodel deployment/execution-engine", world, steps=150)
    assert code == 130
    assert [line.split('"')[3] for line in out.splitlines()] == ["2025-07-14T13:31:00Z", "2025-07-14T13:32:00Z"]
    assert 100 < (world.now_ms - World(7).now_ms) / 1000 < 150


def test_following_ends_with_the_pod(shell: Shell) -> None:
    from grandmodel_sim import commands

    world = World(7)
    pod = world.cluster.pods_of("postgres")[0].name
    context = commands.CommandContext(["kubectl", "logs", "-f", "--tail=0", pod, "-n", "grandmodel"], world)
    following = commands.run(context)
    assert next(following) == ("wait", "0.1")
    world.delete_pod(pod)
    with pytest.raises(StopIteration) as end:
        next(following)
    assert end.value.value == 0


def test_python_runs_files_code_and_standard_input(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("WORD = 'one'\n")
    (tmp_path / "main.py").write_text("import sys, helper\nprint(helper.WORD, sys.argv, __name__)\nsys.exit(3)\n")
    cwd = str(tmp_path)
    assert shell("python main.py a b", cwd=cwd) == ("one ['main.py', 'a', 'b'] __main__\n", "", 3)
    (tmp_path / "helper.py").write_text("WORD = 'two'\n")
    assert shell("python3 main.py", cwd=cwd)[0] == "two ['main.py'] __main__\n"
    assert shell("python", stdin="print(6 * 7)", cwd=cwd) == ("42\n", "", 0)
    assert shell("python main.py", cwd=cwd, stdin="x")[2] == 3


def test_python_reads_its_standard_input(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "upper.py").write_text("import sys\nfor line in sys.stdin: print(line.strip().upper())\n")
    assert shell("python upper.py", stdin="a\nb\n", cwd=str(tmp_path)) == ("A\nB\n", "", 0)


def test_an_error_in_a_program_shows_the_program_only(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def half(x):\n    return x / 0\n\nhalf(1)\n")
    out, err, code = shell("python broken.py", cwd=str(tmp_path))
    assert (out, code) == ("", 1)
    assert err.splitlines()[0] == "Traceback (most recent call last):"
    assert err.splitlines()[-1] == "ZeroDivisionError: division by zero"
    assert err.count("File ") == 2
    assert "grandmodel_sim" not in err


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "<invalid>"), (-1, "0s"), (0, "0s"), (119, "119s"), (120, "2m"), (125, "2m5s"), (600, "10m"),
        (10_799, "179m"), (10_800, "3h"), (11_000, "3h3m"), (28_800, "8h"), (172_799, "47h"), (172_800, "2d"),
        (180_000, "2d2h"), (691_200, "8d"), (86_400 * 729, "729d"), (86_400 * 731, "2y1d"), (86_400 * 365 * 9, "9y"),
    ],
)  # fmt: skip
def test_ages_are_written_as_kubernetes_writes_them(seconds: int, text: str) -> None:
    assert age(seconds * 1000) == text


def test_columns_are_at_least_six_wide_and_the_last_is_not_padded() -> None:
    assert table([["A", "B"], ["x", "longer"]]) == "A     B\nx     longer\n"
    assert table([]) == ""
