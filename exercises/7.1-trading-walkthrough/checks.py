"""What Lab 7.1 is judged by: the World that the learner's code has left, and how its monitor fares with a gateway that
refuses, forgets and delivers late."""

import ast
import contextlib
import io
import json
import math
from datetime import UTC, datetime

from grandmodel_sim import World
from grandmodel_sim.clock import stamp, to_ms
from grandmodel_sim.demo_keys import DEMO_KEYS
from grandmodel_sim.grading import begins, check, mistake
from grandmodel_sim.http import Request, Response, handle
from grandmodel_sim.market.instruments import instrument
from grandmodel_sim.trading.client import AuthenticationError, PermissionDenied, TradingClient

BARS_A_DAY = 78
LAST_MS = 60_000  # a pause, and some: what may be missed at the end


def on(day, time):
    """An instant of July 2025, UTC."""
    hour, minute = time.split(":")
    return datetime(2025, 7, day, int(hour), int(minute), tzinfo=UTC)


HEADERS = {"authorization": f"Bearer {DEMO_KEYS['viewer']}"}


def answers(world):
    """What the API says where the lab begins: path → the body's value."""
    paths = ("/api/v1/risk/metrics", "/api/v1/performance?period=1d")
    return {path: handle(world, Request.of("GET", path, HEADERS)).json() for path in paths}


# Thursday, 13:02 in New York. Since yesterday a person has held two ES; they have just mistyped an order, and are
# buying more, a contract every five minutes. In three minutes the market gets rough.
begins(
    on(17, "17:02"),
    acts=[
        (on(16, "13:40"), "submit_order", {"symbol": "ES", "side": "BUY", "quantity": 2}),
        (on(17, "16:30"), "stress", {"seconds": 3_600, "start": on(17, "17:05"), "volatility": 8.0}),
        (on(17, "17:01"), "submit_order", {"symbol": "NQ", "side": "BUY", "quantity": 60}),
        (on(17, "17:01"), "submit_order", {"symbol": "ES", "side": "BUY", "quantity": 6, "type": "VWAP"}),
    ],
    keep=answers,
)


# --- the World when the learner's code began ---


def decisions(run, minutes):
    """Decisions on matrices of so many minutes, up to where the lab begins."""
    return [one for one in run.world.trading.decisions if one.timeframe == minutes and one.time <= run.began_ms]


def newest(run, agent, acts):
    """The newest 5-minute decision of an agent that acts or does not, or None."""
    found = [one for one in decisions(run, 5) if one.agent == agent and one.acts is acts]
    return found[-1] if found else None


def chain(run, decision):
    """Ids from the strategic decision to this one, by what each rests on."""
    known, found = {one.id: one for one in run.world.trading.decisions}, [decision.id]
    while known[found[0]].basis:
        found.insert(0, known[found[0]].basis[0])
    return found


def held(run):
    """Symbol → contracts where the lab begins, from the fills."""
    found = {}
    for fill in run.world.trading.portfolio.fills:
        if fill.time <= run.began_ms:
            found[fill.symbol] = found.get(fill.symbol, 0) + fill.quantity * (1 if fill.side == "BUY" else -1)
    return {symbol: quantity for symbol, quantity in found.items() if quantity}


def losses(run):
    """Losses in dollars of the positions of then in each of the last 499 five-minute returns, the largest first."""
    total = [0.0] * 499
    for symbol, quantity in held(run).items():
        closes = [bar.close for bar in run.world.bars(symbol) if bar.time <= run.began_ms][-500:]
        notional = quantity * closes[-1] * instrument(symbol).point_value
        total = [loss - notional * (b / a - 1) for loss, a, b in zip(total, closes, closes[1:], strict=False)]
    return sorted(total, reverse=True)


def history(run):
    """The lowest and highest historical VaR that usual quantiles give, for one bar."""
    worst = losses(run)
    return worst[26], worst[23]


