"""Records what the real curl says to the simulated API, for `test_curl_recorded.py` to compare ours with.

A server on this machine answers with `grandmodel_sim.http.handle` of a fresh World(7) for every command, in TLS and
under the API's own name, so that the recorded command lines are those that a learner types. It needs Debian's curl and
openssl, and the right to listen on port 443:

    PYTHONPATH=simulator .venv/bin/python tests/simulator/commands/record_curl.py

The answers are the API's own: when it answers something else, the records have to be made anew.

curl runs with a `.curlrc` (`CURLRC`) that leads the API's name to this machine, trusts the certificate made for the
occasion, and keeps header names from being bold; its standard output is a terminal, since that is what our curl takes
it for. The server lets the same virtual time go by for a request as our curl does.

What could not be recorded, and why:

- the progress meter with a pipe for standard output: ours cannot tell a pipe from the screen, and shows none there
- the lines about TLS in `-v`, and the certificate in `%{json}`: there is no TLS in the simulation
- `%{json}`, `%{remote_ip}`, `%{local_port}`: addresses and ports of the machine that records
- http:// to the port that speaks TLS: Python's server hangs up in another way (56) than the gateway does (52)
- `-X HEAD`: the real curl waits for a body until it is stopped
- `-u NAME` without a password: the real curl asks the terminal
- `-Z`, `-F`, `-K`, `--next`, `-T`, `-x`, `--resolve` and the like: ours does not have them and says so
- retries of answers that tell the time: the real curl waits in real time, ours in virtual time
"""

import contextlib
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from grandmodel_sim import World
from grandmodel_sim.commands import curl_exchange
from grandmodel_sim.http import DEMO_KEYS, HOST, Request, Response, handle

HERE = Path(__file__).resolve().parent
TARGET = HERE / "curl_recorded.json"

API = f"https://{HOST}"
#: The cluster's outer address of the API, which its certificate does not name.
ADDRESS = "203.0.113.10"

CURLRC = f"""\
no-styled-output
cacert = "{{certificate}}"
resolve = "{HOST}:443:127.0.0.1"
resolve = "+{HOST}:80:127.0.0.1"
connect-to = "{ADDRESS}:443:127.0.0.1:443"
"""

ENVIRONMENT = {"KEY": DEMO_KEYS["viewer"], "TRADER": DEMO_KEYS["trader"], "API": API}


#: Status, headers and body of an answer.
Canned = tuple[int, dict[str, str], str]


@dataclass(frozen=True)
class Case:
    """A command and what it finds.

    Attributes:
        command: a line; `$API`, `$KEY` and `$TRADER` stand for the address and for keys, as in a shell.
        stdin: its standard input.
        files: the files in its folder.
        canned: path → answers that the server gives in turn instead of its own: status, headers, body.
        acts: what is done to the world before: the method's name and its arguments.
        slow: seconds that an answer takes, if not the usual milliseconds.
    """

    command: str
    stdin: str = ""
    files: dict[str, str] = field(default_factory=dict)
    canned: dict[str, list[Canned]] = field(default_factory=dict)
    acts: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    slow: float = 0

    @property
    def argv(self) -> list[str]:
        """The words of the command, as a shell would hand them over."""
        line = re.sub(r"\$([A-Z]+)", lambda found: ENVIRONMENT[found[1]], self.command)
        return shlex.split(line)

    def world(self) -> World:
        """A fresh world, with the acts done."""
        world = World(7)
        for name, arguments in self.acts:
            getattr(world, name)(*arguments)
        return world


class Answers:
    """Who answers a case's requests, for the recorder's server and for the replay."""

    def __init__(self, case: Case) -> None:
        self._canned = {path: list(answers) for path, answers in case.canned.items()}

    def __call__(self, world: World, request: Request) -> Response:
        """The next canned answer for the path; the last is given again; else the simulation's own."""
        canned = self._canned.get(request.path)
        if not canned:
            return handle(world, request)
        status, headers, body = canned.pop(0) if len(canned) > 1 else canned[0]
        return Response(status, headers, "" if request.method == "HEAD" else body)


