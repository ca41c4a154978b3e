"""curl's command line: which options there are, what they take, and what curl says of those that it cannot read."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from grandmodel_sim.commands.curl_real import REAL_OPTIONS

TRY = "curl: try 'curl --help' or 'curl --manual' for more information\n"

#: Switches: long name → its letter. `--no-NAME` turns them off.
SWITCHES = {
    "basic": "",
    "buffer": "",
    "compressed": "",
    "create-dirs": "",
    "disable": "q",
    "fail": "f",
    "fail-early": "",
    "fail-with-body": "",
    "get": "G",
    "globoff": "g",
    "head": "I",
    "help": "h",
    "http1.1": "",
    "include": "i",
    "insecure": "k",
    "ipv4": "4",
    "keepalive": "",
    "location": "L",
    "location-trusted": "",
    "no-buffer": "N",
    "path-as-is": "",
    "progress-meter": "",
    "remote-name": "O",
    "remote-name-all": "",
    "retry-all-errors": "",
    "retry-connrefused": "",
    "show-error": "S",
    "silent": "s",
    "styled-output": "",
    "tlsv1.2": "",
    "tlsv1.3": "",
    "verbose": "v",
    "version": "V",
}

#: Options with a value: long name → its letter.
VALUES = {
    "cacert": "",
    "connect-timeout": "",
    "cookie": "b",
    "data": "d",
    "data-ascii": "",
    "data-binary": "",
    "data-raw": "",
    "data-urlencode": "",
    "dump-header": "D",
    "header": "H",
    "json": "",
    "max-redirs": "",
    "max-time": "m",
    "oauth2-bearer": "",
    "output": "o",
    "output-dir": "",
    "proto-default": "",
    "referer": "e",
    "request": "X",
    "retry": "",
    "retry-delay": "",
    "retry-max-time": "",
    "url": "",
    "url-query": "",
    "user": "u",
    "user-agent": "A",
    "write-out": "w",
}

_BY_LETTER = {letter: name for name, letter in (SWITCHES | VALUES).items() if letter}
_REAL_LETTERS = {letter: name for name, letter in REAL_OPTIONS.items() if letter}
_ALL = sorted({*SWITCHES, *VALUES, *REAL_OPTIONS})


class OptionError(Exception):
    """A command line that cannot be read; the text is what curl writes to standard error, lines ends and all."""

    def __init__(self, text: str, code: int = 2) -> None:
        super().__init__(text)
        self.text, self.code = text, code


@dataclass(slots=True)
class Target:
    """One URL of the command line and where its body goes: a file, the URL's own last part, or standard output."""

    url: str | None = None
    output: str | None = None
    remote_name: bool = False
    has_output: bool = False


@dataclass(slots=True)
class Options:
    """A command line, read.

    Attributes:
        targets: URLs with their outputs, in order.
        on: the switches that are set.
        values: option → its last value.
        headers: of `-H`, in order, as given.
        body: what `-d` and its relatives add up to; None without them.
        queries: of `--url-query`.
        seconds: option → its value, for those that take a number of seconds.
        counts: option → its value, for those that take a whole number.
    """

    targets: list[Target] = field(default_factory=list)
    on: set[str] = field(default_factory=set)
    values: dict[str, str] = field(default_factory=dict)
    headers: list[str] = field(default_factory=list)
    body: str | None = None
    is_json: bool = False
    queries: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def silent(self) -> bool:
        """Whether neither errors nor the progress meter are wanted (`-s`)."""
        return "silent" in self.on

    @property
    def shows_errors(self) -> bool:
        """Whether errors are shown: always, but for `-s` without `-S`."""
        return not self.silent or "show-error" in self.on


def warning(text: str) -> str:
    """A warning as curl breaks it: lines of 79 characters, each with its own `Warning: `."""
    lines, width = "", 79 - len("Warning: ")
    while len(text) >= width:
        cut = max(text.rfind(" ", 1, width), 0) or width - 1
        lines += f"Warning: {text[: cut + 1]}\n"
        text = text[cut + 1 :]
    return lines + f"Warning: {text}\n"