def closed(run):
    """Profits of the trades that were closed where the lab begins, in dollars after fees."""
    return [trade.pnl for trade in run.world.trading.portfolio.trades if trade.exit_time <= run.began_ms]


def wilson(wins, n, z=1.96):
    """The Wilson interval of a share."""
    share = wins / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return centre - half, centre + half


def ids(entries):
    """The ids of a list of records, "?" where there is none."""
    try:
        return [entry.get("id", "?") for entry in entries]
    except (TypeError, AttributeError):
        return None


def number(value):
    """A number as it is; not-a-number for anything else."""
    usable = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if usable else math.nan


# --- 1. the client ---


@check("The client may only read", points=2, step="connect")
def reads_only(run):
    client = run["client"]
    run.expect(
        isinstance(client, TradingClient), expected="a TradingClient", found=type(client).__name__, look="client = …"
    )
    try:
        client.acknowledge_alert("A-999999")
    except PermissionDenied:
        return
    except Exception as error:
        found = f"{type(error).__name__}: {error}"
    else:
        found = "it may acknowledge alerts"
    run.expect(False, expected="a key of the role viewer", found=found, look="whose key TradingClient() takes")


@check("No key stands in the code", points=1, step="connect")
def no_key_in_code(run):
    found = keys_in(run)
    run.expect(not found, expected="keys from the environment", found=f"{len(found)} in the code", look="api_key=")


@check("The status is read before anything else", points=1, step="connect")
def status_read(run):
    status = run["status"]
    found = status.get("time") if isinstance(status, dict) else status
    run.expect(
        found == stamp(run.began_ms),
        expected=f"the system's status at {stamp(run.began_ms)}",
        found=found,
        look="client.get_system_status()",
    )


# --- 2. decisions ---


@check("All decisions of both timeframes, once each", points=3, step="decisions")
def all_decisions(run):
    for name, minutes in (("strategic", 30), ("others", 5)):
        wanted, found = [one.id for one in decisions(run, minutes)], ids(run[name])
        run.expect(
            found is not None,
            expected=f"{name}: a list of decisions",
            found=type(run[name]).__name__,
            look=name,
        )
        run.expect(
            found == wanted,
            expected=f"{name}: all {len(wanted)} decisions on {minutes}-minute windows, oldest first",
            found=f"{len(found)}, {len(set(found) & set(wanted))} of them are among those",
            look="everything: since and next_since, until a page is empty",
        )


@check("One that acted, one that was refused, and why", points=3, step="decisions")
def acted_and_refused(run):
    for name, agent, acts in (("acted", "execution", True), ("refused", "risk", False)):
        wanted, found = newest(run, agent, acts), run[name]
        run.expect(
            found is None if wanted is None else isinstance(found, dict) and found.get("id") == wanted.id,
            expected=f"{name}: {wanted.id if wanted else 'None'}, the newest of {agent} that "
            + ("acts" if acts else "does not act"),
            found=found.get("id") if isinstance(found, dict) else found,
            look=name,
        )
    refused = newest(run, "risk", False)
    wanted = list(refused.vetoes) if refused else []
    found = run["why"]
    run.expect(
        isinstance(found, list | tuple) and list(found) == wanted,
        expected=f"why: the vetoes of {refused.id if refused else 'none'}, {len(wanted)} in number",
        found=found,
        look='["vetoes"]',
    )


@check("The chain of decisions behind it", points=2, step="decisions")
def whole_chain(run):
    decision = newest(run, "execution", True)
    wanted = chain(run, decision) if decision else []
    run.expect(
        list(run["chain"]) == wanted,
        expected=f"chain: {', '.join(wanted)}",
        found=run["chain"],
        look="get_decision: `basis` names the decision before",
    )


# --- 3. risk ---


