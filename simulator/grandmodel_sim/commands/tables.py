"""kubectl's tables: columns as Go's tabwriter lays them out, and ages as Kubernetes writes them."""

from collections.abc import Sequence

PADDING = 3
NARROWEST = 6


def table(rows: Sequence[Sequence[str]]) -> str:
    """Lay out rows, the header first: columns as wide as their widest cell and three spaces, the last not padded."""
    if not rows:
        return ""
    widths = [max(NARROWEST, PADDING + max(len(row[i]) for row in rows)) for i in range(len(rows[0]) - 1)]
    lines = ["".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)) + row[-1] for row in rows]
    return "\n".join(lines) + "\n"


def age(ms: int) -> str:
    """A duration as in the AGE column: `45s`, `3m20s`, `5h12m`, `3d4h`, `12d` (apimachinery's HumanDuration)."""
    seconds = ms // 1000
    if seconds < 0:
        return "<invalid>" if seconds < -1 else "0s"
    if seconds < 120:
        return f"{seconds}s"
    minutes = seconds // 60
    if minutes < 10:
        return f"{minutes}m{seconds % 60}s" if seconds % 60 else f"{minutes}m"
    if minutes < 180:
        return f"{minutes}m"
    hours = minutes // 60
    if hours < 8:
        return f"{hours}h{minutes % 60}m" if minutes % 60 else f"{hours}h"
    if hours < 48:
        return f"{hours}h"
    if hours < 192:
        return f"{hours // 24}d{hours % 24}h" if hours % 24 else f"{hours // 24}d"
    if hours < 24 * 365 * 2:
        return f"{hours // 24}d"
    years, days = divmod(hours // 24, 365)
    return f"{years}y{days}d" if years < 8 and days else f"{years}y"
