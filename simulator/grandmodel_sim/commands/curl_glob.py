"""curl's patterns in URLs: `{a,b}` and `[1-3]`, `[001-010:2]`, `[a-z]`. The shell never sees them if they are quoted.

A URL with braces or brackets of its own (a Prometheus query, say) is taken for a pattern too, unless `-g` is given;
`--data-urlencode` with `-G` is the better way out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: As many requests as curl counts for one URL: a signed 64-bit number.
MOST = 2**63 - 1

_LETTERS = re.compile(r"([A-Za-z])-([A-Za-z])(?::(\d*)|)\]")
_IPV6 = re.compile(r"\[(?=[^\]]*:)[0-9A-Fa-f:.]+(%25[^\]]*)?\]")


class GlobError(Exception):
    """A pattern that cannot be read; the text is curl's, with a mark under the place."""

    def __init__(self, reason: str, url: str, position: int) -> None:
        super().__init__(f"{reason} in URL position {position}:\n{url}\n{' ' * (position - 1)}^")


@dataclass(frozen=True, slots=True)
class Numbers:
    """The values of a numeric range, written with at least `digits` digits."""

    values: range
    digits: int = 0

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: int) -> str:
        return str(self.values[index]).zfill(self.digits)


Choices = tuple[str, ...] | Numbers


class _Bad(Exception):
    """A reason, and the index in the URL that is to blame."""

    def __init__(self, reason: str, at: int) -> None:
        super().__init__(reason)
        self.reason, self.at = reason, at


@dataclass(frozen=True, slots=True)
class Pattern:
    """A URL in parts: fixed text, and things to choose from.

    Attributes:
        parts: in order; a `str` is fixed text.
    """

    parts: tuple[str | Choices, ...]

    def __iter__(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each URL with what was chosen for it; the last choice changes fastest."""
        choices = [part for part in self.parts if not isinstance(part, str)]
        count = [0] * len(choices)
        while True:
            chosen = tuple(choice[index] for choice, index in zip(choices, count, strict=True))
            left = iter(chosen)
            yield "".join(part if isinstance(part, str) else next(left) for part in self.parts), chosen
            for place in reversed(range(len(choices))):
                count[place] += 1
                if count[place] < len(choices[place]):
                    break
                count[place] = 0
            else:
                return


def plain(url: str) -> Pattern:
    """A URL without patterns, whatever it contains (`-g`)."""
    return Pattern((url,))


def parse(url: str) -> Pattern:
    """Read the patterns in a URL.

    Raises:
        GlobError: for a pattern that curl does not accept either.
    """
    parts: list[str | Choices] = []
    sets = 0
    try:
        for part, is_set in _parts(url):
            parts.append(part)
            sets += is_set
    except _Bad as bad:
        # curl counts one character too few for every set in braces that it has read; so do we.
        raise GlobError(bad.reason, url, bad.at + 1 - sets) from None
    return Pattern(tuple(parts))


def _parts(url: str) -> Iterator[tuple[str | Choices, bool]]:
    """The parts of a URL, each with whether it was a set in braces."""
    amount, at, text = 1, 0, ""
    while at < len(url):
        letter = url[at]
        if letter == "\\" and url[at + 1 : at + 2] in ("{", "[", "}", "]"):
            text += url[at + 1]
            at += 2
            continue
        if letter in "}]":
            raise _Bad("unmatched close brace/bracket", at)
        literal = _IPV6.match(url, at) if letter == "[" else None
        if literal or url.startswith("[]", at):
            # An address of IPv6 and an empty pair of brackets stay as they are.
            kept = literal[0] if literal else "[]"
            text += kept
            at += len(kept)
        elif letter in "{[":
            choices, at = (_set if letter == "{" else _range)(url, at + 1)
            amount *= len(choices) if isinstance(choices, tuple) else _size(choices)
            if amount > MOST:
                raise _Bad("range overflow", at)
            if text:
                yield text, False
            yield choices, letter == "{"
            text = ""
        else:
            text += letter
            at += 1
    if text:
        yield text, False


def _size(numbers: Numbers) -> int:
    # `len` of a range fails above what an address can hold.
    return max(0, (numbers.values.stop - numbers.values.start - 1) // numbers.values.step + 1)


def _set(url: str, start: int) -> tuple[tuple[str, ...], int]:
    found, text, at = [], "", start
    while at < len(url):
        letter = url[at]
        if letter in "{[":
            raise _Bad("nested brace", at)
        if letter == "]":
            raise _Bad("unexpected close bracket", at)
        if letter in ",}":
            if letter == "}" and at == start:
                raise _Bad("empty string within braces", at)
            found.append(text)
            text = ""
            if letter == "}":
                return tuple(found), at + 1
        elif letter == "\\" and at + 1 < len(url):
            at += 1
            text += url[at]
        else:
            text += letter
        at += 1
    raise _Bad("unmatched brace", start - 1)


def _range(url: str, start: int) -> tuple[Choices, int]:
    first = url[start : start + 1]
    if first.isascii() and first.isalpha():
        return _letters(url, start)
    if first.isascii() and first.isdigit():
        return _numbers(url, start)
    raise _Bad("bad range specification", start)


def _letters(url: str, start: int) -> tuple[Choices, int]:
    found = _LETTERS.match(url, start)
    if not found:
        raise _Bad("bad range", start)
    low, high, step = ord(found[1]), ord(found[2]), int(found[3] or (0 if found[3] == "" else 1))
    good = step == 1 if low == high else low < high and 0 < step <= high - low <= ord("z") - ord("a")
    if not good:
        raise _Bad("bad range", found.end())
    return tuple(chr(code) for code in range(low, high + 1, step)), found.end()


def _numbers(url: str, start: int) -> tuple[Choices, int]:
    """A range such as `1-10:2]`; an error is put where the last part that could be read begins, as curl does."""
    low = re.compile(r"\d+").match(url, start)
    assert low is not None  # the caller has looked
    high = re.compile(r"-[ \t]*(\d+)").match(url, low.end())
    if not high:
        at = re.compile(r"-[ \t]*|").match(url, low.end())
        raise _Bad("bad range", (at.end() if at and at[0] else start))
    if int(low[0]) >= 2**64 or int(high[1]) >= 2**64:
        raise _Bad("bad range", high.start(1))
    step, at_step, end = 1, high.start(1), high.end()
    if url[end : end + 1] == ":":
        given = re.compile(r"\d+").match(url, end + 1)
        at_step = end + 1
        step, end = (int(given[0]), given.end()) if given else (0, end + 1)
    if url[end : end + 1] != "]":
        raise _Bad("bad range", at_step)
    end += 1
    least, most = int(low[0]), int(high[1])
    good = step == 1 if least == most else least < most and 0 < step <= most - least
    if not good:
        raise _Bad("bad range", end)
    digits = len(low[0]) if low[0].startswith("0") else 0
    return Numbers(range(least, most + 1, step), digits), end
