"""Parameters and schemas that several chapters of the API share."""

from grandmodel_sim.http.schema import integer, text
from grandmodel_sim.market.instruments import INSTRUMENTS

SYMBOL = text("root symbol", tuple(INSTRUMENTS))
TIMEFRAME = text("5 or 30 minutes", ("5m", "30m"))
LIMIT = integer("how many at most", minimum=1, maximum=500)
SINCE = text(
    "a cursor, the `next_since` of an answer of this list: what comes strictly after it. Empty: from the beginning. "
    "Left out: the newest"
)
NEXT_SINCE = text("the cursor for the next request; the same as before if nothing came")
TIME = text("UTC, ISO 8601")
BY = text("who does it; by default the key's role", minLength=1, maxLength=60)
