"""`curl`: the real tool's options, patterns, messages and exit codes (those of curl 7.88.1), asking the simulated API.

Where it differs from the real one:

- It reaches GrandModel's API at `https://api-dev.grandmodel.quantnova.com` and nothing else. Other names cannot be
  resolved (6), and nothing listens on the learner's own machine (7).
- The API speaks HTTP/1.1. Nothing is encrypted, and `-v` shows no lines about TLS; `-k` matters only for an address
  that the certificate does not name, such as `https://203.0.113.10`.
- A request takes 20 ms of virtual time, 10 ms on a connection that is already open. Waiting for a retry takes virtual
  time only.
- The real curl shows a progress meter when its output goes to a file or down a pipe. Here it is shown with `-o` and
  `-O`; a pipe or a redirection of the shell's cannot be told from the screen, and shows none.
- Header names of `-i` are never bold, for the same reason. `~/.curlrc` and proxies of the environment are not read.
- Files are read and written inside the learner's checkout only; `/dev/null`, `/dev/stdout` and `/dev/stderr` are there.
- Options of the real curl that this one does not have are refused by name (exit code 2).
"""

import os
import re
from collections.abc import Generator, Iterator

from grandmodel_sim.commands import curl_glob
from grandmodel_sim.commands.context import Chunk, Chunks, CommandContext
from grandmodel_sim.commands.curl_exchange import VERSION, Client, Exchange
from grandmodel_sim.commands.curl_options import TRY, OptionError, Options, Reader, Target, warning
from grandmodel_sim.commands.curl_output import METER_HEAD, Result, meter, write_out
from grandmodel_sim.commands.curl_url import CurlError, parse
from grandmodel_sim.world import LONGEST_ADVANCE

#: Answers after which `--retry` tries again.
TRANSIENT = (408, 429, 500, 502, 503, 504)
LONGEST_SLEEP = 600  # seconds between two tries, without --retry-delay

#: Halves of characters; nothing can be sent that has them.
_SURROGATES = re.compile("[\ud800-\udfff]")

HELP = """Usage: curl [options...] <url>
 -d, --data <data>          HTTP POST data; @FILE reads a file, @- standard input
     --data-urlencode <data>  HTTP POST data, URL encoded
     --json <data>          HTTP POST JSON
 -G, --get                  Put the data in the URL
 -X, --request <method>     Specify request method to use
 -H, --header <header>      Pass custom header
 -f, --fail                 Fail fast with no output on HTTP errors
     --fail-with-body       Fail on HTTP errors but save the body
 -g, --globoff              Disable URL sequences and ranges using {} and []
 -i, --include              Include protocol response headers in the output
 -I, --head                 Show document info only
 -k, --insecure             Allow insecure server connections
 -L, --location             Follow redirects
 -m, --max-time <seconds>   Maximum time allowed for transfer
 -o, --output <file>        Write to file instead of stdout
 -O, --remote-name          Write output to a file named as the remote file
     --retry <num>          Retry request if transient problems occur
 -s, --silent               Silent mode
 -S, --show-error           Show error even when -s is used
 -u, --user <user:password> Server user and password
 -v, --verbose              Make the operation more talkative
 -w, --write-out <format>   Use output FORMAT after completion
 -V, --version              Show version number and quit

These are the commonest options of the simulated curl.
"""

ABOUT = f"""curl {VERSION} (simulated)
Release-Date: 2023-02-20
Protocols: http https
"""


class Files:
    """The files that curl may see: those of the checkout, and three devices."""

    def __init__(self, context: CommandContext) -> None:
        self._context = context
        self._stdin = _SURROGATES.sub("\ufffd", context.stdin)

    def read(self, path: str) -> str:
        """A file's text; `-` is standard input, which can be read once.

        Raises:
            OSError: if it cannot be read.
        """
        if path == "-":
            text, self._stdin = self._stdin, ""
            return text
        with open(self._inside(path), encoding="utf-8", errors="surrogateescape", newline="") as file:
            return file.read()

    def exists(self, path: str) -> bool:
        """Whether there is such a file."""
        try:
            return os.path.isfile(self._inside(path))
        except OSError:
            return False

    def write(self, path: str, text: str, make_folders: bool) -> None:
        """Write a file anew.

        Raises:
            OSError: if it cannot be written.
        """
        place = self._inside(path)
        if make_folders:
            os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(text)

    def line(self) -> str:
        """One line of standard input."""
        line, _, self._stdin = self._stdin.partition("\n")
        return line

    def _inside(self, path: str) -> str:
        place, root = os.path.realpath(self._context.path(path)), os.path.realpath(self._context.root)
        if not place.startswith(root.rstrip("/") + "/"):
            raise PermissionError(
                13, f"Permission denied; the simulated curl sees files inside {self._context.root} only"
            )
        return place + ("/" if path.endswith("/") else "")


