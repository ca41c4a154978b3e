"""What Lab 4.1 is judged by: what the learner's functions and methods give on inputs made here from a seed."""

import numpy as np
import torch
from grandmodel_sim.agents.neural import AgentConfig, BaseAgent
from grandmodel_sim.errors import BadInput
from grandmodel_sim.grading import check, mistake
from grandmodel_sim.marl.momentum import MomentumMarket, average_reward, dice, momentum_closes
from torch import nn

BARS, WINDOW, ACTIONS, CLIP = 12_000, 6, 4, 0.1
CLOSE = 1e-4  # float32 sums differ a little between PyTorch, numpy and WebAssembly
PARTS = ("states", "actions", "old_log_probs", "advantages", "returns", "legal")


# --- inputs, made here and not by the learner ---


def config(**changes):
    """Settings other than the lab's, so that nothing can be hard-coded."""
    settings = {"input_dim": 5, "hidden_dim": 16, "action_dim": ACTIONS, "clip": CLIP, "value_weight": 0.7}
    return AgentConfig(**{**settings, "entropy_weight": 0.3, **changes})


def fresh(run, **changes):
    """An untrained agent of the learner's class, with weights large enough to prefer some actions."""
    torch.manual_seed(run.seed)
    made = run["CustomMomentumAgent"](config(**changes))
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.mul_(2.0)
    return made


def calm(agent):
    """The agent with dropout switched off for good, so that a loss can be compared with a formula."""
    for module in agent.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    return agent


def states(run, count, name=""):
    """Random states [count, WINDOW, 5]."""
    draw = np.random.default_rng([run.seed, count, len(name)])
    return torch.as_tensor(draw.normal(size=(count, WINDOW, 5)).astype(np.float32))


def legal_mask(run, count):
    """A random mask [count, ACTIONS] with two or more legal actions in each row."""
    scores = np.random.default_rng([run.seed, count]).random((count, ACTIONS))
    keep = (scores > 0.4) | (np.argsort(np.argsort(scores, axis=1), axis=1) >= ACTIONS - 2)
    return torch.as_tensor(keep)


def log_softmax(logits, legal=None):
    """Log-probabilities of masked logits, in numpy."""
    logits = np.asarray(logits, dtype=np.float64)
    if legal is not None:
        logits = np.where(legal, logits, -1e9)
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def said(agent, given):
    """What the agent's networks say of states, in numpy."""
    agent.eval()
    with torch.no_grad():
        logits, values = agent.forward(given)
    return logits.numpy(), values.numpy()


def batch(run, agent, count=48):
    """A batch for compute_loss, and the same in numpy with the agent's own log-probabilities."""
    draw = np.random.default_rng([run.seed, 41])
    given, legal = states(run, count, "batch"), legal_mask(run, count)
    logits, values = said(agent, given)
    table = log_softmax(logits, legal.numpy())
    actions = np.array([draw.choice(np.flatnonzero(row)) for row in legal.numpy()])
    picked = table[np.arange(count), actions]
    arrays = {
        "actions": actions,
        "old_log_probs": (picked + draw.normal(size=count) * 0.3).astype(np.float32),
        "advantages": (draw.normal(size=count) * 3 + 1).astype(np.float32),
        "returns": (draw.normal(size=count) * 2).astype(np.float32),
    }
    tensors = {"states": given, "legal": legal, **{name: torch.as_tensor(value) for name, value in arrays.items()}}
    return tensors, {**arrays, "values": values.reshape(count), "table": table, "picked": picked}


def losses(run):
    """The learner's four losses on a batch, and the batch in numpy; computed once."""
    if "losses" not in run.memo:
        agent = calm(fresh(run))
        tensors, arrays = batch(run, agent)
        agent.train()
        found = agent.compute_loss(**tensors)
        run.memo["losses"] = [float(loss.detach().numpy()) for loss in found], arrays
    return run.memo["losses"]


# --- what a right answer gives ---


def normalised(advantages, ddof=0):
    """Advantages with mean 0 and standard deviation 1."""
    return (advantages - advantages.mean()) / (advantages.std(ddof=ddof) + 1e-8)


def clipped_objective(log_probs, old, advantages, clip=CLIP):
    """PPO's policy loss."""
    ratio = np.exp(log_probs - old)
    return -np.minimum(ratio * advantages, np.clip(ratio, 1 - clip, 1 + clip) * advantages).mean()


