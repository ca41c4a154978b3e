"""How a log line looks: JSON for GrandModel's own parts, PostgreSQL's and nginx' formats for theirs."""

import json

from grandmodel_sim.clock import from_ms, stamp

#: (virtual ms, level, message); level "" marks a line of an access log.
Entry = tuple[int, str, str]


def format_entry(deployment: str, entry: Entry) -> str:
    """The line that a container of `deployment` writes for an entry."""
    ms, level, message = entry
    when = from_ms(ms)
    if deployment == "postgres":
        kind = "LOG" if level == "INFO" else level
        return f"{when:%Y-%m-%d %H:%M:%S}.{ms % 1000:03d} UTC [1] {kind}:  {message}"
    if deployment == "api-gateway":
        if not level:
            client, request = message.split(" ", 1)
            return f"{client} - - [{when:%d/%b/%Y:%H:%M:%S} +0000] {request}"
        return f"{when:%Y/%m/%d %H:%M:%S} [{'notice' if level == 'INFO' else level.lower()}] 1#1: {message}"
    return json.dumps({"time": stamp(ms), "level": level, "component": deployment, "message": message})