BUSY: Canned = (503, {}, "busy\n")
FINE: Canned = (200, {}, "fine\n")
MOVED: Canned = (302, {"Location": "/health?moved=1"}, "moved\n")

CASES = (
    # The answer, and what is said of it.
    Case("curl $API/health"),
    Case("curl -i $API/simulator/clock"),
    Case("curl -I $API/simulator/clock"),
    Case("curl -v $API/simulator/clock"),
    Case("curl -s -H 'Authorization: Bearer $KEY' $API/api/v1/system/status"),
    Case("curl -si -H 'Authorization: Bearer $KEY' $API/api/v1/agents/status"),
    Case("curl -H 'Authorization: Bearer ' $API/api/v1/system/status"),
    Case("curl $API/v1/system/status"),
    Case("curl --oauth2-bearer $KEY -w '\\n%{http_code}\\n' $API/api/v1/system/status"),
    Case("curl -v --oauth2-bearer wrong $API/api/v1/risk/limits"),
    Case("curl -sv -u bob:secret $API/api/v1/bars"),
    Case("curl -sv https://u:p@api-dev.grandmodel.quantnova.com/x"),
    # Failing, or not.
    Case("curl $API/api/v1/orders"),
    Case("curl -f $API/api/v1/orders"),
    Case("curl -sf $API/api/v1/orders"),
    Case("curl -fsS $API/api/v1/orders"),
    Case("curl -fi $API/api/v1/orders"),
    Case("curl -vsf $API/api/v1/orders"),
    Case("curl --fail-with-body $API/api/v1/orders"),
    Case("curl -vs --fail-with-body $API/api/v1/orders"),
    Case("curl -f --fail-with-body $API/api/v1/orders"),
    Case("curl -f -o fail.json $API/api/v1/orders"),
    Case("curl --fail-with-body -so fail.json $API/api/v1/orders"),
    Case("curl -f $API/simulator/nope $API/simulator/clock"),
    Case("curl -i $API/health", acts=(("scale", ("api-gateway", 0)),)),
    Case("curl -fsS $API/health", acts=(("scale", ("api-gateway", 0)),)),
    # Hosts that are not there.
    Case("curl nosuch.invalid"),
    Case("curl -v nosuch.invalid"),
    Case("curl -s nosuch.invalid"),
    Case("curl -sS nosuch.invalid"),
    Case("curl -o x nosuch.invalid"),
    Case("curl localhost:1"),
    Case("curl -v http://127.0.0.1:1/"),
    Case("curl -v localhost:1"),
    Case("curl 'http://[::1]:1/'"),
    Case("curl http://api-dev.grandmodel.quantnova.com/health"),
    Case("curl api-dev.grandmodel.quantnova.com/health"),
    Case("curl --proto-default https localhost:1"),
    Case("curl ftp://localhost/x"),
    Case("curl foo://bar"),
    Case(f"curl https://{ADDRESS}/simulator/nope"),
    Case(f"curl -k https://{ADDRESS}/simulator/nope"),
    Case("curl --cacert nofile $API/health"),
    Case("curl nosuch.invalid $API/simulator/nope"),
    Case("curl $API/simulator/nope nosuch.invalid"),
    Case("curl --fail-early nosuch.invalid $API/simulator/nope"),
    # What is not a URL.
    Case("curl ''"),
    Case("curl http://"),
    Case("curl '$API/a b'"),
    Case("curl http://localhost:99999/"),
    Case("curl http://localhost:abc/"),
    Case("curl /simulator/clock"),
    Case("curl -- -x"),
    Case("curl https:/api-dev.grandmodel.quantnova.com/simulator/nope"),
    Case("curl -sv '$API/a/../b/./c?x=y#frag'"),
    Case("curl -s --path-as-is $API/a/../b"),
    # Patterns.
    Case("curl -s '$API/simulator/{clock,desk}'"),
    Case("curl '$API/simulator/[1-3]'"),
    Case("curl -s -w '%{urlnum} %{url}\\n' -o /dev/null -o /dev/null '$API/[001-003]' '$API/{x,y,}'"),
    Case("curl -s -w ' %{url}\\n' '$API/[a-e:2]' '$API/[0-10:5]'"),
    Case("curl -s -o 'f_#1_#2' '$API/{a,b}/[1-2]'"),
    Case("curl -s '$API/\\{a\\}'"),
    Case("curl -gs '$API/{a}[b]'"),
    Case("curl '$API/[]'"),
    Case("curl \"$API/api/v1/query?query=cpu_usage{job='strategic-marl'}\""),
    Case("curl \"$API/api/v1/query?query=rate(cpu_usage{job='strategic-marl'}[5m])\""),
    Case("curl '$API/api/v1/query?query=rate(cpu_usage[5m])'"),
    Case("curl -sS '$API/[5m]'"),
    Case("curl -s '$API/[5m]'"),
    *(
        Case(f"curl '$API/{pattern}'")
        for pattern in (
            "x{a",
            "x}a",
            "a]b",
            "{}",
            "{a}{}",
            "{a}}",
            "{a{b}}",
            "{a]b}",
            "{a}{b}{c}]",
            "{abc}x[1-2]y{z",
            "[z-a]",
            "[a-c",
            "[a-c:0]",
            "[a-Z]",
            "[1-3",
            "[1-a]",
            "[-3]",
            "[3-1]",
            "[1-10:0]",
            "[1-1:2]",
            "[1-99999999999999999999]",
            "{a,b}[1-99999999]{a,b}[1-999999999999]",
        )
    ),
    # Bodies and queries.
    Case("curl -d a=b $API/api/v1/orders -H 'Authorization: Bearer $TRADER'"),
    Case("curl -sv -X POST -d a=b $API/simulator/advance"),
    Case("curl -v -X POST -d a=b $API/simulator/nope"),
    Case("curl -sv --json '{\"bars\": 1}' $API/simulator/advance"),
    Case("curl -sv --json '{\"bars\": 1}' -H 'Accept: text/plain' $API/simulator/advance"),
    Case("curl -s --json @b.json $API/simulator/advance", files={"b.json": '{"seconds": 60}\n'}),
    Case("curl -s --json '{\"seconds\":' --json 5} $API/simulator/advance"),
    Case("curl -s --json @- $API/simulator/advance", stdin='{"seconds": 5}\n'),
    Case("curl -sv -d @- -H 'Content-Type: application/json' $API/simulator/advance", stdin='{"seconds":\n 5}\n'),
    Case("curl -s -d '' $API/simulator/advance"),
    Case("curl -sv -d a=1 -d b=2 --data-urlencode 'c=d e' --data-urlencode '=x&y' --data-urlencode p/q $API/x"),
    Case("curl -sv -d @b --data-binary @b --data-raw @b $API/x", files={"b": "one\ntwo\n"}),
    Case("curl -sv --data-urlencode @b --data-urlencode n@b $API/x", files={"b": "a b&ü\n"}),
    Case("curl -d @nofile $API/simulator/clock"),
    Case("curl --json @nofile $API/simulator/clock"),
    Case("curl --data-urlencode @nofile $API/simulator/clock"),
    Case("curl -s -d @nofile $API/simulator/clock"),
    Case("curl -G -d symbol=ES -d limit=2 -H 'Authorization: Bearer $KEY' $API/api/v1/bars"),
    Case("curl -sGv --data-urlencode 'query=cpu_usage{job=\"strategic-marl\"}[5m]' $API/api/v1/query"),
    Case("curl -s -G -d a=1 -w ' %{url_effective}' '$API/x?q=1#f'"),
    Case("curl -sGv -d 'a=%2Fü' -d B '$API/x%2Fy?z=%2F'"),
    Case("curl -sv --url-query 'ü=ö/?' --url-query =/ --url-query 'a b' $API/x"),
    Case("curl -sv '$API/ü?q=ü&r=%C3%BC'"),
    Case("curl -s --url-query 'a=b c' --url-query '+raw=%20' -w ' %{url_effective}' '$API/x?q=1'"),
    Case("curl -I -d a=b $API/simulator/clock"),
    Case("curl -sI -d a=b $API/simulator/clock"),
    Case("curl -X DELETE $API/api/v1/orders/O-000001 -H 'Authorization: Bearer $TRADER'"),
    Case("curl -sv -X PUT -d '{}' $API/api/v1/risk/limits/leverage"),
    Case("curl -si -X OPTIONS $API/simulator/clock"),
    Case("curl -v -X GET $API/simulator/clock"),
    # Headers.
    Case("curl -sv -H 'Host: x.y' -H Accept: -H 'X-Empty;' -H 'X-A:  b' -H noColon -A me -e ref -b c=d $API/x"),
    Case("curl -sv -H 'User-Agent: u' -A me -H 'Content-Type: application/json' -d {} $API/x"),
    Case("curl -sv -A '' --compressed $API/x"),
    Case("curl -sv -H @h $API/x", files={"h": "X-One: 1\nX-Two: 2\n"}),
    Case("curl -H @nofile $API/simulator/nope"),
    Case("curl -D - -s $API/simulator/clock"),
    Case("curl -D h.txt -s $API/simulator/clock"),
    # Files and the meter.
    Case("curl -o out.json $API/simulator/clock"),
    Case("curl -O $API/simulator/clock"),
    Case("curl -sO $API/simulator/clock"),
    Case("curl -O $API/simulator/"),
    Case("curl -sO $API"),
    Case("curl -o a -o b $API/simulator/nope"),
    Case("curl -so a $API/simulator/clock $API/simulator/nope"),
    Case("curl -s --remote-name-all $API/aa $API/bb"),
    Case("curl --no-progress-meter -o x $API/simulator/clock"),
    Case("curl -o empty.txt -X OPTIONS $API/simulator/clock"),
    Case("curl -d a=b -o p.json $API/simulator/advance"),
    Case("curl -o d1/d2/x $API/simulator/clock"),
    Case("curl -so d1/d2/x $API/simulator/clock"),
    Case("curl -sS --create-dirs -o d1/d2/x $API/simulator/clock"),
    Case("curl -sSO --output-dir nowhere $API/simulator/clock"),
    Case("curl -vso /dev/null '$API/simulator/{clock,nope}'"),
    Case("curl -iso x $API/simulator/clock"),
    # -w
    Case("curl -so /dev/null -w '%{http_code}\\n' $API/health"),
    Case(
        "curl -so /dev/null -w '%{http_code} %{nope} \\t%{size_download}\\x %% %{exitcode}[%{errormsg}] "
        "%{num_connects} %{scheme} %{http_version} %{method} %{filename_effective} %{num_headers} %{size_header} "
        "%{size_request}\\r\\n' $API/simulator/clock"
    ),
    Case("curl -so /dev/null -w '%header{content-type} [%header{nope}] %{content_type} %{referer}' $API/health"),
    Case("curl -so /dev/null -w '%{header_json}' $API/health"),
    Case("curl -so /dev/null -w '%{time_total} %{time_connect} %{num_redirects}' $API/health"),
    Case("curl -w '%{http_code} %{onerror}bad %{stderr}err %{stdout}out %{exitcode} %{errormsg}\\n' nosuch.invalid"),
    Case("curl -sw '%{onerror}bad' $API/simulator/nope"),
    Case("curl -sw 'abc%{unclosed \\r\\n\\q%z' $API/simulator/nope"),
    Case("curl -sw @form $API/simulator/nope", files={"form": " %{http_code}\\n"}),
    Case("curl -s -w 1 -w 2 $API/simulator/nope"),
    # Limits and retries.
    Case("curl -m 0.5 $API/health", slow=1.0),
    Case("curl -sS -m 0.5 -w '%{http_code}' $API/health", slow=1.0),
    Case("curl --retry 1 $API/r", canned={"/r": [BUSY, FINE]}),
    Case("curl -s --retry 1 $API/r", canned={"/r": [BUSY, FINE]}),
    Case("curl --retry 1 -f $API/r", canned={"/r": [BUSY]}),
    Case("curl --retry 2 --retry-delay 1 $API/r", canned={"/r": [(429, {"Retry-After": "1"}, "slow\n")]}),
    Case("curl --retry 1 -o x $API/r", canned={"/r": [BUSY, FINE]}),
    Case("curl --retry 1 $API/simulator/nope"),
    Case("curl --retry 1 --retry-all-errors -f $API/simulator/nope"),
    Case("curl --retry 1 --retry-connrefused http://localhost:1/"),
    Case("curl --retry 1 http://localhost:1/"),
    Case("curl --retry 1 nosuch.invalid"),
    # Redirects.
    Case("curl -i $API/old", canned={"/old": [MOVED]}),
    Case("curl -sL -w ' %{num_redirects} %{url_effective} %{num_connects}' $API/old", canned={"/old": [MOVED]}),
    Case("curl -s -w ' %{num_redirects} %{redirect_url}' $API/old", canned={"/old": [MOVED]}),
    Case("curl -sLi $API/old", canned={"/old": [MOVED]}),
    Case("curl -sLv $API/old", canned={"/old": [MOVED]}),
    Case("curl -sL -d a=b -w ' %{method}' $API/old", canned={"/old": [MOVED]}),
    Case("curl -sL -d a=b $API/old", canned={"/old": [(307, {"Location": "/simulator/clock"}, "")]}),
    Case("curl -sSL --max-redirs 2 $API/old", canned={"/old": [(301, {"Location": "/old"}, "")]}),
    Case("curl -sSL $API/old", canned={"/old": [(301, {"Location": "http://nosuch.invalid/"}, "")]}),
    # Options that cannot be read.
    Case("curl"),
    Case("curl -s"),
    Case("curl -"),
    Case("curl --nope $API"),
    Case("curl -s9 $API"),
    Case("curl -d"),
    Case("curl --max-time"),
    Case("curl --max-time x $API"),
    Case("curl --max-time -1 $API"),
    Case("curl --retry -1 $API"),
    Case("curl --retry x $API"),
    Case("curl --max $API"),
    Case("curl --o x $API"),
    Case("curl --silent=1 $API"),
    Case("curl --no-output x $API"),
    Case("curl -m5 -osx --no-silent --no-progress-meter $API/simulator/nope"),
    Case("curl --no-buffer --no-keepalive -sN4k $API/simulator/nope"),
    Case("curl -sLiv -X POST -d q $API/old", canned={"/old": [MOVED]}),
    Case("curl -sLI $API/old", canned={"/old": [MOVED]}),
    Case("curl -sL $API/a/old", canned={"/a/old": [(301, {"Location": "new?x"}, "")], "/a/new": [FINE]}),
    Case("curl -sL -u a:b -sv $API/old", canned={"/old": [(303, {"Location": "http://nosuch.invalid/x"}, "")]}),
    Case("curl --connect-timeout 5 --url $API/simulator/nope --basic -u a:b"),
    Case("curl -sw '%{json' --request PATCH --data {} $API/simulator/nope"),
    Case("curl -I $API/api/v1/orders $API/simulator/nope"),
    Case("curl -fI $API/api/v1/orders"),
    Case("curl -D h -fs $API/api/v1/orders"),
    Case("curl -sD h -o b $API/simulator/nope"),
    Case("curl -o - $API/simulator/nope"),
    Case("curl -sS -o /dev/stderr $API/simulator/nope"),
    Case("curl -s -o a -O $API/simulator/nope $API/simulator/nope"),
    Case("curl -s --retry 2 --retry-max-time 1 $API/r", canned={"/r": [BUSY]}),
    Case("curl -sLv -d q $API/old", canned={"/old": [MOVED]}),
    Case("curl -sLv -d q $API/old", canned={"/old": [(307, {"Location": "/health"}, "")]}),
    Case("curl -sLv -H 'Authorization: x' $API/old", canned={"/old": [(302, {"Location": "//nosuch.invalid"}, "")]}),
    Case("curl -sLv $API/old", canned={"/old": [(302, {"Location": "http://nosuch.invalid?a b"}, "moved")]}),
    Case("curl --no-buf -s $API/simulator/nope"),
    Case("curl -sLw '%{url_effective}' $API/a/b?c", canned={"/a/b": [(302, {"Location": "?d e"}, ""), FINE]}),
    Case("curl -sLw '%{url_effective}' $API/a/b", canned={"/a/b": [(302, {"Location": "x y?d e#f"}, "")]}),
    Case("curl -sLw '%{url_effective}' $API/a/b", canned={"/a/b": [(302, {"Location": "../x/./y"}, "")]}),
    Case("curl -sLw '%{url_effective}' -e ref $API/a/b", canned={"/a/b": [(302, {"Location": "https:nosuch"}, "")]}),
    Case("curl -s $API/x#frag -w '%{url_effective} %{url}'"),
    Case("curl -sS $API:443/simulator/nope -w ' %{url_effective}'"),
    Case("curl -svk https://localhost:1 https://127.0.0.1:2"),
    Case("curl -sS https://no.such.invalid:8443/x?y -w '%{url_effective} %{scheme} %{http_version}|%{remote_port}|'"),
    Case("curl -vs nosuch.invalid localhost:1 $API/simulator/nope"),
    Case("curl -sSO $API/"),
    Case("curl -sS -o a -o b $API/simulator/nope"),
    Case("curl -sS --retry 1 -f $API/r", canned={"/r": [BUSY]}),
    Case("curl -fsS -o x $API/r", canned={"/r": [BUSY]}),
    Case("curl -fs -w '%{http_code} %{size_download} %{exitcode} %{errormsg}' $API/r", canned={"/r": [BUSY]}),
    Case("curl -G $API/simulator/nope"),
    Case("curl -sv --data-binary @b -H Content-Type: -H 'Content-Length: 1' $API/x", files={"b": "a"}),
    Case("curl -sv -X post -d x $API/x"),
    Case("curl -s -d 'ü' -w ' %{size_upload} %{size_request}' $API/x"),
    Case(
        "curl -s -H 'Authorization: Bearer $TRADER' --json '{\"symbol\": \"ES\"}' -w '%{http_code}' $API/api/v1/orders"
    ),
    Case(
        "curl -si -H 'Authorization: Bearer $TRADER' $API/api/v1/orders --json "
        '\'{"symbol": "ES", "side": "BUY", "quantity": 1}\''
    ),
    Case("curl -s '$API/{health,health,health,health,health,health,health,health,health,health,health}'"),
    Case("curl -s -o /dev/null -w '%{http_code} ' '$API/{health,simulator/clock,v1/system/status,api/v1/bars}'"),
    Case("curl --sil --SHOW-error --glob nosuch.invalid"),
)