def near(found, *wanted):
    """Whether a number is one of these, up to rounding."""
    return any(abs(found - one) <= CLOSE * max(1.0, abs(one)) for one in wanted)


def total(found, sign=-1):
    """The total of policy loss, value loss and entropy with the weights of the config."""
    return found[1] + config().value_weight * found[2] + sign * config().entropy_weight * found[3]


def gae(rewards, values, gamma, gae_lambda):
    """Advantages by the sum that defines them, step by step into the future."""
    steps = len(rewards)
    after = np.vstack([values[1:], np.zeros_like(values[:1])])
    surprise = rewards + gamma * after - values
    return np.array([sum((gamma * gae_lambda) ** (k - t) * surprise[k] for k in range(t, steps)) for t in range(steps)])


def shape(value):
    """The shape of a tensor or an array as a tuple."""
    return tuple(getattr(value, "shape", ("no tensor",)))


# --- the data ---


@check("The earlier bars train, the later ones judge", points=2, step="data")
def split_in_time(run):
    train, test = np.asarray(run["train_closes"]), np.asarray(run["test_closes"])
    whole = momentum_closes(run["SEED"], BARS)
    right = len(train) == 9_000 and len(test) == 3_000 and np.array_equal(np.concatenate([train, test]), whole)
    run.expect(
        right,
        expected="train_closes is the first 9,000 of the 12,000 closes, test_closes the last 3,000, both in order",
        found=f"{len(train)} and {len(test)} closes"
        + ("" if len(train) + len(test) != BARS else ", not in the order of time"),
        look="closes[:…] and closes[…:]",
    )
    for name, part in (("env", train), ("test_env", test)):
        run.expect(
            np.array_equal(run[name].closes, part),
            expected=f"{name} plays on its own part",
            found="other closes",
            look=f"the line that makes {name}",
        )


def looks_ahead(run):
    """How many bars' features change when only later closes change."""
    closes = momentum_closes(run.seed, 80)
    before = np.asarray(run["momentum_features"](closes.copy(), 6.0), dtype=float)
    changed = 0
    for now in (20, 41, 60):
        other = closes.copy()
        other[now + 1 :] += 25.0 + np.arange(len(other) - now - 1)
        after = np.asarray(run["momentum_features"](other, 6.0), dtype=float)
        changed += int((~np.isclose(before, after, equal_nan=True)).any(axis=1)[: now + 1].sum())
    return changed


@check("A feature knows its own bar and nothing later", points=3, step="data")
def no_look_ahead(run):
    changed = looks_ahead(run)
    run.expect(
        changed == 0,
        expected="features up to a bar that stay the same when only later closes change",
        found=f"{changed} bars whose features changed",
        look="which closes row `bar` is made from",
    )
    closes = momentum_closes(run.seed, 80)
    found = np.asarray(run["momentum_features"](closes, 6.0), dtype=float)
    wanted = np.column_stack([np.diff(closes)[6:] / 6.0, (closes[7:] - closes[1:-6]) / 36.0])
    run.expect(
        found.shape == (80, 2) and np.allclose(found[7:], wanted),
        expected="the bar's move and the mean of its last six moves, both divided by scale",
        found=f"features of shape {found.shape}, at bar 10: {np.round(found[10], 3).tolist()}; "
        f"expected {np.round(wanted[3], 3).tolist()}",
        look="momentum_features",
    )


@check("The scale is measured on the training bars", points=1, step="data")
def scale_of_training(run):
    whole = momentum_closes(run["SEED"], BARS)
    wanted = float(np.diff(whole[:9_000]).std())
    run.expect_close("scale", wanted, tolerance=0.002, look="np.diff(train_closes).std()")


# --- the networks ---


@check("The agent is a module that finds its networks", points=1, step="network")
def is_a_module(run):
    agent = fresh(run)
    run.expect(
        isinstance(agent, BaseAgent),
        expected="CustomMomentumAgent is a BaseAgent",
        found=type(agent).__name__,
        look="the class line",
    )
    parts = {name.split(".")[0] for name in agent.state_dict()}
    run.expect(
        {"embedder", "policy_net", "value_net"} <= parts,
        expected="weights of embedder, policy_net and value_net",
        found=", ".join(sorted(parts)) or "none",
        look="__init__: networks are set as attributes after super().__init__(config)",
    )


