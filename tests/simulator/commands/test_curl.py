"""What `curl` does that no record can show: refusals by name, virtual time, files, and that it takes anything."""

import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from grandmodel_sim import World, commands
from grandmodel_sim.commands import curl_exchange, curl_glob, curl_options, curl_url
from grandmodel_sim.commands.curl_real import REAL_OPTIONS
from grandmodel_sim.http import DEMO_KEYS, HOST, Request, Response
from hypothesis import given, settings
from hypothesis import strategies as st

from academy import paths
from tests.simulator.commands.drive import drive

API = f"https://{HOST}"
Curl = Callable[..., tuple[str, str, int]]


@pytest.fixture
def curl(tmp_path: Path) -> Curl:
    def run(line: str, world: World | None = None, stdin: str = "") -> tuple[str, str, int]:
        words = ["curl", *shlex.split(line.replace("$API", API))]
        return _run(words, world or World(7), stdin, tmp_path)

    return run


def _run(words: list[str], world: World, stdin: str, folder: Path) -> tuple[str, str, int]:
    return drive(commands.CommandContext(words, world, stdin, cwd=str(folder), root=str(folder)))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("-F a=b $API", "-F: the simulated API takes JSON, as --json sends it"),
        ("--form a=b $API", "--form: the simulated API takes JSON, as --json sends it"),
        ("-K file $API", "-K (files of options)"),
        ("$API --next $API", "--next; give a curl of its own for each request"),
        ("-sZ $API", "-Z"),
        ("--resolv a:1:b $API", "--resolv"),
        ("-x proxy:1 $API", "-x: there is no network here that a proxy could be in"),
    ],
)
def test_what_only_the_real_one_has_is_refused_by_name(curl: Curl, line: str, said: str) -> None:
    assert curl(line) == ("", f"curl: the simulated curl does not have {said}\n", 2)


def test_no_option_is_both_ours_and_only_the_real_ones() -> None:
    assert not REAL_OPTIONS.keys() & (curl_options.SWITCHES.keys() | curl_options.VALUES.keys())
    letters = [*REAL_OPTIONS.values(), *curl_options.SWITCHES.values(), *curl_options.VALUES.values()]
    assert sorted(filter(None, letters)) == sorted({*letters} - {""})


def test_cookie_files_are_not_read(curl: Curl) -> None:
    assert curl("-b jar.txt $API") == ("", "curl: the simulated curl reads no cookie files; give -b NAME=VALUE\n", 2)


def test_help_and_version(curl: Curl) -> None:
    assert curl("--help")[0].startswith("Usage: curl [options...] <url>\n")
    assert curl("-h all") == curl("--help")
    assert curl("-V") == ("curl 7.88.1 (simulated)\nRelease-Date: 2023-02-20\nProtocols: http https\n", "", 0)


def test_what_speaks_tls_hangs_up_on_anything_else(curl: Curl) -> None:
    assert curl(f"http://{HOST}:443/") == ("", "curl: (52) Empty reply from server\n", 52)


def test_the_api_is_where_kubectl_says_it_is(curl: Curl, tmp_path: Path) -> None:
    words = ["kubectl", "get", "service", "api-gateway", "-n", "grandmodel", "--no-headers"]
    assert _run(words, World(7), "", tmp_path)[0].split()[3] == curl_exchange.ADDRESSES[HOST]
    assert "(203.0.113.10) port 443 (#0)" in curl("-sv $API/x")[1]


def test_a_missing_password_is_asked_for(curl: Curl) -> None:
    _, stderr, code = curl("-sv -u bob $API/x", stdin="secret\nmore")
    assert stderr.startswith("Enter host password for user 'bob':\n") and code == 0
    assert "> Authorization: Basic Ym9iOnNlY3JldA==\r\n" in stderr


def test_a_request_takes_virtual_time(curl: Curl) -> None:
    world = World(7)
    began = world.now_ms
    curl("-s $API/x", world)
    assert world.now_ms == began + 20
    curl("-s $API/x $API/y", world)
    assert world.now_ms == began + 20 + 20 + 10


