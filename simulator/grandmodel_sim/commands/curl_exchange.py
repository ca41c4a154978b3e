"""One request of curl's: who answers at which address, the bytes that go to and fro, and the virtual time that passes.

Nothing is encrypted and no packet is sent: `https` means that the listener is one that speaks TLS, and that its
certificate is for the name that was asked. `-k` therefore matters for an address that the certificate does not name,
and for nothing else.
"""

import base64
import re
from dataclasses import dataclass, field
from http import HTTPStatus

from grandmodel_sim.commands.curl_options import Options
from grandmodel_sim.commands.curl_url import CurlError, Url, follow, query_part
from grandmodel_sim.http import HOST, Request, Response, handle
from grandmodel_sim.world import World

VERSION = "7.88.1"

#: Virtual milliseconds that the parts of a request take: finding the address, connecting, TLS, the answer.
LOOKUP, CONNECT, HANDSHAKE, ANSWER = 2, 2, 6, 10

#: name → address, for those that can be found.
ADDRESSES = {HOST: "203.0.113.10", "localhost": "127.0.0.1", "ip6-localhost": "::1"}

#: Where something listens: (address, port) → the name in its certificate. Nothing runs on the learner's own machine.
LISTENERS = {("203.0.113.10", 443): HOST}

CONNECT_TIMEOUT = 300_000  # ms, curl's own
REDIRECTS = 50  # curl's own

_ADDRESS = re.compile(r"\d{1,3}(\.\d{1,3}){3}")
_DROPPED = ("authorization", "cookie")  # not sent on to another host
_NOT_VERIFIED = """\
SSL: no alternative certificate subject name matches target host name '{host}'
More details here: https://curl.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the web page mentioned above."""


