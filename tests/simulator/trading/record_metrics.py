"""Records what empyrical-reloaded and scipy make of some series of returns, for `test_metrics.py` to compare with.

Neither is a dependency of this repository. Run it in an environment of its own and commit the file that it writes:

    python -m venv somewhere && somewhere/bin/pip install empyrical-reloaded==0.7.1 scipy==1.17.1
    somewhere/bin/python tests/simulator/trading/record_metrics.py
"""

import hashlib
import json
import platform
import random
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE / "recorded_metrics.json"


def series() -> dict[str, list[float]]:
    """Three series: a year of days, one day of 5-minute bars, thirty days with fat tails and a crash."""
    draw = random.Random(20251122)
    crash = [0.02 * draw.gauss(0, 1) / max(0.2, abs(draw.gauss(0, 1))) / 3 for _ in range(30)]
    crash[17] = -0.31
    return {
        "year": [round(0.0004 + 0.011 * draw.gauss(0, 1), 8) for _ in range(252)],
        "day": [round(0.00001 + 0.0009 * draw.gauss(0, 1), 8) for _ in range(78)],
        "crash": [round(value, 8) for value in crash],
    }


def record() -> dict[str, object]:
    import empyrical
    import numpy as np
    from scipy import stats

    found = {}
    for name, returns in series().items():
        r = np.array(returns)
        per_year = {"year": 252, "day": 19_656, "crash": 252}[name]
        values: dict[str, float] = {
            "max_drawdown": empyrical.max_drawdown(r),
            "cum_returns_final": empyrical.cum_returns_final(r),
            "annual_return": empyrical.annual_return(r, annualization=per_year),
            "annual_volatility": empyrical.annual_volatility(r, annualization=per_year),
            "sharpe_ratio": empyrical.sharpe_ratio(r, annualization=per_year),
            "sharpe_ratio_rf": empyrical.sharpe_ratio(r, risk_free=0.0001, annualization=per_year),
            "sortino_ratio": empyrical.sortino_ratio(r, annualization=per_year),
            "sortino_ratio_required": empyrical.sortino_ratio(r, required_return=0.0002, annualization=per_year),
            "calmar_ratio": empyrical.calmar_ratio(r, annualization=per_year),
        }
        for confidence in (0.9, 0.95, 0.975, 0.99):
            cutoff = round(1 - confidence, 6)
            normal = stats.norm(loc=r.mean(), scale=r.std(ddof=1))
            z = stats.norm.ppf(cutoff)
            values[f"value_at_risk {confidence}"] = empyrical.value_at_risk(r, cutoff=cutoff)
            values[f"conditional_value_at_risk {confidence}"] = empyrical.conditional_value_at_risk(r, cutoff=cutoff)
            values[f"normal quantile {confidence}"] = normal.ppf(cutoff)
            # Mean of a normal distribution below its quantile.
            values[f"normal tail mean {confidence}"] = r.mean() - r.std(ddof=1) * stats.norm.pdf(z) / cutoff
            values[f"normal quantile {confidence} h10"] = 10 * r.mean() + np.sqrt(10) * r.std(ddof=1) * z
        found[name] = {
            "returns": returns,
            "periods_per_year": per_year,
            "values": {key: float(value) for key, value in values.items()},
        }
    return found


def script_hash() -> str:
    """SHA-256 of this file: the recorded values belong to exactly this script."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


if __name__ == "__main__":
    document = {
        "script": script_hash(),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("empyrical-reloaded", "scipy", "numpy")},
        },
        "series": record(),
    }
    TARGET.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {TARGET.name}")