@check("VaR is quoted with unit, horizon and sign", points=2, step="risk")
def var_is_quoted(run):
    var, line = number(run["var_95"]), str(run["var_line"])
    wanted = run.kept["/api/v1/risk/metrics"]["var_95"]
    run.expect(
        abs(var - wanted) <= 0.01,
        expected=f"var_95: {wanted} dollars, as get_risk_metrics says",
        found=run["var_95"],
        look='risk["var_95"]',
    )
    low = line.lower()
    missing = [
        what
        for what, there in (
            ("the figure in whole dollars", f"{var:.0f}" in line.replace(",", "").replace("_", "")),
            ("its unit, dollars", any(word in low for word in ("$", "dollar", "usd"))),
            ("its horizon, a day", "day" in low),
            ("the confidence, 95 %", "95" in low),
            ("what a positive number means: a loss", any(word in low for word in ("loss", "lose", "losing", "lost"))),
        )
        if not there
    ]
    run.expect(not missing, expected="var_line says all five", found=f"missing: {'; '.join(missing)}", look="var_line")


@check("The same from history, by yourself", points=3, step="risk")
def own_var(run):
    low, high = (value * math.sqrt(BARS_A_DAY) for value in history(run))
    found = number(run["my_var_95"])
    run.expect(
        0.99 * low <= found <= 1.01 * high,
        expected=f"my_var_95: {low:,.0f} to {high:,.0f} dollars, by how one counts the 5 %",
        found=run["my_var_95"],
        look="notional times return, the 5 % worst, times the root of 78, a loss positive",
    )


# --- 4. performance ---


@check("The Sharpe ratio comes with its error", points=2, step="performance")
def sharpe_with_error(run):
    answer = run.kept["/api/v1/performance?period=1d"]
    ratio, a_year, count = answer["sharpe_ratio"], answer["periods_per_year"], answer["returns"]
    if ratio is None:  # an account that has not moved has none
        run.expect(run["sharpe"] is None, expected="sharpe: None, as the API says", found=run["sharpe"], look="sharpe")
        return
    run.expect_close("sharpe", ratio, tolerance=1e-6, look='performance["sharpe_ratio"]')
    error = math.sqrt((1 + ratio**2 / a_year / 2) / count * a_year)
    run.expect_close("sharpe_error", error, tolerance=0.01 * error, look="the formula of this step")
    run.expect(
        run["beyond_noise"] == (abs(ratio) > 1.96 * error),
        expected="beyond_noise: whether the ratio lies more than 1.96 errors from 0",
        found=run["beyond_noise"],
        look="beyond_noise",
    )


@check("The win rate comes with n and an interval", points=3, step="performance")
def win_rate_with_interval(run):
    pnls = closed(run)
    n, wins = len(pnls), sum(pnl > 0 for pnl in pnls)
    run.expect(
        run["trades_closed"] == n,
        expected=f"trades_closed: {n}, all since the beginning",
        found=run["trades_closed"],
        look="get_closed_trades",
    )
    if n == 0:
        run.expect(run["win_rate"] is None, expected="win_rate: None of no trades", found=run["win_rate"], look="n")
        return
    low, high = wilson(wins, n)
    run.expect_close("win_rate", wins / n, tolerance=1e-6, look="trades whose pnl is above 0, over n")
    run.expect_close("win_low", low, tolerance=0.005, look="the formula of this step")
    run.expect_close("win_high", high, tolerance=0.005, look="the formula of this step")


# --- 5. the monitor, in the learner's World ---


def seen(run):
    """The learner's report, and the fills and alerts of the World between its two ends."""
    report = run["report"]
    run.expect(
        isinstance(report, dict) and {"started", "ended", "trades", "alerts"} <= set(report),
        expected="report: a dictionary with started, ended, trades, alerts and failures",
        found=f"{type(report).__name__} {sorted(report) if isinstance(report, dict) else ''}",
        look="what monitor_trading returns",
    )
    for name in ("started", "ended"):
        moment = report[name]
        run.expect(
            isinstance(moment, datetime) and moment.tzinfo is not None,
            expected=f"{name}: a datetime that knows its zone",
            found=repr(moment),
            look="datetime.now(UTC)",
        )
    return report, to_ms(report["started"]), to_ms(report["ended"])


