"""The four kinds of agent of GrandModel: strategic, tactical, risk and execution; each decision carries its reasons.

In reading order:

- `decision` (what was decided and why) and `base` (what an agent sees; the class to subclass), `voter` (agents that
  answer with three probabilities).
- `strategic` (three experts, a gate, a vote) and `tactical` (three agents, weights by synergy, vetoes).
- `limits`, `sizing`, `breakers`, `correlation`, `market_state`, `risk_score` and `sub_agents`, which `risk` puts
  together.
- `execution` (how an order is sent), `replay` (try an agent on history).
- `neural`, `embedders` and `momentum`: agents that learn.

`grandmodel_sim.trading.system` wires the first four to the event bus.
"""