def test_waiting_for_a_retry_takes_virtual_time_and_doubles(curl: Curl) -> None:
    world = World(7)
    world.scale("api-gateway", 0)
    began = world.now_ms
    stdout, stderr, code = curl("--retry 2 --retry-all-errors --retry-delay 0 nosuch.invalid", world)
    assert (stdout, code) == ("", 6)
    assert world.now_ms - began == 1000 + 2000 + 3 * curl_exchange.LOOKUP
    assert [line for line in stderr.splitlines() if line.startswith("Warning")] == [
        "Warning: Problem : timeout. Will retry in 1 seconds. 2 retries left.",
        "Warning: Problem : timeout. Will retry in 2 seconds. 1 retries left.",
    ]


def test_the_gateways_own_time_to_wait_is_kept(curl: Curl) -> None:
    world = World(7)
    world.scale("api-gateway", 0)
    began = world.now_ms
    _, stderr, code = curl("-f --retry 1 $API/health", world)
    assert "Will retry in 5 seconds. 1 retries left." in stderr
    assert (code, world.now_ms - began) == (22, 5000 + 2 * 20)  # after a failure the connection is closed


@pytest.mark.parametrize(
    ("line", "said", "ms"),
    [
        ("-m 0.001 $API/x", "Resolving timed out after 1 milliseconds", 1),
        ("-m 0.0001 $API/x", "Resolving timed out after 1 milliseconds", 1),
        ("-m 0.003 $API/x", "Connection timed out after 3 milliseconds", 3),
        ("--connect-timeout 0.005 $API/x", "Connection timed out after 5 milliseconds", 5),
        ("-m 0.015 $API/x", "Operation timed out after 15 milliseconds with 0 bytes received", 15),
    ],
)
def test_limits_end_a_transfer_where_it_is(curl: Curl, line: str, said: str, ms: int) -> None:
    world = World(7)
    began = world.now_ms
    assert curl(line, world) == ("", f"curl: (28) {said}\n", 28)
    assert world.now_ms == began + ms


def test_an_order_may_go_through_although_nobody_waited_for_the_answer(curl: Curl) -> None:
    body = '{"symbol": "ES", "side": "BUY", "quantity": 1}'
    line = f"-s -H 'Authorization: Bearer {DEMO_KEYS['trader']}' --json '{body}' $API/api/v1/orders"
    world, other = World(7), World(7)
    assert curl(f"-m 0.015 {line}", world)[2] == 28
    assert curl(f"-m 0.005 {line}", other)[2] == 28
    assert (len(world.trading.exchange.orders), len(other.trading.exchange.orders)) == (1, 0)


def test_what_curl_did_is_in_the_log_and_a_snapshot_brings_it_back(curl: Curl) -> None:
    world = World(7)
    key = f"-H 'Authorization: Bearer {DEMO_KEYS['operator']}'"
    stdout, _, code = curl(f"-sf -X POST {key} $API/api/v1/system/stop", world)
    assert code == 0, stdout
    assert World.from_snapshot(world.snapshot()).digest() == world.digest()


def test_passwords_are_not_sent_on_to_another_host(curl: Curl, monkeypatch: pytest.MonkeyPatch) -> None:
    other = "other.invalid"
    monkeypatch.setitem(curl_exchange.ADDRESSES, other, "203.0.113.10")
    monkeypatch.setitem(curl_exchange.LISTENERS, ("203.0.113.10", 443), other)
    seen: list[Request] = []

    def answer(world: World, request: Request) -> Response:
        seen.append(request)
        return Response(200) if request.host == other else Response(302, {"Location": f"https://{other}/"})

    monkeypatch.setattr(curl_exchange, "handle", answer)
    for switch in ("-L", "--location-trusted"):
        assert curl(f"-sk {switch} -u a:b -b c=d -H 'Authorization: Bearer x' $API/")[2] == 0
    assert [sorted(request.headers.keys() & {"authorization", "cookie"}) for request in seen] == [
        ["authorization", "cookie"],
        [],
        ["authorization", "cookie"],
        ["authorization", "cookie"],
    ]


def test_files_outside_the_checkout_are_out_of_reach(curl: Curl, tmp_path: Path) -> None:
    outside = tmp_path.parent / "outside.txt"
    _, stderr, code = curl(f"-o {outside} $API/x")
    assert code == 23 and "sees files inside" in stderr.replace("\nWarning:", "")
    assert not outside.exists()
    outside.write_text("secret")
    (tmp_path / "link").symlink_to(outside)
    for path in (outside, "link", "../outside.txt"):
        assert "secret" not in "".join(curl(f"-sv -d @{path} --get $API/x")[:2])