@check("Half an hour is watched, stamped in UTC", points=2, step="monitor")
def watched(run):
    _, start, end = seen(run)
    run.expect(
        abs((end - start) / 1000 - 1800) <= 1,
        expected="1800 s from started to ended",
        found=f"{(end - start) / 1000:g} s",
        look="deadline, and the last sleep",
    )


@check("Every fill once, none lost", points=3, step="monitor")
def fills_once(run):
    report, start, end = seen(run)
    fills = [fill for fill in run.world.trading.portfolio.fills if start < fill.time <= end]
    found, wanted = ids(report["trades"]), [fill.id for fill in fills]
    # What came in the last pause may or may not have been seen.
    late = {fill.id for fill in fills if fill.time > end - LAST_MS} - set(found or ())
    wanted = [id for id in wanted if id not in late]
    run.expect(
        found == wanted,
        expected=f"the {len(wanted)} fills between started and ended, once each",
        found=told(found, wanted),
        look="the cursor of get_recent_trades",
    )
    run.expect(
        busy(run)["trades"] == busy(run)["fills"],
        expected=f"in another World, where {len(busy(run)['fills'])} fills come, most of them at once: each once",
        found=told(busy(run)["trades"], busy(run)["fills"]),
        look="whether one page holds all that came",
    )


@check("Every alert once", points=2, step="monitor")
def alerts_once(run):
    report, start, end = seen(run)
    open_for = {
        alert.id: min(end, alert.resolved_at or end) - max(start, alert.time) for alert in run.world.trading.alerts
    }
    found = ids(report["alerts"]) or []
    # One that was open for less than a minute may have come and gone between two looks.
    wanted = [id for id, length in open_for.items() if length > LAST_MS or (length > 0 and id in found)]
    run.expect(
        sorted(found) == wanted,
        expected=f"{', '.join(wanted)}, each once",
        found=", ".join(found) or "none",
        look="which alerts are known already",
    )
    printed = busy(run)["printed"].count(busy(run)["message"])
    run.expect(printed <= 1, expected="each printed once", found=f"one {printed} times", look="print of an alert")


@check("It ends on time, whatever the pause", points=2, step="monitor")
def on_time(run):
    for name in ("busy", "patient"):
        scene = {"busy": busy, "patient": patient}[name](run)
        run.expect(
            abs(scene["elapsed"] - scene["asked_for"]) <= 1,
            expected=f"{scene['asked_for']} s with pauses of {scene['pause']} s",
            found=f"{scene['elapsed']:g} s" + (f", ended by {scene['error']!r}" if scene["error"] else ""),
            look="the last sleep: no longer than what is left",
        )


@check("It waits when it is told to", points=2, step="monitor")
def backs_off(run):
    scene = busy(run)
    run.expect(
        scene["waited"] is not None and scene["waited"] >= 75,
        expected="after a 429 with Retry-After: 75 no request for 75 s, then it goes on",
        found="no further request" if scene["waited"] is None else f"the next request after {scene['waited']:g} s",
        look="except RateLimited as error: error.retry_after",
    )


@check("It survives what can be survived", points=2, step="monitor")
def survives(run):
    scene = busy(run)
    run.expect(
        scene["error"] is None,
        expected="a trade without a price, an alert without a message, a 503 and a 429 do not end it",
        found=repr(scene["error"]),
        look=".get(…), except ServiceUnavailable",
    )
    run.expect(
        scene["failures"] == 2,
        expected="failures: 2, the requests that were not answered",
        found=scene["failures"],
        look="failures",
    )


