"""What others may rely on. A change here is a change for courses, checks and the browser."""

import grandmodel_sim
from grandmodel_sim import browser, commands, grading, market, marl, workspace


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
        "check",
        "grade",
        "load_checks",
        "mistake",
    ]
    assert workspace.__all__ == ["TEST_SESSIONS", "TRAINING_SESSIONS", "files", "write"]
    assert sorted(commands.COMMANDS) == ["date", "kubectl", "python", "python3"]


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
        "check_exercise",
        "command_names",
        "complete",
        "ensure_workspace",
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


def test_every_error_is_one_of_ours_and_a_python_one() -> None:
    assert issubclass(grandmodel_sim.BadInput, (grandmodel_sim.SimulatorError, ValueError))
    assert issubclass(grandmodel_sim.SnapshotError, ValueError)
    assert issubclass(grandmodel_sim.NotFound, LookupError)
    assert str(grandmodel_sim.BadInput("size", ..., "give a number")) == "size: got ...; give a number"
