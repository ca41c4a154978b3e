"""`date`: the world's clock, not the computer's."""

import re
from datetime import UTC, datetime, timedelta

from grandmodel_sim.commands.context import Chunks, CommandContext

DEFAULT = "%a %b %e %H:%M:%S UTC %Y"
ISO = {
    "date": "%Y-%m-%d",
    "hours": "%Y-%m-%dT%H+00:00",
    "minutes": "%Y-%m-%dT%H:%M+00:00",
    "seconds": "%Y-%m-%dT%H:%M:%S+00:00",
}
TRY = "Try 'date --help' for more information.\n"
HELP = """Usage: date [OPTION]... [+FORMAT]
Display date and time of the simulated world in the given FORMAT.

  -d, --date=STRING    display time described by STRING: @SECONDS, an ISO 8601 time,
                       now, today, yesterday, tomorrow, "N UNIT ago"
  -I[FMT], --iso-8601[=FMT]
                       output date in ISO 8601 format; FMT is date (default), hours, minutes or seconds
  -R, --rfc-email      output date and time in RFC 5322 format
  -u, --utc            the world's clock is always UTC
"""
UNITS = {"sec": 1, "second": 1, "min": 60, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}


def run(context: CommandContext) -> Chunks:
    """Run one `date` command line."""
    form, moment = DEFAULT, context.world.now
    words = list(context.argv[1:])
    while words:
        word = words.pop(0)
        if word in ("-u", "--utc", "--universal"):
            continue
        if word == "--help":
            yield "stdout", HELP
            return 0
        if word.startswith("+"):
            form = word[1:]
        elif word in ("-R", "--rfc-email"):
            form = "%a, %d %b %Y %H:%M:%S +0000"
        elif word.startswith(("-I", "--iso-8601")):
            precision = word.removeprefix("--iso-8601").removeprefix("-I").removeprefix("=") or "date"
            if precision not in ISO:
                yield "stderr", f"date: invalid argument ‘{precision}’ for ‘--iso-8601’\n{TRY}"
                return 1
            form = ISO[precision]
        elif word.startswith(("-d", "--date")):
            text = word[2:] if word.startswith("-d") else word.removeprefix("--date").removeprefix("=")
            if not text:
                if not words:
                    yield "stderr", f"date: option requires an argument -- 'd'\n{TRY}"
                    return 1
                text = words.pop(0)
            described = _describe(text, moment)
            if described is None:
                yield "stderr", f"date: invalid date ‘{text}’\n"
                return 1
            moment = described
        elif word.startswith("--"):
            yield "stderr", f"date: unrecognized option '{word}'\n{TRY}"
            return 1
        elif word.startswith("-") and len(word) > 1:
            yield "stderr", f"date: invalid option -- '{word[1]}'\n{TRY}"
            return 1
        else:
            yield "stderr", f"date: invalid date ‘{word}’\n"
            return 1
    yield "stdout", _format(form, moment) + "\n"
    return 0


def _describe(text: str, now: datetime) -> datetime | None:
    text = text.strip()
    days = {"": 0, "now": 0, "today": 0, "yesterday": -1, "tomorrow": 1}
    if text.lower() in days:
        moment = now + timedelta(days=days[text.lower()])
        return moment.replace(hour=0, minute=0, second=0, microsecond=0) if text == "" else moment
    if re.fullmatch(r"@\d{1,11}", text):
        return datetime.fromtimestamp(int(text[1:]), UTC)
    relative = re.fullmatch(r"([+-]?\d{1,9}) ?([a-z]+?)s?( ago)?", text)
    if relative and relative[2] in UNITS:
        seconds = int(relative[1]) * UNITS[relative[2]]
        return now + timedelta(seconds=-seconds if relative[3] else seconds)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _format(form: str, moment: datetime) -> str:
    """strftime with GNU's %s, %N, %3N, %F, %T and %e, whose support elsewhere depends on the platform's C library."""
    own = {
        "%s": str(int(moment.timestamp())),
        "%3N": f"{moment.microsecond // 1000:03d}",
        "%N": f"{moment.microsecond * 1000:09d}",
        "%F": "%Y-%m-%d",
        "%T": "%H:%M:%S",
        "%R": "%H:%M",
        "%e": f"{moment.day:2d}",
        "%Z": "UTC",
        "%:z": "+00:00",
        "%%": "%%",
        "%n": "\n",
        "%t": "\t",
    }
    expanded = re.sub(r"%(3N|:z|[sNFTReZ%nt])", lambda found: own[found[0]], form)
    return moment.strftime(expanded) if expanded else ""