@check("It does not survive what it should not", points=2, step="monitor")
def dies(run):
    found = refused_key(run)
    run.expect(
        isinstance(found, AuthenticationError),
        expected="AuthenticationError, when the key is revoked while it runs",
        found=f"{type(found).__name__}: {found}" if found else "it went on for the rest of its time, blind",
        look="which exceptions are caught",
    )
    found = stopped(run)
    run.expect(
        isinstance(found, dict) and ids(found.get("trades")),
        expected="Ctrl-C (KeyboardInterrupt) ends it and returns what was seen so far",
        found=f"{type(found).__name__}: {found}",
        look="except KeyboardInterrupt, around the loop",
    )


# --- 6. acting ---


def said(run, type, **payload):
    """The events of a type whose payload says so, of the learner's time."""
    return [
        event
        for event in run.world.events
        if event.type == type
        and event.time >= run.began_ms
        and all(event.payload.get(name) == value for name, value in payload.items())
    ]


@check("The agents' limit is lowered", points=1, step="act")
def limit_set(run):
    found = run.world.trading.limits["max_contracts"]
    run.expect(found == 3, expected="max_contracts: 3", found=f"{found:g}", look="operator.set_limit")


@check("The stop is pulled, and its effect looked at", points=2, step="act")
def stop_rehearsed(run):
    run["rehearsal"]
    run.expect(said(run, "EMERGENCY_STOP"), expected="an emergency stop", found="none", look="trader.emergency_stop")
    found = {name: run["rehearsal"].get(name) for name in ("during", "positions")}
    run.expect(
        found == {"during": "EMERGENCY_STOP", "positions": {}},
        expected="rehearsal: during EMERGENCY_STOP, positions {}",
        found=found,
        look="the status some seconds after the stop",
    )


@check("A person resets it, and trading is on again", points=2, step="act")
def stop_reset(run):
    run.expect(
        run.world.trading.state == "ON" and said(run, "COMPONENT_STARTED", reason="emergency stop reset"),
        expected="the system ON again, after a reset",
        found=run.world.trading.state,
        look="operator.reset_emergency_stop",
    )
    run.expect(
        run["rehearsal"].get("after") == "ON",
        expected="rehearsal: after ON, read from the system",
        found=run["rehearsal"].get("after"),
        look="the status after the reset",
    )


# --- a World of the checks' own, and a gateway in front of it ---


class Gateway:
    """A transport that lets `meddle(request)` answer in the World's place, and `change` change its answers.

    Attributes:
        asked: the instants of the requests, virtual milliseconds.
    """

    def __init__(self, world, meddle, change=lambda value: value):
        self.world, self.meddle, self.change = world, meddle, change
        self.asked = []

    def send(self, request):
        self.asked.append(self.world.now_ms)
        answer = self.meddle(request)
        if answer is not None:
            return answer
        answer = handle(self.world, request)
        if answer.status != 200:
            return answer
        return Response(200, answer.headers, json.dumps(self.change(answer.json())))


def refusal(status, code, **headers):
    """An error as the API gives it."""
    return Response.of(status, {"error": {"code": code, "message": "as the check wants it"}}, headers)


def other_world(run):
    """A World of the checks' own on its first morning, the same one for all scenes."""
    if "other" not in run.memo:
        run.memo["other"] = World(run.seed + 1)
        run.memo["other"].advance(600)
        run.memo["other"].submit_order("NQ", "BUY", 60)  # refused, which raises an alert that stays
    return run.memo["other"]


def scene(run, gateway, minutes, pause):
    """Let the learner's monitor run on the other World behind a gateway; returns what came of it."""
    monitor, world = run["monitor_trading"], gateway.world
    client = TradingClient(api_key=DEMO_KEYS["viewer"], transport=gateway)
    before, start, printed = World.current(), world.now_ms, io.StringIO()
    found, error = None, None
    world.make_current()
    try:
        with contextlib.redirect_stdout(printed):
            found = monitor(client, duration_minutes=minutes, pause_seconds=pause)
    except (Exception, KeyboardInterrupt) as raised:
        error = raised
    finally:
        before.make_current()
    return {
        "report": found if isinstance(found, dict) else {},
        "error": error,
        "elapsed": (world.now_ms - start) / 1000,
        "asked_for": minutes * 60,
        "pause": pause,
        "printed": printed.getvalue(),
    }