#: Lines of `-v` about what the simulation has not: TLS, and the recorder's own entries in curl's cache of names.
_UNLIKE = re.compile(
    r"\* (?:ALPN|TLSv1|SSL connection|Server certificate|old SSL|Added .* DNS cache|RESOLVE |Hostname .* DNS cache"
    r"|Found bundle|Connecting to (?:hostname|port)| (?:CA|subject|start date|expire date|issuer|SSL certificate)).*\n"
    r"|[{}] \[\d+ bytes data\]\n"
)


def normalise(text: str) -> str:
    """What is left of curl's output when the parts are gone that differ from one run to the next.

    Both what was recorded and what our curl says goes through it: lines about TLS are left out; the address of this
    machine, port 443, becomes the API's; durations and speeds lose their numbers; of the progress meter, which is
    written several times over itself, the first and the last line of a transfer stay.
    """
    text = _UNLIKE.sub("", text)
    text = text.replace("127.0.0.1:443", f"{ADDRESS}:443").replace("(127.0.0.1) port 443", f"({ADDRESS}) port 443")
    text = re.sub(r"after \d+ (ms|milliseconds)", r"after N \1", text)
    text = re.sub(r"\d+\.\d{6}", "T", text)
    line = r"\r *\d+ +[\d.kM]+ +\d+ +[\d.kM]+ +\d+ +[\d.kM]+"
    text = re.sub(rf"({line}) +\d\S* +\d\S* +[-:\d]{{8}} +[-:\d]{{8}} +[-:\d]{{8}} +\d[\d.kM]*", r"\1 SPEED", text)
    return re.sub(rf"({line} SPEED)(?:{line} SPEED)+(?={line} SPEED)", r"\1", text)