@check("Logits and values have one row for each state", points=2, step="network")
def shapes(run):
    agent = fresh(run)
    for count in (7, 1):
        logits, values = agent.forward(states(run, count))
        run.expect(
            shape(logits) == (count, ACTIONS) and shape(values) == (count,),
            expected=f"for {count} states logits ({count}, {ACTIONS}) and values ({count},)",
            found=f"{shape(logits)} and {shape(values)}",
            look="forward",
        )


@check("The policy head gives logits", points=1, step="network")
def logits_not_probabilities(run):
    run.expect(
        not probabilities(run),
        expected="any numbers; their differences decide",
        found="rows of positive numbers that sum to 1",
        look="the end of policy_net",
    )


# --- acting ---


@check("Actions are drawn from the policy, with their log-probabilities", points=2, step="act")
def draws_from_the_policy(run):
    agent = fresh(run)
    one = states(run, 1)
    many = torch.cat([one] * 2000)
    torch.manual_seed(run.seed)
    actions, log_probs, values = agent.select_action(many)
    run.expect(
        shape(actions) == shape(log_probs) == shape(values) == (2000,),
        expected="actions, log_probs and values of shape (2000,) for 2000 states",
        found=f"{shape(actions)}, {shape(log_probs)}, {shape(values)}",
        look="select_action",
    )
    run.expect(
        actions.dtype == torch.int64, expected="actions of dtype torch.int64", found=actions.dtype, look="sample()"
    )
    table = log_softmax(said(agent, one)[0])[0]
    share = np.bincount(actions.numpy(), minlength=ACTIONS) / 2000
    run.expect(
        np.abs(share - np.exp(table)).max() < 0.06,
        expected=f"actions in the shares {np.exp(table).round(2).tolist()}",
        found=f"{share.round(2).tolist()}",
        look="Categorical(logits=…).sample()",
    )
    run.expect(
        np.allclose(log_probs.numpy(), table[actions.numpy()], atol=CLOSE),
        expected="the log-probability of each action",
        found="other numbers",
        look="log_prob(actions)",
    )
    greedy = agent.select_action(many, greedy=True)[0].numpy()
    run.expect(
        (greedy == table.argmax()).all(),
        expected="with greedy=True always the most probable action",
        found=f"actions {sorted(set(greedy.tolist()))}; the most probable one is {table.argmax()}",
        look="greedy",
    )


@check("Only legal actions are taken", points=2, step="act")
def legal_only(run):
    agent = fresh(run)
    given, legal = states(run, 400), legal_mask(run, 400)
    for greedy in (False, True):
        actions, log_probs, _ = agent.select_action(given, legal, greedy=greedy)
        chosen = actions.numpy()
        broken = int((~legal.numpy()[np.arange(400), chosen]).sum())
        run.expect(
            broken == 0,
            expected="no action where the mask says False",
            found=f"{broken} of 400",
            look="distribution: masked_fill",
        )
        table = log_softmax(said(agent, given)[0], legal.numpy())
        run.expect(
            np.allclose(log_probs.numpy(), table[np.arange(400), chosen], atol=CLOSE),
            expected="log-probabilities among the legal actions",
            found="other numbers",
            look="mask the logits, before they become a distribution",
        )


@check("Acting uses no dropout and records no gradient", points=2, step="act")
def acts_calmly(run):
    agent = fresh(run, dropout=0.5)
    run.expect(
        not dropout_on(agent, states(run, 32)),
        expected="the same log-probabilities twice for the same states",
        found="different ones: dropout is on",
        look="self.eval()",
    )
    agent.train()
    _, log_probs, values = agent.select_action(states(run, 4))
    run.expect(
        not log_probs.requires_grad and not values.requires_grad,
        expected="log-probabilities and values without a gradient",
        found="tensors that hold on to the whole network",
        look="with torch.no_grad():",
    )


@check("A broken state is refused", points=1, step="act")
def refuses_nan(run):
    run.expect(
        refuses(run), expected="an error for a state with NaN", found="an action", look="self.check_states(states)"
    )


# --- the loss ---