def busy(run):
    """Ten minutes with pauses of 40 s: 130 fills at once, a 503, a 429, and records that lack a field."""
    if "busy" in run.memo:
        return run.memo["busy"]
    world, did = other_world(run), {}

    def meddle(request):
        minute = (world.now_ms - start) / 60_000
        if minute >= 1 and "orders" not in did:
            did["orders"] = True
            for number in range(130):
                world.submit_order("ES", "BUY" if number % 2 == 0 else "SELL", 1)
        if minute >= 3 and "down" not in did:
            did["down"] = True
            return refusal(503, "unavailable")
        if minute >= 5 and "slow" not in did:
            did["slow"] = len(gateway.asked)
            return refusal(429, "rate_limited", **{"Retry-After": "75"})
        return None

    def change(value):
        for trade in value.get("trades", [])[:1]:
            trade.pop("price")
        for alert in value.get("alerts", []):
            if alert["type"] != "ORDER_REJECTED":
                alert.pop("message")
        return value

    start = world.now_ms
    gateway = Gateway(world, meddle, change)
    found = scene(run, gateway, 10, 40)
    asked, slow = gateway.asked, did.get("slow", 0)
    # What came in the last pause may or may not be seen, so it does not count.
    last = start + 540_000
    fills = [fill.id for fill in world.trading.portfolio.fills if start < fill.time <= last]
    known = {fill.id for fill in world.trading.portfolio.fills if fill.time > last}
    trades = ids(found["report"].get("trades")) or []
    run.memo["busy"] = found | {
        "fills": fills,
        "trades": [one for one in trades if one not in known],
        "message": next(alert.message for alert in world.trading.alerts),
        "waited": (asked[slow] - asked[slow - 1]) / 1000 if 0 < slow < len(asked) else None,
        "failures": found["report"].get("failures"),
    }
    return run.memo["busy"]


def patient(run):
    """Two minutes in which a 429 asks for ten minutes of patience."""
    world = other_world(run)
    start, refused = world.now_ms, []

    def meddle(request):
        if world.now_ms >= start + 40_000 and not refused:
            refused.append(request)
            return refusal(429, "rate_limited", **{"Retry-After": "600"})
        return None

    if "patient" not in run.memo:
        run.memo["patient"] = scene(run, Gateway(world, meddle), 2, 50)
    return run.memo["patient"]


def refused_key(run):
    """What a monitor raises whose key is revoked after a minute."""
    world = other_world(run)
    start = world.now_ms

    def meddle(request):
        return refusal(401, "unauthorized") if world.now_ms >= start + 60_000 else None

    if "refused key" not in run.memo:
        run.memo["refused key"] = scene(run, Gateway(world, meddle), 4, 20)["error"]
    return run.memo["refused key"]


def stopped(run):
    """The report of a monitor that is stopped a minute after a trade has come, or what it raised."""
    world = other_world(run)
    start, sent = world.now_ms, []

    def meddle(request):
        if world.now_ms >= start + 30_000 and not sent:
            sent.append(world.submit_order("ES", "BUY", 1))
            world.advance(1)  # the exchange answers within 300 ms
        if world.now_ms >= start + 90_000:
            raise KeyboardInterrupt
        return None

    if "stopped" not in run.memo:
        found = scene(run, Gateway(world, meddle), 5, 20)
        run.memo["stopped"] = found["error"] or found["report"]
    return run.memo["stopped"]


def told(found, wanted):
    """The difference of two lists of ids in words."""
    if found is None:
        return "no list of trades"
    lost, extra = [one for one in wanted if one not in set(found)], [one for one in found if one not in set(wanted)]
    twice = len(found) - len(set(found))
    return f"{len(found)}: {len(lost)} lost, {twice} more than once, {len(extra)} from another time"