@dataclass(slots=True)
class Message:
    """An answer as it came: status line and headers, and the body. `shown` is false for a redirect's body."""

    status: int
    headers: list[tuple[str, str]]
    body: str
    shown: bool = True

    @property
    def head(self) -> str:
        """Status line and headers with their line ends, the empty line too."""
        return "".join(f"{line}\r\n" for line in (*self.lines, ""))

    @property
    def lines(self) -> list[str]:
        """Status line and headers."""
        return [
            f"HTTP/1.1 {self.status} {_phrase(self.status)}".rstrip(),
            *(f"{name}: {value}" for name, value in self.headers),
        ]

    def header(self, name: str) -> str:
        """A header's value, its name in any case; empty if it is not there."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


@dataclass(slots=True)
class Exchange:
    """What is known of a transfer when it is over, for `-w`, `-i` and the files.

    Attributes:
        url: the last one that was asked.
        messages: the answers, in order; more than one if redirects were followed.
        times: name of `-w`'s variable → virtual milliseconds.
        verbose: the lines of `-v`.
    """

    url: Url
    method: str = "GET"
    messages: list[Message] = field(default_factory=list)
    times: dict[str, int] = field(default_factory=dict)
    verbose: list[str] = field(default_factory=list)
    connects: int = 0
    redirects: int = 0
    redirect_url: str = ""
    request_bytes: int = 0
    upload_bytes: int = 0
    address: str = ""
    port: int = 0
    elapsed: int = 0
    error: CurlError | None = None

    @property
    def last(self) -> Message | None:
        """The last answer."""
        return self.messages[-1] if self.messages else None


class Client:
    """The connections of one call of curl.

    Args:
        world: to ask; its time goes by.
        options: the command line.
        authority: the file of `--cacert` if it cannot be read.
    """

    def __init__(self, world: World, options: Options, authority: str = "") -> None:
        self.world = world
        self.options = options
        self.missing_authority = authority
        self._open: dict[tuple[str, int], int] = {}
        self._count = 0

    def transfer(self, url: Url) -> Exchange:
        """Ask for a URL, with whatever redirects follow; a failure is noted in `error`."""
        if self.options.queries or ("get" in self.options.on and self.options.body):
            more = [self.options.body or ""] if "get" in self.options.on else []
            url = url.with_query(*map(query_part, self.options.queries), *more)
        exchange = Exchange(url)
        body = None if "get" in self.options.on else self.options.body
        method = "HEAD" if "head" in self.options.on else "GET" if body is None else "POST"
        limit = self.options.counts.get("max-redirs", REDIRECTS)
        trusted = True  # with the passwords and cookies of the command line
        try:
            while True:
                self._ask(exchange, method, body, trusted)
                place = self._redirect(exchange)
                if place is None:
                    break
                if 0 <= limit <= exchange.redirects:
                    raise CurlError(47, f"Maximum ({limit}) redirects followed")
                exchange.redirects += 1
                exchange.times["redirect"] = exchange.elapsed
                ports = exchange.url.port, place.port
                if ports[0] != ports[1]:
                    exchange.verbose.append("* Clear auth, redirects to port from {} to {}\n".format(*ports))
                trusted = trusted and (place.host, *ports[1:]) == (url.host, url.port)
                exchange.url = place
                exchange.verbose.append(f"* Issue another request to this URL: '{place}'\n")
                status = exchange.messages[-1].status
                if (method == "POST" and status in (301, 302)) or (method != "HEAD" and status == 303):
                    if method == "POST":
                        exchange.verbose.append("* Switch from POST to GET\n")
                    method, body = "GET", None
        except CurlError as error:
            exchange.error = error
        exchange.times["total"] = exchange.elapsed
        return exchange

    def _redirect(self, exchange: Exchange) -> Url | None:
        message = exchange.messages[-1]
        location = message.header("location")
        if not 300 <= message.status < 400 or not location:
            return None
        place = follow(exchange.url, location)
        if not {"location", "location-trusted"} & self.options.on:
            exchange.redirect_url = str(place)
            return None
        message.shown = False
        return place

    def _ask(self, exchange: Exchange, method: str, body: str | None, trusted: bool) -> None:
        url, options, say = exchange.url, self.options, exchange.verbose.append
        number = self._connect(exchange)
        trusted = trusted or "location-trusted" in options.on
        method = options.values.get("request") or method
        headers = self._headers(exchange, body, trusted)
        lines = [f"{method} {url.target} HTTP/1.1", *(f"{name}:{value}" for name, value in headers), ""]
        for line in lines:
            say(f"> {line}\r\n")
        sent = (body or "").encode("utf-8", "surrogateescape")
        exchange.method = method
        exchange.request_bytes += sum(len(line.encode("utf-8", "surrogateescape")) + 2 for line in lines) + len(sent)
        exchange.upload_bytes = len(sent)
        exchange.times["starttransfer"] = exchange.elapsed + ANSWER
        # The request is on its way whether or not anybody waits for the answer.
        failure = self._wait(exchange, ANSWER, "Operation")
        joined: dict[str, str] = {}
        for name, value in headers:
            joined[name] = f"{joined[name]}, {value.strip()}" if name in joined else value.strip()
        request = Request.of(method, url.target, joined, body or "", host=url.host.rstrip(".").lower())
        message = self._receive(handle(self.world, request), method)
        if failure:
            self._close(exchange, number)
            raise failure
        exchange.messages.append(message)
        self._hear(exchange, message, number, has_body=body is not None)

    def _receive(self, response: Response, method: str) -> Message:
        headers = [("Date", self.world.now.strftime("%a, %d %b %Y %H:%M:%S GMT")), *response.headers.items()]
        if method != "HEAD":
            headers.append(("Content-Length", str(len(response.body.encode()))))
        return Message(response.status, headers, "" if method == "HEAD" else response.body)

    def _hear(self, exchange: Exchange, message: Message, number: int, has_body: bool) -> None:
        """The answer's lines of `-v`; an error for `-f`."""
        say = exchange.verbose.append
        follows = {"location", "location-trusted"} & self.options.on and 300 <= message.status < 400
        for line in message.lines:
            if follows and has_body and line.lower().startswith("location:"):
                say("* Please rewind output before next send\n")
            challenged = message.status == 401 and line.lower().startswith("www-authenticate: bearer")
            if challenged and "oauth2-bearer" in self.options.values:
                say("* Authentication problem. Ignoring this.\n")
            say(f"< {line}\r\n")
        failed = CurlError(22, f"The requested URL returned error: {message.status}")
        if message.status >= 400 and "fail" in self.options.on:
            say(f"* {failed.message}\n")
            self._close(exchange, number)
            message.shown = False
            raise failed
        say("< \r\n")
        if follows and message.header("location") and message.body:
            say("* Ignoring the response-body\n")
        say(f"* Connection #{number} to host {exchange.url.host} left intact\n")
        if message.status >= 400 and "fail-with-body" in self.options.on:
            raise failed

    def _connect(self, exchange: Exchange) -> int:
        """Open a connection, or take the one that is open; returns its number."""
        url, say = exchange.url, exchange.verbose.append
        place = (url.host.lower(), url.port)
        if place in self._open:
            number = self._open[place]
            say("* Can not multiplex, even if we wanted to\n")
            say(f"* Re-using existing connection #{number} with host {url.host}\n")
            for name in ("namelookup", "connect", "appconnect", "pretransfer"):
                exchange.times.setdefault(name, 0)
            exchange.address = exchange.address or self._address(url.host) or ""
            exchange.port = url.port
            return number
        number, self._count = self._count, self._count + 1
        try:
            self._reach(exchange, number)
        except CurlError as error:
            if error.code in (6, 7):
                say(f"* {error.message}\n")
            self._close(exchange, number)
            raise
        self._open[place] = number
        return number

    def _reach(self, exchange: Exchange, number: int) -> None:
        url, say = exchange.url, exchange.verbose.append
        address = self._address(url.host)
        is_name = address != url.host
        if is_name and url.host.lower() != "localhost":
            self._wait_or_fail(exchange, LOOKUP, "Resolving")
        exchange.times["namelookup"] = exchange.elapsed
        if address is None:
            raise CurlError(6, f"Could not resolve host: {url.host}")
        for one in (address, "::1") if url.host.lower() == "localhost" and not self._is_ipv4 else (address,):
            say(f"*   Trying {f'[{one}]' if ':' in one else one}:{url.port}...\n")
            if (one, url.port) in LISTENERS:
                address = one
                break
            say(f"* connect to {one} port {url.port} failed: Connection refused\n")
        else:
            took = exchange.elapsed
            raise CurlError(
                7, f"Failed to connect to {url.host} port {url.port} after {took} ms: Couldn't connect to server"
            )
        self._wait_or_fail(exchange, CONNECT, "Connection")
        say(f"* Connected to {url.host} ({address}) port {url.port} (#{number})\n")
        exchange.times["connect"] = exchange.elapsed
        exchange.address, exchange.port = address, url.port
        exchange.connects += 1
        if url.scheme != "https":
            # Every listener speaks TLS, and one that does hangs up on anything else.
            self._wait_or_fail(exchange, CONNECT, "Operation")
            raise CurlError(52, "Empty reply from server")
        if self.missing_authority:
            raise CurlError(77, f"error setting certificate file: {self.missing_authority}")
        self._wait_or_fail(exchange, HANDSHAKE, "Connection")
        exchange.times["appconnect"] = exchange.times["pretransfer"] = exchange.elapsed
        name = LISTENERS[address, url.port]
        if name != url.host.rstrip(".").lower() and "insecure" not in self.options.on:
            raise CurlError(60, _NOT_VERIFIED.format(host=url.host))
        say("* using HTTP/1.x\n")

    @property
    def _is_ipv4(self) -> bool:
        return "ipv4" in self.options.on

    @staticmethod
    def _address(host: str) -> str | None:
        if ":" in host or (_ADDRESS.fullmatch(host) and all(int(part) < 256 for part in host.split("."))):
            return host
        return ADDRESSES.get(host.lower().removesuffix("."))

    def _headers(self, exchange: Exchange, body: str | None, trusted: bool) -> list[tuple[str, str]]:
        """The request's headers in curl's order; values with the blank before them."""
        url, values = exchange.url, self.options.values
        custom = _custom(self.options, trusted)
        named = {name.lower() for name, _ in custom}
        given = named | _removed(self.options)
        headers: list[tuple[str, str]] = []

        def own(name: str, value: str | None) -> None:
            if value and name.lower() not in given:
                headers.append((name, f" {value}"))

        host = next((value for name, value in custom if name.lower() == "host"), None)
        if host is not None:
            headers.append(("Host", host))
        else:
            own("Host", url.authority)
        user = values.get("user") or url.user
        if trusted and "oauth2-bearer" in values:
            self._say_auth(exchange, "Bearer", "", "authorization" in given)
            own("Authorization", f"Bearer {values['oauth2-bearer']}")
        elif trusted and user is not None:
            name = user.partition(":")[0]
            self._say_auth(exchange, "Basic", name, "authorization" in given)
            pair = user if ":" in user else f"{user}:"
            own("Authorization", "Basic " + base64.b64encode(pair.encode("utf-8", "surrogateescape")).decode())
        own("User-Agent", values.get("user-agent", f"curl/{VERSION}"))
        own("Accept", "*/*")
        own("Accept-Encoding", "deflate, gzip, br, zstd" if "compressed" in self.options.on else None)
        own("Referer", values.get("referer"))
        if trusted:
            own("Cookie", values.get("cookie"))
        headers += [(name, value) for name, value in custom if name.lower() != "host"]
        if body is not None:
            own("Content-Length", str(len(body.encode("utf-8", "surrogateescape"))))
            own("Content-Type", "application/x-www-form-urlencoded")
        return headers

    @staticmethod
    def _say_auth(exchange: Exchange, scheme: str, user: str, replaced: bool) -> None:
        if not replaced:
            exchange.verbose.append(f"* Server auth using {scheme} with user '{user}'\n")

    # --- time ---

    def _wait_or_fail(self, exchange: Exchange, ms: int, what: str) -> None:
        failure = self._wait(exchange, ms, what)
        if failure:
            raise failure

    def _wait(self, exchange: Exchange, ms: int, what: str) -> CurlError | None:
        """Let virtual time go by, at most until the limit; returns the error of a limit that was reached."""
        limits = [self._limit("max-time")]
        if what != "Operation":
            limits.append(self._limit("connect-timeout") or CONNECT_TIMEOUT)
        limit = min((one for one in limits if one), default=None)
        if limit is None or exchange.elapsed + ms <= limit:
            self._pass(exchange, ms)
            return None
        self._pass(exchange, limit - exchange.elapsed)
        received = " with 0 bytes received" if what == "Operation" else ""
        return CurlError(28, f"{what} timed out after {limit} milliseconds{received}")

    def _pass(self, exchange: Exchange, ms: int) -> None:
        exchange.elapsed += ms
        self.world.advance(ms / 1000)

    def _limit(self, option: str) -> int:
        seconds = self.options.seconds.get(option, 0)
        return min(round(seconds * 1000), 10**12) or (1 if seconds else 0)  # a limit below 1 ms is still one

    def _close(self, exchange: Exchange, number: int) -> None:
        exchange.verbose.append(f"* Closing connection {number}\n")
        for place in [place for place, open_ in self._open.items() if open_ == number]:
            del self._open[place]


def _custom(options: Options, trusted: bool) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for line in options.headers:
        name, colon, value = line.partition(":")
        if colon and value.strip():
            found.append((name, value))
        elif not colon and line.rstrip().endswith(";"):
            found.append((line.rstrip()[:-1], ""))
    if options.is_json and "get" not in options.on:
        names = {line.partition(":")[0].lower() for line in options.headers}
        for name in ("Content-Type", "Accept"):
            if name.lower() not in names:
                found.append((name, " application/json"))
    return [(name, value) for name, value in found if trusted or name.lower() not in _DROPPED]


def _removed(options: Options) -> set[str]:
    """Names of `-H 'Name:'`, which take a header away."""
    parts = [line.partition(":") for line in options.headers]
    return {name.lower() for name, colon, value in parts if colon and not value.strip()}


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