@check("The policy loss is PPO's, of log-probabilities", points=3, step="loss")
def policy_loss_is_ppo(run):
    found, b = losses(run)
    wanted = [clipped_objective(b["picked"], b["old_log_probs"], normalised(b["advantages"], ddof)) for ddof in (0, 1)]
    run.expect(
        near(found[1], *wanted),
        expected=f"a policy loss of {wanted[0]:.4f} on a batch of 48 states",
        found=f"{found[1]:.4f}",
        look="ratio, clamp, min, and the minus sign",
    )


@check("The value loss compares values with returns", points=2, step="loss")
def value_loss_is_squared_error(run):
    found, b = losses(run)
    wanted = float(((b["values"] - b["returns"]) ** 2).mean())
    run.expect(
        near(found[2], wanted),
        expected=f"a value loss of {wanted:.4f} on the same batch",
        found=f"{found[2]:.4f}",
        look="MSELoss, and the shapes of both arguments",
    )


@check("Entropy is rewarded, and the weights are the config's", points=1, step="loss")
def total_loss_adds_up(run):
    found, b = losses(run)
    chances = np.exp(b["table"])
    entropy = float(-(chances * np.where(chances > 0, b["table"], 0)).sum(axis=1).mean())
    run.expect(
        near(found[3], entropy), expected=f"an entropy of {entropy:.4f}", found=f"{found[3]:.4f}", look="policy.entropy"
    )
    wanted = total(found)
    run.expect(
        near(found[0], wanted),
        expected=f"a total of {wanted:.4f}: policy + value_weight · value - entropy_weight · entropy",
        found=f"{found[0]:.4f}",
        look="total_loss",
    )


@check("The loss teaches the networks and nothing else", points=1, step="loss")
def gradients_stay_inside(run):
    reached, silent = gradients(run)
    run.expect(
        not reached,
        expected="no gradient for the advantages, which are data",
        found="a gradient for them",
        look="advantages.detach()",
    )
    run.expect(
        not silent,
        expected="a gradient for embedder, policy_net and value_net",
        found=f"none for {', '.join(silent)}",
        look="detach() belongs to the advantages, never to what the networks say",
    )


# --- the critic's target ---


@check("Advantages are those of GAE", points=2, step="returns")
def advantages_are_gae(run):
    (rewards, values), (found, _) = estimated(run)
    wanted = gae(rewards, values, 0.8, 0.7)
    run.expect(
        np.shape(found) == wanted.shape and np.allclose(found, wanted, atol=1e-4),
        expected=f"for rewards {rewards[:, 0].round(2).tolist()} and values {values[:, 0].round(2).tolist()} "
        f"with gamma 0.8 and lambda 0.7 advantages {wanted[:, 0].round(3).tolist()}",
        found=f"{np.asarray(found)[:, 0].round(3).tolist()}",
        look="the loop, last step first",
    )


@check("Returns are what the critic should have said", points=1, step="returns")
def returns_are_targets(run):
    (rewards, values), (_, found) = estimated(run)
    wanted = gae(rewards, values, 0.8, 0.7) + values
    run.expect(
        np.shape(found) == wanted.shape and np.allclose(found, wanted, atol=1e-4),
        expected=f"returns {wanted[:, 0].round(3).tolist()}",
        found=f"{np.asarray(found)[:, 0].round(3).tolist()}",
        look="advantages + values",
    )


# --- training ---


@check("One update forgets the last gradient and shortens the new one", points=2, step="train")
def one_update(run):
    changed, difference, length = updated(run)
    run.expect(changed, expected="weights that move", found="the same weights", look="optimizer.step()")
    run.expect(
        difference < 1e-5,
        expected="the same second step as without the first",
        found=f"weights that lie {difference:.2g} apart",
        look="optimizer.zero_grad()",
    )
    limit = config().max_grad_norm
    run.expect(
        length <= limit * 1.001,
        expected=f"a gradient no longer than {limit}",
        found=f"{length:.4g}",
        look="clip_grad_norm_, after backward() and before step()",
    )


@check("The optimiser uses the configured learning rate", points=1, step="train")
def configured_rate(run):
    optimizer, agent = run["optimizer"], run["agent"]
    rate = optimizer.param_groups[0]["lr"]
    run.expect(
        rate == agent.config.learning_rate,
        expected=f"a learning rate of {agent.config.learning_rate}",
        found=rate,
        look="torch.optim.Adam(…, lr=config.learning_rate)",
    )


