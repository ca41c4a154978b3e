"""What curl writes beside the answer: the progress meter, and the text of `-w`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from grandmodel_sim.commands.curl_exchange import VERSION, Exchange

METER_HEAD = (
    "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
    "                                 Dload  Upload   Total   Spent    Left  Speed\n"
)

_NOT_KNOWN = "--:--:--"
_TIMES = ("appconnect", "connect", "namelookup", "pretransfer", "redirect", "starttransfer", "total")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def meter(total: int = 0, received: int = 0, sent: int = 0, ms: int = 0) -> str:
    """One line of the progress meter, which overwrites the one before; no transfer here lasts a second.

    Args:
        total: bytes that the answer's body has.
        received: bytes of it that came.
        sent: bytes of the request's body.
        ms: virtual milliseconds that it took.
    """
    whole, so_far = total + sent, received + sent
    percent = [100 * part // all_ if all_ else 0 for part, all_ in ((so_far, whole), (received, total), (sent, sent))]
    down, up = ((1000 * size // ms if ms else 0) for size in (received, sent))
    return (
        f"\r{percent[0]:3d} {_five(whole)}  {percent[1]:3d} {_five(received)}  {percent[2]:3d} {_five(sent)}"
        f"  {_five(down)}  {_five(up)} {_NOT_KNOWN} {_NOT_KNOWN} {_NOT_KNOWN} {_five(down + up)}"
    )


def _five(size: int) -> str:
    """A number of bytes in five characters."""
    if size < 100_000:
        return f"{size:5d}"
    if size < 10_000 * 1024:
        return f"{size // 1024:4d}k"
    return f"{size // 1024**2:2d}.{size % 1024**2 * 10 // 1024**2:d}M"


@dataclass(frozen=True, slots=True)
class Result:
    """A finished transfer, as `-w` speaks of it.

    Attributes:
        asked: the URL as it was given, patterns filled in.
        number: which of the URLs, from 0.
        output: the file that was written; empty for standard output.
        received: bytes of the body.
        referer: of `-e`.
    """

    exchange: Exchange
    asked: str
    number: int
    output: str
    received: int
    referer: str
    code: int
    message: str

    def values(self) -> dict[str, str | int | float | None]:
        """Name of a variable → its value: None for a text that there is not, a float for seconds."""
        exchange = self.exchange
        last = exchange.last
        down, up = (
            1000 * size // exchange.elapsed if exchange.elapsed else 0
            for size in (self.received, exchange.upload_bytes)
        )
        status = last.status if last else 0
        return {
            "certs": "",
            "content_type": (last.header("content-type") if last else "") or None,
            "errormsg": self.message or None,
            "exitcode": self.code,
            "filename_effective": self.output or None,
            "ftp_entry_path": None,
            "http_code": status,
            "http_connect": 0,
            "http_version": "1.1" if last else "0",
            "local_ip": "127.0.0.1" if exchange.address.startswith("127.") else "10.0.0.15" if exchange.address else "",
            "local_port": 40_000 + self.number if exchange.address else 0,
            "method": exchange.method,
            "num_certs": 0,
            "num_connects": exchange.connects,
            "num_headers": len(last.headers) if last else 0,
            "num_redirects": exchange.redirects,
            "proxy_ssl_verify_result": 0,
            "redirect_url": exchange.redirect_url or None,
            "referer": self.referer or None,
            "remote_ip": exchange.address,
            "remote_port": exchange.port,
            "response_code": status,
            "scheme": exchange.url.scheme.upper() if exchange.address else None,
            "size_download": self.received,
            "size_header": sum(len(message.head.encode()) for message in exchange.messages),
            "size_request": exchange.request_bytes,
            "size_upload": exchange.upload_bytes,
            "speed_download": down,
            "speed_upload": up,
            "ssl_verify_result": 0,
            **{f"time_{name}": exchange.times.get(name, 0) / 1000 for name in _TIMES},
            "url": self.asked,
            "url_effective": str(exchange.url),
            "urlnum": self.number,
        }


def write_out(form: str, result: Result) -> Iterator[tuple[str, str]]:
    """The text of `-w FORMAT`, in pieces with the stream of each."""
    stream, at, values = "stdout", 0, result.values()
    while at < len(form):
        letter, following = form[at], form[at + 1 : at + 2]
        if letter == "\\" and following:
            yield stream, _ESCAPES.get(following, "\\" + following)
            at += 2
        elif letter == "%" and following == "%":
            yield stream, "%"
            at += 2
        elif letter == "%" and form.startswith("%header{", at) and "}" in form[at:]:
            end = form.index("}", at)
            last = result.exchange.last
            yield stream, last.header(form[at + 8 : end]) if last else ""
            at = end + 1
        elif letter == "%" and following == "{" and "}" in form[at:]:
            end = form.index("}", at)
            name = form[at + 2 : end]
            at = end + 1
            if name == "onerror":
                if not result.code:
                    return
            elif name in ("stderr", "stdout"):
                stream = name
            elif name == "json":
                yield stream, _json(values)
            elif name == "header_json":
                yield stream, _headers(result.exchange)
            elif name in values:
                yield stream, _text(name, values[name])
            else:
                yield "stderr", f"curl: unknown --write-out variable: '{name}'\n"
        else:
            yield stream, letter
            at += 1


def _text(name: str, value: str | int | float | None) -> str:
    if name in ("http_code", "response_code", "http_connect"):
        return f"{value:03d}"
    if isinstance(value, float):
        return f"{value:.6f}"
    return "" if value is None else str(value)


def _json(values: dict[str, str | int | float | None]) -> str:
    parts = [
        f'"{name}":{f"{value:.6f}" if isinstance(value, float) else json.dumps(value)}'
        for name, value in values.items()
    ]
    return "{" + ",".join((*parts, f'"curl_version":"libcurl/{VERSION}"')) + "}"


def _headers(exchange: Exchange) -> str:
    """`%{header_json}`: names in lower case, each with all of its values."""
    found: dict[str, list[str]] = {}
    for name, value in exchange.last.headers if exchange.last else ():
        found.setdefault(name.lower(), []).append(value)
    pairs = [f"{json.dumps(name)}:{json.dumps(values, separators=(',', ':'))}" for name, values in found.items()]
    return "{" + ",\n".join(pairs) + "\n}"
