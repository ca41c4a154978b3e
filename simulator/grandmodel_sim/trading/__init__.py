"""From a decision to money: orders, exchange, portfolio, risk figures and the client of the trading API.

In reading order:

- `orders` (an order and its states), `costs` and `hours`, `book` (price, slippage, depth), `matching` (at which price
  an order trades), `gateway` (what is refused), `schedule` (TWAP, VWAP, iceberg), `agenda`, `exchange` (all of these).
- `position` and `portfolio` (the books), `ledger` (fills into the books), `brackets` (stop and target).
- `figure` (a number that says what it is), `metrics`, `performance`, `attribution`, `shortfall`.
- `system` (all of it wired to the agents), `watch` (the look at the portfolio after each bar), `alerts`, `client` (the
  trading API).
"""