@check("Training is recorded, and the reward rises", points=2, step="train")
def reward_rises(run):
    history = [float(value) for value in run["history"]]
    run.expect(
        len(history) == 15 and np.isfinite(history).all(),
        expected="15 finite numbers in history",
        found=f"{len(history)} numbers",
        look="history.append(reward)",
    )
    first, last = np.mean(history[:3]), np.mean(history[-5:])
    run.expect(
        last > first + 5,
        expected="the mean of the last five iterations is at least 5 above that of the first three",
        found=f"{first:.2f} at first, {last:.2f} at last",
        look="the loss and the update",
    )


# --- held out ---


def greedy_reward(run, market):
    """What the learner's trained agent earns, acting greedily."""
    agent = run["agent"]

    def choose(given, legal):
        return agent.select_action(torch.as_tensor(given), torch.as_tensor(legal), greedy=True)[0].numpy()

    return average_reward(market, choose)


def judged(run):
    """The agent's reward on the held-out bars; computed once."""
    if "judged" not in run.memo:
        run.memo["judged"] = greedy_reward(run, run["test_env"])
    return run.memo["judged"]


@check("The agent is judged on the held-out bars", points=2, step="measure")
def judged_on_held_out(run):
    run.expect_close(
        "agent_reward", judged(run), tolerance=0.3, look="average_reward(test_env, choose), after the training"
    )
    likely = np.mean([average_reward(run["test_env"], dice(seed)) for seed in range(6)])
    run.expect_close("dice_reward", float(likely), tolerance=8.0, look="average_reward(test_env, dice(SEED))")


@check("It beats flat and dice, there and on a market that you have not seen", points=2, step="measure")
def beats_the_baselines(run):
    best = max(0.0, float(run["dice_reward"]))
    run.expect(
        judged(run) > best, expected=f"more than {best:.2f} on the held-out bars", found=f"{judged(run):.2f}", look=""
    )
    closes = momentum_closes(run.seed + 1000, 4_000)
    unseen = MomentumMarket(closes, run["momentum_features"](closes, run["scale"]))
    reward = greedy_reward(run, unseen)
    # The best possible filter earns about 22; agents trained with 30 seeds earned 15 to 26.
    run.expect(reward > 10, expected="more than 10 in a market from another seed", found=f"{reward:.2f}", look="step 6")


# --- what a wrong answer gives ---


def error_text(run):
    """The message of the exception that ended the run, or an empty text."""
    return f"{type(run.error).__name__}: {run.error}" if run.error else ""


def raised(function):
    """The message of the exception that a call raises, or an empty text."""
    try:
        function()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def probabilities(run):
    """Whether the agent's forward pass gives rows that are distributions already."""
    logits = fresh(run).forward(states(run, 16))[0].detach().numpy()
    return bool((logits >= 0).all() and np.allclose(logits.sum(axis=-1), 1, atol=1e-3))


def dropout_on(agent, given):
    """Whether acting gives other log-probabilities the second time."""
    agent.train()
    first = agent.select_action(given, greedy=True)
    agent.train()
    second = agent.select_action(given, greedy=True)
    return not np.allclose(first[2].detach().numpy(), second[2].detach().numpy(), atol=1e-6)


def refuses(run):
    """Whether a state with NaN is refused by an error that names the states."""
    given = states(run, 3).numpy().copy()
    given[1, 2, 0] = np.nan
    try:
        fresh(run).select_action(torch.as_tensor(given))
    except BadInput as error:
        return error.argument == "states"
    except ValueError as error:
        return "states" in str(error)
    return False


def gradients(run):
    """Whether the advantages got a gradient, and which networks got none."""
    agent = calm(fresh(run))
    tensors, _ = batch(run, agent)
    agent.train()
    watched = tensors["advantages"].requires_grad_(True)
    agent.compute_loss(**tensors)[0].backward()
    silent = [
        name
        for name in ("embedder", "policy_net", "value_net")
        if not any(p.grad is not None and bool((p.grad != 0).any()) for p in getattr(agent, name).parameters())
    ]
    return watched.grad is not None, silent


def estimated(run):
    """Rewards and values made here, and what the learner's function makes of them."""
    draw = np.random.default_rng([run.seed, 5])
    rewards, values = draw.normal(size=(5, 3)).astype(np.float32), draw.normal(size=(5, 3)).astype(np.float32)
    return (rewards, values), run["advantages_and_returns"](rewards.copy(), values.copy(), 0.8, 0.7)