# --- typical mistakes ---


def tree(run):
    """The learner's code as a tree."""
    return list(ast.walk(ast.parse(run.code)))


def calls(run, name):
    """The calls of something whose last name is `name`."""
    return [
        node
        for node in tree(run)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == name
    ]


def keys_in(run):
    """The keys, and what is given as a key, that stand in the code as text."""
    given = [
        value.value
        for call in calls(run, "TradingClient")
        for value in [*call.args[:1], *(word.value for word in call.keywords if word.arg == "api_key")]
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    ]
    text = [node.value for node in tree(run) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [value for value in {*given, *text} if value in given or value in DEMO_KEYS.values()]


def catches_everything(run):
    """Whether some handler catches Exception or more, and does not raise again."""
    return any(
        isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in ("Exception", "BaseException", "TradingError"))
        and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
        for node in tree(run)
    )


def error_text(run):
    """The error that ended the learner's code, as text."""
    return f"{type(run.error).__name__}: {run.error}" if run.error else ""


mistake(
    "`time` is used and not imported",
    when=lambda run: "name 'time' is not defined" in error_text(run),
    text="The training programme's script imports `datetime`, not `time`. It runs until its first pause, perhaps "
    "minutes after the start, and ends there in a NameError. `import time`, at the top.",
)
mistake(
    "There is no timeframe `1h`",
    when=lambda run: "timeframe" in error_text(run) and "'1h'" in error_text(run),
    text="The agents decide on windows of 5-minute and of 30-minute bars. The API refuses any other timeframe and "
    "names these two: `5m`, `30m`.",
)
mistake(
    "A key stands in the code",
    when=keys_in,
    text="What stands in a script is read by everybody who reads the script, in every copy and every commit. "
    "`TradingClient()` takes `GRANDMODEL_API_KEY` from the environment; other keys come by `os.environ[…]`.",
)
mistake(
    "A reader holds a key that may act",
    when=lambda run: isinstance(run["client"], TradingClient) and may_act(run["client"]),
    text="This client only reads, so its key should be able to do no more. A monitor with an operator's key is a "
    "program that can stop trading by mistake. `TradingClient()` takes the viewer's key.",
)


def may_act(client):
    """Whether a client's key may change anything."""
    try:
        client.acknowledge_alert("A-999999")
    except PermissionDenied:
        return False
    except LookupError:  # allowed to, but there is no such alert
        return True
    return True


