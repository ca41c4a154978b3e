"""URLs as curl reads them: a scheme is guessed, dots in paths are followed, and what cannot be one is refused."""

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

from grandmodel_sim.commands.curl_options import encode

#: Schemes that the real curl speaks, with their ports. Only the first two can be answered here.
PORTS = {"http": 80, "https": 443, "ftp": 21, "ftps": 990, "ldap": 389, "ldaps": 636, "smtp": 25, "imap": 143}

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(/{1,3})")
_BAD_IN_HOST = re.compile(r"[\s/:#?!@{}\[\]\\$'\"^`*<>=;,]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_GUESSES = ("ftp", "ldap", "smtp", "imap")


class CurlError(Exception):
    """A transfer that fails, with curl's exit code and words."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def malformed() -> CurlError:
    """What curl says of anything that is not a URL."""
    return CurlError(3, "URL using bad/illegal format or missing URL")


@dataclass(frozen=True, slots=True)
class Url:
    """A URL in parts.

    Attributes:
        host: without brackets; an address of IPv6 may have colons.
        port: the scheme's own if none was given.
        path: begins with a slash.
        query: without the question mark; None if there was none.
        user: `name:password` if the URL carries them.
    """

    scheme: str
    host: str
    port: int
    path: str = "/"
    query: str | None = None
    fragment: str | None = None
    user: str | None = None
    port_given: bool = False

    @property
    def authority(self) -> str:
        """Host and, unless it is the scheme's own, port; as in a Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def target(self) -> str:
        """Path and query, as in a request line."""
        return self.path if self.query is None else f"{self.path}?{self.query}"

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port_given else ""
        user = f"{self.user}@" if self.user is not None else ""
        fragment = "" if self.fragment is None else f"#{self.fragment}"
        return f"{self.scheme}://{user}{host}{port}{self.target}{fragment}"

    def with_query(self, *parts: str) -> "Url":
        """With more of a query, joined by `&`. libcurl writes the hexadecimal digits of what it adds in lower case."""
        added = [re.sub("%[0-9A-Fa-f]{2}", lambda found: found[0].lower(), part) for part in parts]
        kept = [part for part in ((self.query or ""), *added) if part]
        return replace(self, query="&".join(kept)) if kept else self


def parse(text: str, as_it_is: bool = False, usual: str = "") -> Url:
    """Read a URL; without a scheme it is http, unless its host begins with the name of another.

    Args:
        text: as given.
        as_it_is: leave `.` and `..` in the path (`--path-as-is`).
        usual: the scheme of a URL without one (`--proto-default`).

    Raises:
        CurlError: 3 for what cannot be a URL, 1 for a scheme that curl does not speak.
    """
    if not text or re.search(r"[\x00-\x20\x7f]", text):
        raise malformed()
    found = _SCHEME.match(text)
    if found:
        scheme, rest = found[1].lower(), text[found.end() :]
        if scheme not in PORTS:
            raise CurlError(1, f'Protocol "{found[1]}" not supported or disabled in libcurl')
    else:
        rest = text
        scheme = usual.lower() or next((guess for guess in _GUESSES if text.lower().startswith(guess + ".")), "http")
    before, mark, fragment = rest.partition("#")
    place, _, query = before.partition("?")
    authority, slash, path = place.partition("/")
    user, at, address = authority.partition("@")
    host, port = _host_and_port(address if at else authority)
    path = _NOT_ASCII.sub(lambda found: quote(found[0], errors="surrogateescape").lower(), slash + path or "/")
    return Url(
        scheme,
        host,
        PORTS[scheme] if port is None else port,
        path if as_it_is else _without_dots(path),
        query if "?" in before else None,
        fragment if mark else None,
        unquote(user) if at else None,
        port is not None,
    )


def follow(url: Url, location: str) -> Url:
    """Where a Location header leads from `url`."""
    place, mark, query = location.strip().partition("?")
    location = place.replace(" ", "%20") + mark + query.replace(" ", "+")
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", location):
        return parse(location)
    base = str(replace(url, path="/", query=None, fragment=None)).removesuffix("/")
    if location.startswith("//"):
        return parse(f"{url.scheme}:{location}")
    if location.startswith("/"):
        return parse(base + location)
    if location.startswith("?"):
        return parse(base + url.path + location)
    return parse(base + url.path.rpartition("/")[0] + "/" + location)


def query_part(text: str) -> str:
    """One `--url-query`: `name=content` with the content encoded, or after `+` as it is."""
    if text.startswith("+"):
        return text[1:]
    name, mark, content = text.partition("=")
    return f"{name}={encode(content)}" if mark and name else encode(content if mark else text)


def _host_and_port(text: str) -> tuple[str, int | None]:
    bracketed = re.fullmatch(r"\[([0-9A-Fa-f:.]+)(?:%25[^\]]*)?\](?::(.*))?", text)
    if bracketed:
        host, port = bracketed[1], bracketed[2]
    else:
        host, colon, rest = text.partition(":")
        port = rest if colon else None
        if not host or _BAD_IN_HOST.search(unquote(host)):
            raise malformed()
    if not port:
        return host, None
    if not re.fullmatch(r"[0-9]{1,9}", port) or int(port) > 65535:
        raise malformed()
    return host, int(port)


def _without_dots(path: str) -> str:
    steps: list[str] = []
    parts = path.split("/")[1:]
    for index, step in enumerate(parts):
        last = index == len(parts) - 1
        if step == ".." and steps:
            steps.pop()
        if step in (".", ".."):
            if last:
                steps.append("")
        else:
            steps.append(step)
    return "/" + "/".join(steps)
