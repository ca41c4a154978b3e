"""From a decision to money: orders, exchange, portfolio, risk figures and the client of the trading API.

In reading order:

- `orders` (an order and its states), `costs` (slippage, depth), `hours`, `schedule` (TWAP, VWAP, iceberg), `exchange`.
- `position` and `portfolio` (the books), `ledger` (fills into the books), `brackets` (stop and target).
- `figure` (a number that says what it is), `metrics`, `performance`, `attribution`, `shortfall`.
- `system` (all of it wired to the agents), `alerts`, `client` (the trading API).
"""
