"""Writes golden.json: seeds and what they draw. Run it for a new vector only; a changed old one breaks old records.

python -m tests.quiz.golden
"""

import json
from pathlib import Path
from typing import Any

from academy.content.draw import Drawable, draw, stream

FILE = Path(__file__).parent / "golden.json"

# Published with the generator: outputs of its demonstration program for pcg32_srandom(42, 54), first round.
REFERENCE = {
    "state": 42,
    "sequence": 54,
    "next": [0xA15C02B7, 0x7B47F409, 0xBA1D3330, 0x83D2F293, 0xBFA4784B, 0xCBED606E],
    "coins": "HHTTTHTHHHTHTTTHHHHHTTTHHHTHTHTHTTHTTTHHHHHHTTTTHHTTTTTHTTTTTTTHT",
    "rolls": [3, 4, 1, 1, 2, 2, 3, 2, 4, 3, 2, 4, 3, 3, 5, 2, 3, 1, 3, 1, 5, 1, 4, 1, 5, 6, 4, 6, 6, 2, 6, 3, 3],
    "cards": "Qd Ks 6d 3s 3d 4c 3h Td Kc 5c Jh Kd Jd As 4s 4h Ad Th Ac Jc 7s Qs 2s 7h Kh 2d 6c Ah 4d Qh 9h 6s 5s 2c "
    "9c Ts 8d 9s 3c 8c Js 5d 2h 6h 7d 8s 9d 5h 8h Qc 7c Tc",
}


def banks() -> dict[str, list[Drawable]]:
    """Banks of several shapes: even, uneven, one objective, items to be put in order, more wanted than there are."""
    even = [Drawable(f"1.q{n:02}", f"1.o{n % 4 + 1}", choices=4) for n in range(1, 25)]
    uneven = [Drawable(f"2.q{n:02}", "2.o1" if n < 18 else f"2.o{n - 15}", choices=n % 5) for n in range(1, 21)]
    single = [Drawable(f"3.q{n:02}", "3.o1", choices=3, ordered=True) for n in range(1, 9)]
    pairs = [Drawable(f"4.q{n:02}", "4.oé", choices=2, ordered=True) for n in range(1, 4)]
    return {"even": even, "uneven": uneven, "single": single, "pairs": pairs}


def vectors() -> list[dict[str, Any]]:
    """One vector for each bank and seed, with and without questions to avoid."""
    found = []
    for name, questions in banks().items():
        for seed in (0, 1, 42, 2_147_483_648, 4_294_967_295):
            first = draw(questions, 10, seed)
            for avoid in ([], [question.id for question in first]):
                drawn = [{"id": one.id, "order": one.order} for one in draw(questions, 10, seed, avoid)]
                found.append({"bank": name, "count": 10, "seed": seed, "avoid": avoid, "drawn": drawn})
    return found


def main() -> None:
    streams = [
        {"seed": seed, "name": name, "next": [generator.next() for _ in range(4)]}
        for seed, name in [(0, ""), (1, "order"), (4_294_967_295, "choices:1.q07"), (7, "draw:4.oé")]
        if (generator := stream(seed, name))
    ]
    asked = {name: [vars(question) for question in questions] for name, questions in banks().items()}
    golden = {"reference": REFERENCE, "streams": streams, "banks": asked, "draws": vectors()}
    text = json.dumps(golden, ensure_ascii=False, separators=(",", ":"))
    # One draw a line: a difference shows which draw changed.
    FILE.write_text(text.replace('{"bank"', '\n{"bank"') + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
