"""The four kinds of agent of GrandModel: strategic, tactical, risk and execution; each decision carries its reasons."""
