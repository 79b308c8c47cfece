"""Figure of the long lines in templates, against what a reader can bear.

`python -m config.local.template_lines` prints it, and fails past the bounds.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from config.local.places import ROOT

LONG, LONGEST = 160, 240
MOST_LONG = 0.01


def lengths_in(templates: Iterable[Path]) -> list[int]:
    return [len(line) for path in templates for line in path.read_text().splitlines()]


def figure(lengths: Sequence[int]) -> str:
    """One sentence with both counts."""
    over, far_over = (sum(n > limit for n in lengths) for limit in (LONG, LONGEST))
    share = over / len(lengths) if lengths else 0
    return (
        f"{over} of {len(lengths)} template lines ({share:.2%}) are over {LONG}"
        f" characters, {far_over} over {LONGEST}"
    )


def is_readable(lengths: Sequence[int]) -> bool:
    over = sum(n > LONG for n in lengths)
    return over <= MOST_LONG * len(lengths) and max(lengths, default=0) <= LONGEST


def main() -> int:
    lengths = lengths_in((ROOT / "templates").rglob("*.html"))
    print(figure(lengths))
    return 0 if is_readable(lengths) else 1


if __name__ == "__main__":
    sys.exit(main())
