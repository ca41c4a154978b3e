"""From a decision to money: orders, exchange, portfolio, risk figures and the client of the trading API."""
