"""What Lab 2.1 is judged by: the environments, the trained agents and the files that the code leaves behind."""

import numpy as np
from grandmodel_sim.grading import check, mistake
from grandmodel_sim.marl import BASELINES, MARLTrainer, Normalizer, TradingEnvironment, baseline_reward

FEATURES = ("close", "volume", "mlmi", "fvg")
WINDOW, SESSIONS, EPISODES = 50, 39, 100
MODEL = "models/lab_trained_agent.pt"
# Sums are rounded differently natively and in WebAssembly; an action that tips over moves a session's reward a little.
SAME_REWARD = 0.5


def environment(run, name):
    """The environment of that name, if it is one."""
    env = run[name]
    run.expect(
        isinstance(env, TradingEnvironment),
        expected=f"{name} is a TradingEnvironment",
        found=type(env).__name__,
        look=f"the line that makes {name}",
    )
    return env


def trainer_of(run):
    """The learner's trainer, if it is one."""
    trainer = run["trainer"]
    run.expect(
        isinstance(trainer, MARLTrainer),
        expected="trainer is a MARLTrainer",
        found=type(trainer).__name__,
        look="step 3",
    )
    return trainer


def own_normalizer(run, env):
    """What the environment's normalizer would be if it had measured its own file; computed once for each file."""
    if env.data_file not in run.memo:
        run.memo[env.data_file] = TradingEnvironment(env.data_file, env.window_size, env.features).normalizer
    return run.memo[env.data_file]


def same(one, other):
    """Whether two normalizers hold the same numbers."""
    return isinstance(one, Normalizer) and np.allclose(one.mean, other.mean) and np.allclose(one.std, other.std)


def judged(run):
    """What the learner's agents earn on their held-out sessions; computed once."""
    if "judged" not in run.memo:
        run.memo["judged"] = trainer_of(run).evaluate(environment(run, "test_env"), SESSIONS)
    return run.memo["judged"]


@check("The training environment sees 50 bars of four features", points=2, step="environment")
def training_environment(run):
    env = environment(run, "env")
    found = f"{env.data_file}, window {env.window_size}, features {list(env.features)}"
    run.expect(
        "training" in env.data_file and env.window_size == WINDOW and env.features == FEATURES,
        expected=f"data/training/sample_data.csv, window {WINDOW}, features {list(FEATURES)}",
        found=found,
        look="the first TradingEnvironment",
    )


@check("The test data lies later in time than the training data", points=2, step="environment")
def later_in_time(run):
    env, test = environment(run, "env"), environment(run, "test_env")
    end, start = (np.datetime64(ms, "ms").astype("datetime64[m]") for ms in (env.data.times[-1], test.data.times[0]))
    run.expect(
        end < start,
        expected="the last training bar is older than the first test bar",
        found=f"training ends {end}, testing starts {start}",
        look="data_file of the two environments",
    )


@check("Both environments are normalised with the training data", points=2, step="environment")
def train_only_normalisation(run):
    env, test = environment(run, "env"), environment(run, "test_env")
    run.expect(
        same(env.normalizer, own_normalizer(run, env)) and same(test.normalizer, env.normalizer),
        expected="test_env has the normalizer of env",
        found="means and deviations that differ between the two",
        look="the argument normalizer of the second environment",
    )


@check("Two baselines are known before training", points=2, step="baselines")
def baselines(run):
    test = environment(run, "test_env")
    run.expect(run["flat_reward"] == 0, expected="flat_reward is 0", found=run["flat_reward"], look="step 2")
    # A random policy depends on its seed, so the range that seeds give is the measure.
    likely = [baseline_reward(test, "random", SESSIONS, seed=seed) for seed in range(6)]
    middle = sum(likely) / len(likely)
    run.expect_close(
        "random_reward", middle, tolerance=8.0, look=f"baseline_reward; the policies are {', '.join(BASELINES)}"
    )


@check("Two agents with the lab's settings, and a seed", points=2, step="trainer")
def seeded_trainer(run):
    trainer = trainer_of(run)
    settings = (trainer.num_agents, trainer.hidden_size, trainer.learning_rate, trainer.batch_size)
    run.expect(
        settings == (2, 128, 0.001, 32),
        expected="num_agents 2, hidden_size 128, learning_rate 0.001, batch_size 32",
        found=f"{settings[0]}, {settings[1]}, {settings[2]}, {settings[3]}",
        look="step 3",
    )
    run.expect(
        trainer.seed is not None,
        expected="a seed, so that the run can be repeated",
        found="seed=None",
        look="MARLTrainer(…, seed=…)",
    )


@check("100 episodes are trained and recorded", points=1, step="train")
def hundred_episodes(run):
    trainer, history = trainer_of(run), run["history"]
    run.expect(
        len(trainer.updates) == EPISODES,
        expected=f"{EPISODES} calls of train_episode",
        found=f"{len(trainer.updates)}",
        look="the loop of step 4",
    )
    numbers = [float(value) for value in history]
    run.expect(
        len(numbers) == EPISODES and np.isfinite(numbers).all(),
        expected=f"{EPISODES} finite numbers in history",
        found=f"{len(numbers)} values",
        look="history.append(…)",
    )