class Reader:
    """Reads a command line.

    Args:
        read: gives the text of a file, `-` for standard input; raises `OSError`.
    """

    def __init__(self, read: Callable[[str], str]) -> None:
        self._read = read
        self.options = Options()
        self.said: list[str] = []

    def parse(self, words: Sequence[str]) -> Options:
        """Read the words behind `curl`; what curl would say meanwhile is in `said`.

        Raises:
            OptionError: for what curl does not accept, and for what only the real curl has.
        """
        rest = list(words)
        while rest:
            word = rest.pop(0)
            if word == "--":
                for url in rest:
                    self._url(url)
                break
            if not word.startswith("-"):
                self._url(word)
            elif word.startswith("--"):
                self._long(word, rest)
            else:
                self._short(word, rest)
        return self.options

    def _long(self, word: str, rest: list[str]) -> None:
        name = word[2:].lower()
        off = name.startswith("no-") and name not in SWITCHES
        found = _find(name.removeprefix("no-") if off else name)
        if off and found != [name.removeprefix("no-")]:  # what is turned off must be spelt in full
            raise _bad(word, "is unknown")
        if not found:
            raise _bad(word, "is unknown")
        if len(found) > 1:
            raise _bad(word, "is ambiguous")
        self._known(found[0], word)
        if found[0] in VALUES:
            if off:
                raise _bad(word, "used '--no-' for option that isn't a boolean")
            if not rest:
                raise _bad(word, "requires parameter")
            self._value(found[0], rest.pop(0), word)
        else:
            self._switch(found[0], word, off)

    def _short(self, word: str, rest: list[str]) -> None:
        letters = word[1:]
        if not letters:
            raise _bad(word, "is unknown")
        while letters:
            letter, letters = letters[0], letters[1:]
            name = _BY_LETTER.get(letter) or _REAL_LETTERS.get(letter)
            if name is None:
                raise _bad(word, "is unknown")
            self._known(name, f"-{letter}")
            if name in SWITCHES:
                self._switch(name, word, off=False)
                letters = "" if name == "help" else letters  # what follows is a category
                continue
            if not letters and not rest:
                raise _bad(word, "requires parameter")
            self._value(name, letters or rest.pop(0), word)
            break

    def _known(self, name: str, word: str) -> None:
        if name in REAL_OPTIONS:
            reason = REAL_OPTIONS_HINTS.get(name, "")
            raise OptionError(f"curl: the simulated curl does not have {word}{reason}\n")

    def _switch(self, name: str, word: str, off: bool) -> None:
        on = self.options.on
        if name == "remote-name":
            self._output(None, remote_name=not off)
            return
        if off:
            on.discard(name)
            on.add(f"no-{name}")
            return
        if {"fail": "fail-with-body", "fail-with-body": "fail"}.get(name) in on:
            both = "curl: You must select either --fail or --fail-with-body, not both.\n"
            raise OptionError(both + str(_bad(word, "is badly used here")))
        on.add(name)
        on.discard(f"no-{name}")

    def _value(self, name: str, value: str, word: str) -> None:
        options = self.options
        if name == "url":
            self._url(value)
        elif name == "output":
            self._output(value)
        elif name == "header":
            options.headers += self._header(value)
        elif name == "url-query":
            options.queries.append(value)
        elif name in ("data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "json"):
            self._data(name, value)
        elif name in ("max-time", "connect-timeout"):
            options.seconds[name] = _number(value, word)
        elif name in ("retry", "retry-delay", "retry-max-time", "max-redirs"):
            options.counts[name] = _whole(value, word, negative=name == "max-redirs")
        elif name == "cookie" and "=" not in value:
            raise OptionError("curl: the simulated curl reads no cookie files; give -b NAME=VALUE\n")
        elif name == "write-out" and value.startswith("@"):
            options.values[name] = self._text(value[1:]) or ""
        else:
            options.values[name] = value

    def _url(self, url: str) -> None:
        for target in self.options.targets:
            if target.url is None:
                target.url = url
                return
        self.options.targets.append(Target(url, remote_name="remote-name-all" in self.options.on))

    def _output(self, path: str | None, remote_name: bool = False) -> None:
        for target in self.options.targets:
            if not target.has_output:
                break
        else:
            target = Target()
            self.options.targets.append(target)
        target.output, target.remote_name, target.has_output = path, remote_name, True

    def _header(self, value: str) -> list[str]:
        if not value.startswith("@"):
            return [value]
        text = self._text(value[1:])
        if text is None:
            self._warn(warning(f"Failed to open {value[1:]}!"))
            return []
        return [line for line in text.replace("\r", "").split("\n") if line]

    def _data(self, name: str, value: str) -> None:
        if name == "data-urlencode":
            text = self._encoded(value)
        elif value.startswith("@") and name != "data-raw":
            given = self._text(value[1:])
            text = given or ""
            if given is None:
                self._warn(_no_data(value[1:]))
            if name in ("data", "data-ascii"):
                text = re.sub("[\r\n\0]", "", text)
        else:
            text = value
        before = self.options.body
        between = "" if name == "json" or not before else "&"
        self.options.body = text if before is None else before + between + text
        if name == "json":
            self.options.is_json = True

    def _encoded(self, value: str) -> str:
        found = re.search("[=@]", value)
        name, mark, text = value.partition(found[0]) if found else ("", "", value)
        if mark == "@":
            given = self._text(text)
            if given is None:
                self._warn(_no_data(value))
                return ""
            text = given
        return (f"{name}=" if name else "") + encode(text)

    def _warn(self, text: str) -> None:
        if not self.options.silent:  # a `-s` further on comes too late
            self.said.append(text)

    def _text(self, path: str) -> str | None:
        try:
            return self._read(path)
        except OSError:
            return None


#: What to do instead, for options that learners are likely to reach for.
REAL_OPTIONS_HINTS = {
    "form": ": the simulated API takes JSON, as --json sends it",
    "form-string": ": the simulated API takes JSON, as --json sends it",
    "config": " (files of options)",
    "next": "; give a curl of its own for each request",
    "upload-file": "; --data-binary @FILE sends a file",
    "proxy": ": there is no network here that a proxy could be in",
}


def encode(text: str) -> str:
    """Percent-encode everything but letters, digits and `-._~`; spaces become `+`, as curl 7.88 does."""
    from urllib.parse import quote

    return quote(text, safe="").replace("%20", "+")


def _find(name: str) -> list[str]:
    """The options that a long name stands for: itself, or those that begin with it."""
    if name in SWITCHES or name in VALUES or name in REAL_OPTIONS:
        return [name]
    return [known for known in _ALL if known.startswith(name)] if name else []


def _bad(word: str, reason: str) -> OptionError:
    return OptionError(f"curl: option {word}: {reason}\n{TRY}")


def _no_data(path: str) -> str:
    return warning(f'Couldn\'t read data from file "{path}", this makes an empty POST.')


def _number(text: str, word: str) -> float:
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text.strip()):
        raise _bad(word, "expected a proper numerical parameter")
    value = float(text)
    if value < 0:
        raise _bad(word, "expected a positive numerical parameter")
    return value


def _whole(text: str, word: str, negative: bool) -> int:
    if not re.fullmatch(r"[+-]?\d{1,18}", text):
        raise _bad(word, "expected a proper numerical parameter")
    if int(text) < (-1 if negative else 0):
        raise _bad(word, "expected a positive numerical parameter")
    return int(text)