def weights(agent):
    """All weights of an agent, copied."""
    return [parameter.detach().numpy().copy() for parameter in agent.parameters()]


def distance(one, other):
    """The length of the step between two lists of weights."""
    return float(np.sqrt(sum(((a.astype(np.float64) - b) ** 2).sum() for a, b in zip(one, other, strict=True))))


def updated(run):
    """Two updates of the learner's, one after the other, and the second again by an agent without a past: do weights
    move, how far do the two second steps lie apart, and how long was the gradient of the longer step?"""
    if "updated" in run.memo:
        return run.memo["updated"]
    agent, rate = calm(fresh(run)), 0.1
    one, two = (batch(run, agent, count)[0] for count in (48, 9))
    one["returns"] = one["returns"] * 1000.0  # a gradient that must be shortened, and that would outshout the next
    optimizer = torch.optim.SGD(agent.parameters(), lr=rate)
    path = [weights(agent)]
    run["update"](agent, optimizer, one)
    path.append(weights(agent))
    between = {name: torch.as_tensor(value.numpy().copy()) for name, value in agent.state_dict().items()}
    run["update"](agent, optimizer, two)
    path.append(weights(agent))
    newborn = calm(fresh(run))
    newborn.load_state_dict(between)
    run["update"](newborn, torch.optim.SGD(newborn.parameters(), lr=rate), two)
    lengths = [distance(*path[:2]) / rate, distance(path[1], weights(newborn)) / rate]
    run.memo["updated"] = min(lengths) > 0, distance(path[2], weights(newborn)), max(lengths)
    return run.memo["updated"]


def policy_loss_is(run, *formulas):
    """Whether the learner's policy loss is what one of these wrong formulas gives."""
    found, b = losses(run)
    advantages = [b["advantages"], normalised(b["advantages"]), normalised(b["advantages"], ddof=1)]
    return any(near(found[1], formula(b, a)) for formula in formulas for a in advantages)


def square(b, advantages):
    """PPO's loss with log-probabilities of shape [B, 1]: every state meets every other."""
    return clipped_objective(b["picked"][:, None], b["old_log_probs"][None, :], advantages[None, :])


def square_values(b):
    """The squared error of values [B, 1] and returns [B]."""
    return float(((b["values"][:, None] - b["returns"][None, :]) ** 2).mean())


def many_to_one(run):
    """The error of choosing for three states."""
    return raised(lambda: fresh(run).select_action(states(run, 3)))


def wrong_axis(run):
    """Whether the rows of a batch are picked where the columns should be."""
    text = raised(lambda: fresh(run).select_action(torch.cat([states(run, 1)] * 1)))
    if "out of bounds for dimension 0" in text or "cannot be converted to Scalar" in text:
        return True
    _, log_probs, _ = fresh(run).select_action(states(run, ACTIONS))
    return shape(log_probs)[:1] == (ACTIONS,) and shape(log_probs)[-1:] == (ACTIONS,) and len(shape(log_probs)) > 1