mistake(
    "Only the first page of decisions is read",
    when=lambda run: any(
        len(run[name]) < len(wanted) and ids(run[name]) == [one.id for one in wanted][-len(run[name]) :]
        for name, wanted in (("strategic", decisions(run, 30)), ("others", decisions(run, 5)))
    ),
    text="Without `since` the API answers with the newest 20. Begin with `since=''`, the beginning, and go on with "
    "the page's `next_since` until a page is empty.",
)
mistake(
    "A loss has the wrong sign",
    when=lambda run: number(run["my_var_95"]) < 0 or number(run["var_95"]) < 0,
    text="The 5 % worst profit is a negative number; VaR is quoted as the loss, positive. A report that mixes the two "
    "subtracts where it should add. Turn the sign once, where the figure is made.",
)
mistake(
    "VaR without its horizon",
    when=lambda run: history(run)[0] * 0.99 <= number(run["my_var_95"]) <= history(run)[1] * 1.01,
    text="The 5 % worst of 5-minute profits is the loss of a bad five minutes. For a day of 78 bars multiply by the "
    "root of 78: independent moves add up in variance, so the deviation grows with the root of time.",
)
mistake(
    "VaR grows with the root of time, not with time",
    when=lambda run: history(run)[0] * 0.99 <= number(run["my_var_95"]) / BARS_A_DAY <= history(run)[1] * 1.01,
    text="Times 78 would hold if all 78 bars of a day went wrong together. Of independent bars, gains make up for many "
    "of the losses: the root of 78.",
)
mistake(
    "A fraction where dollars are asked for",
    when=lambda run: 0 < number(run["my_var_95"]) < 1,
    text="That is a return, a fraction. A position's `notional`, in dollars and negative for a short one, times the "
    "return is its profit in dollars.",
)
mistake(
    "The Sharpe ratio is annualised twice",
    when=lambda run: (
        any(
            abs(number(run["sharpe"]) - run["performance"]["sharpe_ratio"] * math.sqrt(a_year))
            <= 1e-6 * abs(run["performance"]["sharpe_ratio"] * math.sqrt(a_year))
            for a_year in (252, 365, run["performance"]["periods_per_year"])
        )
        and run["performance"]["sharpe_ratio"]
    ),
    text="`sharpe_ratio` comes annualised; `periods_per_year` says with what. Times the root of 252 once more makes it "
    "16 times too large, and a day's luck into the best fund in history.",
)
mistake(
    "A naive clock",
    when=lambda run: any(not call.args and not call.keywords for call in calls(run, "now")) or calls(run, "utcnow"),
    text="`datetime.now()` is local time without a zone, and steps when somebody sets the clock or summer time ends: a "
    "loop that waits for it may end an hour late. Stamps are `datetime.now(UTC)`; a deadline counts "
    "`time.monotonic()`, which only goes forward.",
)
mistake(
    "Trades are asked for without a cursor",
    when=lambda run: (
        any("since" not in [word.arg for word in call.keywords] for call in calls(run, "get_recent_trades"))
        and busy(run)["error"] is None
        and busy(run)["trades"] != busy(run)["fills"]
    ),
    text="The newest five, every 30 seconds: what was there before is printed again, and the sixth is never seen. Ask "
    "with `since=` for what came after the last one seen; `next_since` of the page is the next cursor.",
)
mistake(
    "Every cycle shows the same alerts",
    when=lambda run: busy(run)["printed"].count(busy(run)["message"]) > 1,
    text="An alert stays active until its cause is gone, for hours perhaps. Printed at every look it hides the new one "
    "that matters. Keep the ids that have been shown.",
)
mistake(
    "The last pause overshoots",
    when=lambda run: busy(run)["error"] is None and busy(run)["elapsed"] > busy(run)["asked_for"] + 1,
    text="Ten minutes were asked for, with pauses of 40 s, and it took longer. Sleep no longer than what is left: "
    "`time.sleep(min(pause, deadline - time.monotonic()))`. The same holds after a 429.",
)
mistake(
    "A refusal is not obeyed",
    when=lambda run: busy(run)["waited"] is not None and busy(run)["waited"] < 75 and busy(run)["error"] is None,
    text="A 429 says how many seconds to wait, and `RateLimited.retry_after` holds them. Asking again earlier is "
    "refused again, and keeps everybody else waiting.",
)
mistake(
    "One missing field ends the watch",
    when=lambda run: isinstance(busy(run)["error"], KeyError),
    text='A trade came without a price, and `trade["price"]` ended the monitor, which nobody noticed till morning. '
    '`trade.get("price", "?")` shows what there is.',
)
mistake(
    "All errors are swallowed",
    when=lambda run: catches_everything(run) and refused_key(run) is None,
    text="`except Exception` also catches the revoked key and your own typing mistakes, and a monitor that sees "
    "nothing looks just like one that sees no trouble. Catch what passes by itself, `RateLimited` and "
    "`ServiceUnavailable`, and let the rest be heard.",
)
mistake(
    "The emergency stop was never reset",
    when=lambda run: run.world.trading.state == "EMERGENCY_STOP",
    text="The rehearsal is over and the system is still stopped. Nothing resets it but a person, on purpose: "
    "`reset_emergency_stop` needs the operator's key. In a `finally` it happens even if the lines between fail.",
)