def script_hash() -> str:
    """SHA-256 of this file: the records belong to exactly this script."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


class Server:
    """The simulated API behind a real socket."""

    def __init__(self, certificate: Path, key: Path) -> None:
        import ssl
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            asked = 0

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length).decode()
                host = (self.headers.get("Host") or "").partition(":")[0]
                first = curl_exchange.CONNECT + curl_exchange.HANDSHAKE
                first += 0 if host == ADDRESS else curl_exchange.LOOKUP
                outer.world.advance((curl_exchange.ANSWER + (0 if self.asked else first)) / 1000)
                self.asked += 1
                response = outer.answers(outer.world, Request.of(self.command, self.path, dict(self.headers), body))
                time.sleep(outer.slow)
                with contextlib.suppress(OSError):  # a curl that was impatient is gone
                    self.send_response_only(response.status)
                    self.send_header("Date", outer.world.now.strftime("%a, %d %b %Y %H:%M:%S GMT"))
                    for name, value in response.headers.items():
                        self.send_header(name, value)
                    content = response.body.encode()
                    if self.command != "HEAD":
                        self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)

            def __getattr__(self, name: str) -> Any:
                if name.startswith("do_"):  # whatever the method is called
                    return self.answer
                raise AttributeError(name)

            def log_message(self, *arguments: object) -> None:
                pass

        self.serve(CASES[0])
        server = ThreadingHTTPServer(("127.0.0.1", 443), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *arguments: None  # type: ignore[method-assign]
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def serve(self, case: Case) -> None:
        """Answer for this case from now on."""
        self.world, self.answers, self.slow = case.world(), Answers(case), case.slow


def on_a_terminal(argv: list[str], stdin: str, cwd: Path, home: Path) -> tuple[str, str, int]:
    """Run a command with a terminal for standard output; its two outputs and exit code."""
    import pty
    import tty

    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    pipes = {"stdin": subprocess.PIPE, "stdout": theirs, "stderr": subprocess.PIPE}
    process = subprocess.Popen(argv, cwd=cwd, env=environment, start_new_session=True, **pipes)  # type: ignore[call-overload]
    os.close(theirs)
    came: list[bytes] = []

    def listen() -> None:
        with contextlib.suppress(OSError):  # how the end of a terminal is told
            while piece := os.read(ours, 65536):
                came.append(piece)

    listener = threading.Thread(target=listen)
    listener.start()
    _, stderr = process.communicate(stdin.encode())
    listener.join()
    os.close(ours)
    return b"".join(came).decode(), stderr.decode(), process.returncode


def record() -> dict[str, Any]:
    curl = shutil.which("curl") or sys.exit("there is no curl here")
    version = subprocess.run([curl, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        certificate, key = home / "cert.pem", home / "key.pem"
        subprocess.run(
            shlex.split(
                f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={HOST} -addext subjectAltName=DNS:{HOST} "
                f"-keyout {key} -out {certificate}"
            ),
            check=True,
            capture_output=True,
        )
        (home / ".curlrc").write_text(CURLRC.format(certificate=certificate))
        server = Server(certificate, key)
        return {
            "script": script_hash(),
            "tool": version[0],
            "curlrc": CURLRC,
            "records": [_record(curl, server, case, home) for case in CASES],
        }


def _record(curl: str, server: Server, case: Case, home: Path) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(dir=home))
    for name, text in case.files.items():
        (folder / name).write_text(text)
    server.serve(case)
    stdout, stderr, code = on_a_terminal([curl, *case.argv[1:]], case.stdin, folder, home)
    return {
        **asdict(case),
        "stdout": normalise(stdout),
        "stderr": normalise(stderr),
        "code": code,
        "written": written(folder, case),
    }


def written(folder: Path, case: Case) -> dict[str, str]:
    """The files that were not there before, and what is in them."""
    found = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: path.read_bytes().decode() for name, path in found.items() if name not in case.files}


if __name__ == "__main__":
    TARGET.write_text(json.dumps(record(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