mistake(
    "A dictionary is used as if it had attributes",
    when=lambda run: (
        "'dict' object has no attribute" in error_text(run) or error_text(run).startswith("BadInput: config: got {")
    ),
    text="`config.hidden_dim` asks for an attribute; a dictionary has keys. `AgentConfig(**settings)` turns one "
    "into a dataclass, which also notices misspelt names and impossible values.",
)
mistake(
    "Networks are set before `nn.Module` is ready",
    when=lambda run: "before Module.__init__() call" in error_text(run),
    text="`nn.Module` notes each network that becomes an attribute, and can do so only after its own `__init__`. "
    "`super().__init__(config)` is the first line of the agent's `__init__`.",
)
mistake(
    "A method that the agent owes is missing",
    when=lambda run: "abstract class" in error_text(run),
    text="`BaseAgent` says what an agent must be able to do: `forward`, `select_action` and `compute_loss`. A "
    "class that lacks one of them cannot be instantiated; the message names it.",
)
mistake(
    "The split does not follow time",
    when=lambda run: (
        len(run["train_closes"]) + len(run["test_closes"]) == BARS
        and not np.array_equal(
            np.concatenate([run["train_closes"], run["test_closes"]]), momentum_closes(run["SEED"], BARS)
        )
    ),
    text="Bars that were drawn at random for training lie between the bars of the test: the agent would be asked "
    "about Tuesday after it has seen Monday and Wednesday. Cut once: the earlier part trains, the later part judges.",
)
mistake(
    "A feature looks into the future",
    when=lambda run: looks_ahead(run) > 0,
    text="Row `bar` of the features may use `closes[bar]` and what came before. Here some row changes when only "
    "later closes change. In the backtest such an agent is brilliant; in the market the later close is not there "
    "yet.",
)
mistake(
    "The scale is measured on bars that are judged later",
    when=lambda run: (
        abs(float(run["scale"]) - float(np.diff(momentum_closes(run["SEED"], BARS)).std())) < 1e-9
        or abs(float(run["scale"]) - float(np.diff(run["test_closes"]).std())) < 1e-9
    ),
    text="The deviation of the moves is learnt from data, like a weight. Measure it on `train_closes` alone, and "
    "use the same number for the test.",
)
mistake(
    "The heads answer for every bar of the window",
    when=lambda run: len(shape(fresh(run).forward(states(run, 7))[0])) == 3,
    text="`embedder.sequence(states)` gives one vector per bar, [B, T, H]; the heads then give one decision per "
    "bar. Call the embedder itself: it pools to [B, H], one vector for the window.",
)
mistake(
    "The network ends in probabilities",
    when=probabilities,
    text="With `nn.Softmax` at the end, `Categorical(logits=…)` applies softmax a second time and flattens the "
    "policy; and a logarithm taken later is minus infinity where a probability was rounded to 0. End with "
    "`nn.Linear`, and let `Categorical` do the rest: it computes log-softmax in one step.",
)
mistake(
    "`squeeze()` swallows the batch",
    when=lambda run: shape(fresh(run).forward(states(run, 1))[1]) == () != shape(fresh(run).forward(states(run, 2))[1]),
    text="`squeeze()` removes every dimension of length 1, with one state also that of the batch: values of shape "
    "() instead of (1,). `squeeze(-1)` removes the last one only.",
)
mistake(
    "The probability is looked up in the wrong dimension",
    when=wrong_axis,
    text="`policy[action]` picks rows, and a row is a state. With one state, action 2 is out of bounds; with "
    "many, whole rows come back and nothing complains. `policy.log_prob(actions)` takes one column from each row.",
)
mistake(
    "`item()` needs exactly one number",
    when=lambda run: (
        "elements cannot be converted to Scalar" in many_to_one(run)
        and not raised(lambda: fresh(run).select_action(states(run, 1)))
    ),
    text="`item()` turns a tensor with one element into a Python number, and raises for any other. With a batch "
    "of states, return the tensors as they are, [B] each.",
)
mistake(
    "Dropout is on while the agent acts",
    when=lambda run: dropout_on(fresh(run, dropout=0.5), states(run, 32)),
    text="After `train()` the same state gives another decision each time, because dropout removes random parts "
    "of the network. `self.eval()` in `select_action`; `update` switches back by `agent.train()`.",
)
mistake(
    "Acting records a gradient",
    when=lambda run: fresh(run).select_action(states(run, 2))[1].requires_grad,
    text="Each tensor that `select_action` returns keeps the whole computation behind it in memory, and old "
    "log-probabilities would pass gradients. Wrap the forward pass in `with torch.no_grad():`.",
)
mistake(
    "Illegal actions are possible",
    when=lambda run: bool(
        (
            ~legal_mask(run, 400).numpy()[
                np.arange(400), fresh(run).select_action(states(run, 400), legal_mask(run, 400))[0].numpy()
            ]
        ).any()
    ),
    text="The mask says what the rules allow: no turn from long to short in one step, flat on the last bar. "
    "Replace the logits of illegal actions by -1e9 before `Categorical` sees them, when acting and in the loss "
    "alike.",
)
mistake(
    "The agent trades on NaN",
    when=lambda run: not raised(lambda: fresh(run).select_action(states(run, 2))) and not refuses(run),
    text="One missing price makes every logit NaN. `self.check_states(states)` refuses such a state and says how "
    "many values are broken; the caller can then stand aside.",
)
mistake(
    "A probability stands where a log-probability belongs",
    when=lambda run: policy_loss_is(
        run,
        lambda b, a: -(np.exp(b["picked"]) * a).mean(),
        lambda b, a: clipped_objective(np.exp(b["picked"]), b["old_log_probs"], a),
        lambda b, a: clipped_objective(np.exp(b["picked"]), np.exp(b["old_log_probs"]), a),
    ),
    text="The policy gradient is the gradient of log π times the advantage, and PPO's ratio is exp(log π_new - "
    "log π_old). A plain probability weakens exactly the actions that are rare and should be learnt about. "
    "`log_probs = policy.log_prob(actions)`.",
)
mistake(
    "Every state meets every other: a loss of shape [B, B]",
    when=lambda run: (
        policy_loss_is(
            run,
            square,
            lambda b, a: -(b["picked"][:, None] * a[None, :]).mean(),
            lambda b, a: -(np.exp(b["picked"])[:, None] * a[None, :]).mean(),
        )
        or near(losses(run)[0][2], square_values(losses(run)[1]))
    ),
    text="[B, 1] beside [B] broadcasts to [B, B], and the mean runs over B² pairs of which only B belong "
    "together. No error, no crash, no learning. `squeeze(-1)` what `gather` or the value head gives, so that all "
    "have the shape [B].",
)
mistake(
    "The advantages are used as they come",
    when=lambda run: near(
        losses(run)[0][1],
        clipped_objective(losses(run)[1]["picked"], losses(run)[1]["old_log_probs"], losses(run)[1]["advantages"]),
    ),
    text="Advantages in dollars make the step length depend on how wild the market is. Subtract their mean and "
    "divide by their standard deviation, over the batch.",
)
mistake(
    "The ratio is not clipped",
    when=lambda run: policy_loss_is(run, lambda b, a: -(np.exp(b["picked"] - b["old_log_probs"]) * a).mean()),
    text="Without the clip, the second pass over the same data pushes the policy as far as it will go, on the "
    "strength of one batch. `torch.min(ratio * advantages, clipped * advantages)`.",
)
mistake(
    "A gradient flows into the advantages",
    when=lambda run: gradients(run)[0],
    text="An advantage says how good an action was. If the gradient may pass, the loss is also lowered by making "
    "the critic call everything bad. `advantages.detach()`: from here on it is data.",
)
mistake(
    "Entropy is punished",
    when=lambda run: near(losses(run)[0][0], total(losses(run)[0], sign=1)),
    text="The loss is made small. Plus the entropy would make the policy certain as fast as it can; minus keeps "
    "it trying.",
)
mistake(
    "Actions must be whole numbers of type int64",
    when=lambda run: "for index" in error_text(run) and "gather" in error_text(run),
    text="`gather` picks by position, so its index is an integer tensor with as many dimensions as its source: "
    "`actions.long().unsqueeze(-1)`. `policy.log_prob(actions)` does both.",
)
mistake(
    "The critic is taught the reward of one bar",
    when=lambda run: np.allclose(estimated(run)[1][1], estimated(run)[0][0]),
    text="A value says what is still to come in the episode, not what the next bar brings. Its target is the "
    "return: `advantages + values`.",
)
mistake(
    "Gradients add up from step to step",
    when=lambda run: updated(run)[1] > 1e-5,
    text="`backward()` adds to the gradients that are there. Without `optimizer.zero_grad()` each step follows "
    "the sum of all gradients so far, most of them of networks that no longer exist.",
)
mistake(
    "The gradient is not shortened",
    when=lambda run: updated(run)[2] > config().max_grad_norm * 1.001,
    text="One wild bar gives one wild gradient. `nn.utils.clip_grad_norm_(agent.parameters(), "
    "agent.config.max_grad_norm)` keeps its direction and limits its length; it belongs between `backward()` and "
    "`step()`.",
)
mistake(
    "The agent is judged on the bars that it was trained on",
    when=lambda run: (
        np.array_equal(run["test_env"].closes, run["env"].closes)
        or (
            abs(float(run["agent_reward"]) - greedy_reward(run, run["env"])) < 1e-6
            and abs(float(run["agent_reward"]) - judged(run)) > 1e-6
        )
    ),
    text="What it earns there it may have learnt by heart. `average_reward(test_env, choose)` plays the later bars.",
)
