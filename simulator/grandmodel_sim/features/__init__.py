"""Indicators, features, matrices and synergies: what bars are turned into before an agent sees anything.

To read in this order: an indicator of your choice (`heikin_ashi`, `mlmi`, `nwrqk`, `fvg`, `lvn`, `mmd`, `momentum`,
`volume`, `volatility`); `gaps`, what is told of fair value gaps; `normalizers`, how each feature gets its size;
`engine`, all of them together as one row; `assembler` and `matrix`, the windows of rows; `signals` and `synergy`, the
gate that wakes the agents. `columns` and `frames` compute whole series, for training; `checking` refuses bars that
cannot be used.

Whatever a module computes after a bar depends on that bar and earlier ones only.
"""
