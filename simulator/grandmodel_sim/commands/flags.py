"""Flags in the manner of pflag, the library that kubectl reads its command line with; its error messages too."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag: its long name, its one-letter name if it has one, and whether it takes a value."""

    long: str
    short: str = ""
    takes_value: bool = False


class FlagError(Exception):
    """A command line that cannot be read; the text is pflag's. `flag` is the flag that is not known, if that is why."""

    def __init__(self, message: str, flag: str = "") -> None:
        self.flag = flag
        super().__init__(message)


@dataclass(slots=True)
class Parsed:
    """Positional words and flags of a command line; `after_dashes` is what follows `--`."""

    words: list[str] = field(default_factory=list)
    flags: dict[str, str] = field(default_factory=dict)
    after_dashes: list[str] | None = None

    def on(self, name: str) -> bool:
        """Whether a switch is set."""
        return self.flags.get(name, "false") == "true"


def parse(argv: Sequence[str], known: Sequence[Flag]) -> Parsed:
    """Split `argv` into words and flags.

    Raises:
        FlagError: for an unknown flag, a missing value or a value that a switch cannot take.
    """
    long = {flag.long: flag for flag in known}
    short = {flag.short: flag for flag in known if flag.short}
    parsed = Parsed()
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        if word == "--":
            parsed.after_dashes = rest
            break
        if word.startswith("--"):
            name, given, value = word[2:].partition("=")
            flag = long.get(name)
            if flag is None:
                raise FlagError(f"unknown flag: --{name}", f"--{name}")
            if flag.takes_value and not given:
                if not rest:
                    raise FlagError(f"flag needs an argument: --{name}")
                value = rest.pop(0)
            elif not flag.takes_value:
                value = _switch(flag, value if given else "true")
            parsed.flags[flag.long] = value
        elif word.startswith("-") and len(word) > 1:
            letters = word[1:]
            while letters:
                letter, letters = letters[0], letters[1:]
                flag = short.get(letter)
                if flag is None:
                    raise FlagError(f"unknown shorthand flag: {letter!r} in {word}", f"-{letter}")
                if flag.takes_value:
                    value = letters.removeprefix("=")
                    if not letters:
                        if not rest:
                            raise FlagError(f"flag needs an argument: {letter!r} in {word}")
                        value = rest.pop(0)
                    parsed.flags[flag.long] = value
                    break
                value = "true"
                if letters.startswith("="):
                    value, letters = letters[1:], ""
                parsed.flags[flag.long] = _switch(flag, value)
        else:
            parsed.words.append(word)
    return parsed


def _switch(flag: Flag, value: str) -> str:
    if value not in ("true", "false"):
        raise FlagError(
            f'invalid argument "{value}" for "--{flag.long}" flag: strconv.ParseBool: parsing "{value}": invalid syntax'
        )
    return value