def test_an_interrupt_ends_a_thousand_requests() -> None:
    context = commands.CommandContext(["curl", "-s", "-o", "/dev/null", f"{API}/[1-1000000000000]"], World(7))
    generator = commands.run(context)
    assert [next(generator) for _ in range(3)] == [("wait", "0")] * 3
    generator.close()


def test_json_of_all_variables(curl: Curl) -> None:
    import json

    stdout, _, _ = curl("-s -o /dev/null -w '%{json}' $API/health")
    values = json.loads(stdout)
    assert list(values)[:-1] == sorted(list(values)[:-1])
    assert (values["http_code"], values["remote_ip"], values["time_total"]) == (200, "203.0.113.10", 0.02)


def test_it_is_loaded_only_when_called() -> None:
    code = (
        "import sys, grandmodel_sim.commands as commands\n"
        "from grandmodel_sim import World\n"
        "before = 'grandmodel_sim.http' in sys.modules\n"
        f"list(commands.run(commands.CommandContext(['curl', '-s', '{API}/health'], World(7))))\n"
        "slow = {'numpy', 'ssl', 'email', 'http.client'} & set(sys.modules)\n"
        "print(before, 'grandmodel_sim.http' in sys.modules, slow)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=paths.SIMULATOR)
    assert (done.stdout, done.stderr) == ("False True set()\n", "")


WORDS = st.one_of(
    st.sampled_from(
        f"-s -v -i -I -f -G -L -k -o -O -w -d -H -X -m -u -D --json --retry --url --data-urlencode -- - @- x 1 0 a=b "
        f"%{{json}} {API}/health {API}/[1-3] {API}/{{a,b}} nosuch.invalid localhost [::1] http:// "
        "\ud800 -d\ud800".split()
    ),
    st.text(max_size=12),
    st.text("-{}[]:/?#@,\\01az.", max_size=16),
)


def test_half_a_character_and_bytes_that_are_no_text_can_be_sent(curl: Curl, tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff\x00\xfe")
    assert "Content-Length: 3" in curl("-sv -d '\ud800' $API/x")[1]
    assert "Content-Length: 2" in curl("-sv -d @bytes $API/x")[1]
    assert "Content-Length: 3" in curl("-sv --data-binary @bytes $API/x")[1]


@given(st.lists(WORDS, max_size=8), st.text(max_size=20))
@settings(max_examples=150, derandomize=True, deadline=None)
def test_any_words_end_in_an_exit_code(tmp_path_factory: pytest.TempPathFactory, words: list[str], stdin: str) -> None:
    world = World(7)
    before = world.digest()
    _, stderr, code = _run(["curl", *words], world, stdin, tmp_path_factory.mktemp("curl"))
    assert 0 <= code <= 130
    assert stderr or not code or any(word.startswith("-") and "s" in word.lower() for word in words)
    assert world.digest() == before  # nothing here has a key


@given(st.text("{}[]-,:\\ab01", max_size=14))
@settings(max_examples=300, derandomize=True, deadline=None)
def test_any_pattern_is_read_or_refused_with_a_mark_inside_it(text: str) -> None:
    try:
        pattern = curl_glob.parse(text)
    except curl_glob.GlobError as error:
        reason, url, mark = str(error).rsplit("\n", 2)
        assert (url, mark.strip()) == (text, "^") and len(mark) <= len(text) + 2
        assert reason.endswith(f"in URL position {len(mark)}:")
        return
    found = [url for (url, _), _ in zip(pattern, range(50), strict=False)]
    assert found and all(isinstance(url, str) for url in found)


@given(st.text(max_size=20), st.sampled_from(["", "http://", "https://h", "http://h/"]))
@settings(max_examples=300, derandomize=True, deadline=None)
def test_any_text_is_a_url_or_not(text: str, start: str) -> None:
    try:
        url = curl_url.parse(start + text)
    except curl_url.CurlError as error:
        assert error.code in (1, 3)
        return
    assert curl_url.parse(str(url)) == url or url.user is not None or not str(url).isascii()
