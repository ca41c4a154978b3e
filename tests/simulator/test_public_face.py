"""What others may rely on. A change here is a change for courses, checks and the browser."""

import grandmodel_sim
from grandmodel_sim import browser, commands, grading, http, market, marl, workspace
from grandmodel_sim.trading.client import TradingClient


def public(thing: object) -> list[str]:
    return sorted(name for name in vars(thing) if not name.startswith("_"))


def test_the_names_that_packages_offer() -> None:
    assert grandmodel_sim.__all__ == [
        "EVENT_TYPES",
        "BadInput",
        "Event",
        "NotFound",
        "SimulatorError",
        "SnapshotError",
        "UnknownScenario",
        "World",
        "__version__",
    ]
    assert marl.__all__ == [
        "BASELINES",
        "CartPole",
        "Evaluation",
        "Evidence",
        "Hyperparameters",
        "IPPOTrainer",
        "LearningCurve",
        "Liquidation",
        "MAPPOTrainer",
        "MARLTrainer",
        "MatrixGame",
        "Metrics",
        "Normalizer",
        "TacticalEnvironment",
        "TradingEnvironment",
        "baseline_reward",
        "evidence",
    ]
    assert market.__all__ == [
        "ES",
        "INSTRUMENTS",
        "NQ",
        "STRUCTURE",
        "Bar",
        "Conditions",
        "Instrument",
        "JointMarket",
        "Market",
        "Stress",
        "instrument",
        "merge",
        "resample",
    ]
    assert grading.__all__ == [
        "Check",
        "CheckFailed",
        "CheckSet",
        "Mistake",
        "Run",
        "begins",
        "check",
        "grade",
        "load_checks",
        "mistake",
    ]
    assert workspace.__all__ == ["TEST_SESSIONS", "TRAINING_SESSIONS", "files", "write"]
    assert sorted(commands.COMMANDS) == ["curl", "date", "kubectl", "python", "python3"]


def test_what_a_world_and_a_session_can_do() -> None:
    assert public(grandmodel_sim.World) == [
        "acknowledge_alert",
        "advance",
        "bars",
        "cancel_order",
        "close_positions",
        "current",
        "delete_pod",
        "digest",
        "emergency_stop",
        "events",
        "from_snapshot",
        "make_current",
        "now",
        "now_ms",
        "reset_emergency_stop",
        "reset_leverage",
        "restore",
        "rewind",
        "scale",
        "set_limit",
        "set_threshold",
        "snapshot",
        "start_trading",
        "stop_trading",
        "stress",
        "submit_order",
        "use_context",
    ]
    assert public(browser.Session) == [
        "advance",
        "answer_input",
        "begin_exercise",
        "check_exercise",
        "command_names",
        "complete",
        "ensure_workspace",
        "environment",
        "http",
        "packages_for",
        "prepare",
        "read_delta",
        "reset_page",
        "restore",
        "run_cell",
        "run_cell_now",
        "run_command",
        "snapshot",
        "write_files",
    ]
    assert public(marl.MARLTrainer) == [
        "act",
        "evaluate",
        "load_model",
        "save_model",
        "session_rewards",
        "train_episode",
    ]


def test_the_http_api_and_its_client() -> None:
    assert http.__all__ == [
        "DEMO_KEYS",
        "DESK",
        "GRANDMODEL",
        "HOST",
        "KEY_VARIABLE",
        "ROLES",
        "HttpError",
        "Request",
        "Response",
        "handle",
    ]
    assert [f"{route.method} {route.path}" for route in http.GRANDMODEL] == [
        "GET /health",
        "GET /api/v1/system/status",
        "GET /api/v1/agents/status",
        "GET /openapi.json",
        "POST /api/v1/system/start",
        "POST /api/v1/system/stop",
        "POST /api/v1/system/emergency-stop",
        "POST /api/v1/system/emergency-stop/reset",
        "GET /api/v1/decisions",
        "GET /api/v1/decisions/{id}",
        "GET /api/v1/risk/metrics",
        "GET /api/v1/risk/limits",
        "PUT /api/v1/risk/limits/{name}",
        "PUT /api/v1/risk/thresholds/{name}",
        "POST /api/v1/risk/leverage/reset",
        "GET /api/v1/performance",
        "GET /api/v1/performance/attribution",
        "GET /api/v1/performance/equity",
        "GET /api/v1/risk/var",
        "GET /api/v1/orders",
        "POST /api/v1/orders",
        "GET /api/v1/orders/{id}",
        "DELETE /api/v1/orders/{id}",
        "GET /api/v1/trades",
        "GET /api/v1/trades/closed",
        "GET /api/v1/positions",
        "POST /api/v1/positions/close",
        "GET /api/v1/alerts",
        "POST /api/v1/alerts/{id}/acknowledge",
        "GET /api/v1/bars",
        "GET /api/v1/events",
        "GET /simulator/clock",
        "POST /simulator/advance",
        "GET /simulator/desk",
        "POST /simulator/desk/step",
    ]
    assert public(TradingClient) == [
        "acknowledge_alert",
        "cancel_order",
        "close_positions",
        "emergency_stop",
        "get_account",
        "get_active_alerts",
        "get_agent_decisions",
        "get_agents_status",
        "get_alerts",
        "get_attribution",
        "get_bars",
        "get_closed_trades",
        "get_decision",
        "get_equity_curve",
        "get_events",
        "get_health",
        "get_limits",
        "get_order",
        "get_orders",
        "get_performance_metrics",
        "get_positions",
        "get_recent_trades",
        "get_risk_metrics",
        "get_system_status",
        "get_thresholds",
        "get_var",
        "request",
        "reset_emergency_stop",
        "reset_leverage",
        "set_limit",
        "set_threshold",
        "start_trading",
        "stop_trading",
        "submit_order",
    ]


def test_every_error_is_one_of_ours_and_a_python_one() -> None:
    assert issubclass(grandmodel_sim.BadInput, (grandmodel_sim.SimulatorError, ValueError))
    assert issubclass(grandmodel_sim.SnapshotError, ValueError)
    assert issubclass(grandmodel_sim.NotFound, LookupError)
    assert str(grandmodel_sim.BadInput("size", ..., "give a number")) == "size: got ...; give a number"