@check("The training reward rises", points=1, step="train")
def reward_rises(run):
    history = [float(value) for value in run["history"]]
    run.expect(len(history) >= 20, expected="at least 20 recorded episodes", found=len(history), look="step 4")
    first, last = np.mean(history[:10]), np.mean(history[-10:])
    run.expect(
        last > first + 5,
        expected="the mean of the last ten episodes is at least 5 above that of the first ten",
        found=f"{first:.2f} at first, {last:.2f} at last",
        look="the trainer's settings",
    )


@check("The agents are judged on the held-out sessions", points=2, step="evaluate")
def judged_on_held_out(run):
    run.expect_close(
        "total_reward",
        judged(run),
        tolerance=SAME_REWARD,
        look=f"trainer.evaluate(test_env, num_episodes={SESSIONS}); it must come after training",
    )


@check("They beat the better baseline", points=2, step="evaluate")
def beat_the_baseline(run):
    reward = judged(run)
    best = max(0.0, baseline_reward(environment(run, "test_env"), "random", SESSIONS, seed=run.seed))
    run.expect(
        reward > best and bool(run["beats_baseline"]) is True,
        expected=f"more than {best:.2f} per agent and session, and beats_baseline says so",
        found=f"{reward:.2f}, beats_baseline is {run['beats_baseline']}",
        look="total_reward > max(flat_reward, random_reward)",
    )


@check("The saved model gives the same agents again", points=2, step="save")
def saved_model(run):
    path = run.file(MODEL)
    trainer = trainer_of(run)
    again = MARLTrainer(trainer.environment, trainer.num_agents, trainer.hidden_size, seed=trainer.seed)
    again.load_model(path)
    reward = again.evaluate(environment(run, "test_env"), SESSIONS)
    run.expect(
        abs(reward - judged(run)) < 1e-6,
        expected=f"agents that earn {judged(run):.4f}",
        found=f"{reward:.4f}",
        look="the order of the last lines: train, evaluate, save",
    )


def error_text(run):
    """The message of the exception that ended the run, or an empty text."""
    return f"{type(run.error).__name__}: {run.error}" if run.error else ""


def untrained(run):
    """What the same agents earned before the first episode."""
    trainer = run["trainer"]
    fresh = MARLTrainer(run["env"], trainer.num_agents, trainer.hidden_size, seed=trainer.seed)
    return fresh.evaluate(run["test_env"], SESSIONS)


mistake(
    "The run cannot be repeated",
    when=lambda run: run["trainer"].seed is None,
    text="Without a seed each run starts from other weights and other sessions. Then a better number may be luck, and "
    "nobody can check yours. Pass `seed=SEED` to `MARLTrainer`.",
)
mistake(
    "The agents are judged on the data they were trained on",
    when=lambda run: run["test_env"].data.times == run["env"].data.times,
    text="Agents with 26,000 weights can remember much of 9,360 bars. On those bars they look better than they are. "
    "Give `test_env` the file `data/testing/sample_data.csv`.",
)
mistake(
    "The training data is later than the test data",
    when=lambda run: run["env"].data.times[0] > run["test_env"].data.times[-1],
    text="An agent that has seen June and is tested on January knows how the year went on. Train on the earlier file, "
    "test on the later one.",
)
mistake(
    "The test data was normalised with itself",
    when=lambda run: (
        run["test_env"].data.times != run["env"].data.times
        and same(run["test_env"].normalizer, own_normalizer(run, run["test_env"]))
    ),
    text="Mean and deviation of the test file are facts about its whole future, which the agents would not have on the "
    "first test day. Besides, they were trained on other units. Pass `normalizer=env.normalizer`.",
)
mistake(
    "One number per agent was formatted as if it were one number",
    when=lambda run: "unsupported format string passed to" in error_text(run),
    text="`train_episode()` returns one reward for each agent. A format such as `:.4f` needs a single number: "
    "`np.mean(rewards)`. With a dictionary, as `env.step` returns, take the mean of its values: "
    "`np.mean(list(rewards.values()))`.",
)
mistake(
    "The folder for the model is not there",
    when=lambda run: isinstance(run.error, FileNotFoundError) and "models" in str(run.error),
    text='Opening a file for writing makes the file, never its folder. `os.makedirs("models", exist_ok=True)` before '
    "saving.",
)
mistake(
    "PyTorch is seeded, the trainer is not",
    when=lambda run: run.get("torch") is not None and run["trainer"].seed is None,
    text="The lab as it was first written imports torch and never uses it. The trainer here is written in numpy and "
    "draws from a generator of its own, so `torch.manual_seed` does nothing for it: give `MARLTrainer` its `seed` and "
    "delete the import.",
)
mistake(
    "A training reward is reported as the test result",
    when=lambda run: any(abs(float(run["total_reward"]) - float(value)) < 1e-9 for value in run["history"]),
    text="`train_episode` explores and learns, on training data. What counts is `trainer.evaluate(test_env, …)`: "
    "unseen sessions, the best action each time, weights left alone.",
)
mistake(
    "The agents are judged before they were trained",
    when=lambda run: len(run["trainer"].updates) >= 20 and abs(float(run["total_reward"]) - untrained(run)) < 1e-6,
    text="`total_reward` is what untrained agents earn. Move the call of `evaluate` below the training loop.",
)