def run(context: CommandContext) -> Chunks:
    """Run one `curl` command line."""
    words = [_SURROGATES.sub("\ufffd", word) for word in context.argv[1:]]
    if not words:
        yield "stderr", TRY
        return 2
    files = Files(context)
    reader = Reader(files.read)
    try:
        options = reader.parse(words)
    except OptionError as error:
        yield "stderr", "".join((*reader.said, error.text))
        return error.code
    if reader.said:
        yield "stderr", "".join(reader.said)
    if "help" in options.on or "version" in options.on:
        yield "stdout", HELP if "help" in options.on else ABOUT
        return 0
    if not any(target.url is not None for target in options.targets):
        yield "stderr", f"curl: no URL specified!\n{TRY}"
        return 2
    user = options.values.get("user")
    if user is not None and ":" not in user:
        yield "stderr", f"Enter host password for user '{user}':\n"
        options.values["user"] = f"{user}:{files.line()}"
    return (yield from Run(context, options, files).all())


class Run:
    """All transfers of one command line."""

    def __init__(self, context: CommandContext, options: Options, files: Files) -> None:
        self.world = context.world
        self.options = options
        self.files = files
        authority = options.values.get("cacert", "")
        self.client = Client(context.world, options, "" if not authority or files.exists(authority) else authority)

    def all(self) -> Chunks:
        """Every URL in turn; the exit code is that of the last."""
        options, code = self.options, 0
        if options.body is not None and {"head"} & options.on and "get" not in options.on:
            if not options.silent:
                both = "You asked for both POST (-d, --data) and HEAD (-I, --head)."
                yield "stderr", warning(f"You can only select one HTTP request method! {both}")
            return 2
        yield from self._about_the_method()
        first = True
        for number, target in enumerate(options.targets):
            if target.url is None:
                continue
            try:
                pattern = curl_glob.plain(target.url) if "globoff" in options.on else curl_glob.parse(target.url)
            except curl_glob.GlobError as error:
                yield from self._error(CurlError(3, str(error)))
                return 3
            for url, chosen in pattern:
                if not first:
                    yield "wait", "0"  # so that a thousand URLs can be interrupted
                first = False
                code = yield from self._one(target, url, chosen, number)
                if code and ("fail-early" in options.on or code == 2):
                    return code
        if any(target.url is None for target in options.targets) and not options.silent:
            yield "stderr", warning("Got more output options than URLs")
        return code

    def _about_the_method(self) -> Iterator[Chunk]:
        options = self.options
        method = options.values.get("request", "")
        posts = options.body is not None and "get" not in options.on
        usual = "HEAD" if "head" in options.on else "POST" if posts else "GET"
        if options.silent:
            return
        if method.upper() == usual and "verbose" in options.on:
            yield "stderr", f"Note: Unnecessary use of -X or --request, {usual} is already inferred.\n"
        elif method.upper() == "HEAD" and usual != "HEAD":
            text = "Setting custom HTTP method to HEAD with -X/--request may not work the way you want."
            yield "stderr", warning(f"{text} Consider using -I/--head instead.")

    def _one(self, target: Target, url: str, chosen: tuple[str, ...], number: int) -> Chunks:
        """One URL, with its retries, file and `-w`."""
        options = self.options
        output = _file_name(target, url, chosen)
        if output == "":
            if not options.silent:
                yield "stderr", "curl: Remote file name has no length!\n"
            yield from self._error(CurlError(23, "Failed writing received data to disk/application"))
            return 23
        if output is not None and options.values.get("output-dir"):
            output = f"{options.values['output-dir'].rstrip('/')}/{output}"
        to_file = output is not None and output != "-"
        shows_meter = to_file and not options.silent and "no-progress-meter" not in options.on
        if shows_meter:
            yield "stderr", METER_HEAD
        scheme = options.values.get("proto-default", "")
        left, pause = options.counts.get("retry", 0), options.counts.get("retry-delay", 0) or 1
        began = self.world.now_ms
        while True:
            try:
                exchange = self.client.transfer(parse(url, "path-as-is" in options.on, scheme))
            except CurlError as refused:
                yield from self._error(refused)
                return refused.code
            if shows_meter:
                yield "stderr", meter()
            if "verbose" in options.on:
                yield "stderr", "".join(exchange.verbose)
            shown, received = self._shown(exchange)
            error = (yield from self._deliver(output, shown, exchange)) or exchange.error
            if shows_meter and exchange.last:
                total = int(exchange.last.header("content-length") or 0)
                yield "stderr", meter(total, received, exchange.upload_bytes, exchange.elapsed) + "\n"
            if error:
                yield from self._error(error)
            retry = self._retry(exchange, error, left, began, pause)
            if retry is None:
                break
            reason, seconds = retry
            if not options.silent:
                yield "stderr", warning(f"Problem {reason}. Will retry in {seconds} seconds. {left} retries left.")
                if to_file and received:
                    yield "stderr", f"Throwing away {received} bytes\n"
            left -= 1
            self.world.advance(seconds)
            yield "wait", "0"
            if not options.counts.get("retry-delay"):
                pause = min(2 * pause, LONGEST_SLEEP)
        code = error.code if error else 0
        form = options.values.get("write-out", "")
        if form:
            result = Result(
                exchange,
                url,
                number,
                output if to_file and output else "",
                received,
                options.values.get("referer", ""),
                code,
                error.message if error else "",
            )
            yield from write_out(form, result)
        return code

    def _shown(self, exchange: Exchange) -> tuple[str, int]:
        """What goes to the file or the screen, and how many bytes of it are a body."""
        heads = bool({"include", "head"} & self.options.on)
        text = "".join(
            (message.head if heads else "") + (message.body if message.shown else "") for message in exchange.messages
        )
        return text, sum(len(message.body.encode()) for message in exchange.messages if message.shown)

    def _deliver(self, output: str | None, text: str, exchange: Exchange) -> Generator[Chunk, None, CurlError | None]:
        """Write what came where it belongs; returns the error if it cannot be written."""
        dump = self.options.values.get("dump-header")
        heads = "".join(message.head for message in exchange.messages)
        failed = False
        if dump is not None and heads:
            failed |= yield from self._put(dump, heads)
        if text or (output is not None and exchange.error is None):
            failed |= yield from self._put(output or "-", text)
        return CurlError(23, "Failure writing output to destination") if failed else None

    def _put(self, path: str, text: str) -> Generator[Chunk, None, bool]:
        """Write to a file or a stream; returns whether that failed."""
        if path in ("-", "/dev/stdout", "/dev/stderr"):
            if text:
                yield "stderr" if path == "/dev/stderr" else "stdout", text
        elif path != "/dev/null":
            try:
                self.files.write(path, text, "create-dirs" in self.options.on)
            except OSError as error:
                if not self.options.silent:
                    yield "stderr", warning(f"Failed to open the file {path}: {error.strerror}")
                return True
        return False

    def _retry(
        self, exchange: Exchange, error: CurlError | None, left: int, began: int, pause: int
    ) -> tuple[str, int] | None:
        """Why and after how many seconds to try again; None if it is over."""
        options, status = self.options, exchange.last.status if exchange.last else 0
        reason, seconds = "", pause
        if error and error.code in (6, 28):
            reason = ": timeout"
        elif error and error.code == 7 and "retry-connrefused" in options.on:
            reason = ": connection refused"
        elif (error is None or error.code == 22) and status in TRANSIENT:
            reason = ": HTTP error"
            after = exchange.last.header("retry-after") if exchange.last else ""
            seconds = int(after) if re.fullmatch(r"[1-9]\d{0,5}", after) else pause
        elif error and "retry-all-errors" in options.on:
            reason = "(retrying all errors)"
        longest = options.counts.get("retry-max-time", 0) * 1000
        passed = self.world.now_ms - began
        if not reason or not left or (longest and passed >= longest):
            return None
        return reason, min(seconds, LONGEST_ADVANCE)

    def _error(self, error: CurlError) -> Iterator[Chunk]:
        if self.options.shows_errors:
            yield "stderr", f"curl: ({error.code}) {error.message}\n"


def _file_name(target: Target, url: str, chosen: tuple[str, ...]) -> str | None:
    """Where a body goes: None for standard output, empty for `-O` with a URL that ends in a slash."""
    if target.remote_name:
        place = re.split(r"[?#]", re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*:/{1,3}", "", url), maxsplit=1)[0]
        return place.rpartition("/")[2] if "/" in place else ""
    if target.output is None:
        return None

    def pick(found: re.Match[str]) -> str:
        index = int(found[1])
        return chosen[index - 1] if 1 <= index <= len(chosen) else found[0]

    return re.sub(r"#(\d+)", pick, target.output)
