"""Facts that recorded diagnoses state for certain, by the start of the ICD-10-CM code.

Only codes whose title is the fact itself; anything that needs judgement is asked
in the intake. No Django.
"""

from collections.abc import Iterable, Mapping

# Code prefixes, without the dot, and the fact that the code's own title states.
CERTAIN: Mapping[str, tuple[str, bool | str]] = {
    "B15": ("hepatitis", "acute"),
    "B16": ("hepatitis", "acute"),
    "B171": ("hepatitis", "acute"),
    "B180": ("hbv", True),
    "B181": ("hbv", True),
    "B182": ("hcv", True),
    "B20": ("hiv", True),
    "Z21": ("hiv", True),
    "F20": ("mental", "psychosis"),
    "F25": ("mental", "psychosis"),
    "F31": ("mental", "bipolar"),
    "F32": ("mental", "depression"),
    "F33": ("mental", "depression"),
    "F41": ("mental", "anxiety"),
    "G40": ("seizure", True),
    "G473": ("resp", "sleep_apnoea"),
    "G894": ("pain", "chronic"),
    "I4581": ("long_qt", True),
    "I50": ("medical", "heart_failure"),
    "J44": ("resp", "copd"),
    "J45": ("resp", "asthma"),
    "K703": ("medical", "cirrhosis"),
    "K746": ("medical", "cirrhosis"),
    "K72": ("hepatitis", "liver_failure"),
    "N186": ("dialysis", True),
    "Z992": ("dialysis", True),
}
# Facts that hold several answers at once; a diagnosis adds one of them.
SEVERAL = frozenset(["mental", "pain", "resp", "medical"])
LONGEST = max(map(len, CERTAIN))


def stated_by(code: str) -> tuple[str, bool | str] | None:
    """The fact and value that a code states; None where it needs judgement."""
    plain = code.replace(".", "").upper()
    starts = (plain[:length] for length in range(LONGEST, 2, -1))
    return next((CERTAIN[start] for start in starts if start in CERTAIN), None)


def stated(codes: Iterable[str]) -> dict[str, bool | str | frozenset[str]]:
    """Everything that these codes state together."""
    facts: dict[str, bool | str | frozenset[str]] = {}
    for name, value in filter(None, map(stated_by, codes)):
        if name not in SEVERAL:
            facts[name] = value
            continue
        before = facts.get(name)
        held = before if isinstance(before, frozenset) else frozenset()
        facts[name] = held | {str(value)}
    return facts
