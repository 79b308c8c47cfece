"""Facts that recorded diagnoses state for certain, by the start of the ICD-10-CM code.
No Django.
"""

from collections.abc import Iterable, Mapping

from knowledge.tables import shipped

# Code prefixes, without the dot, and the fact that the code's own title states.
CERTAIN: Mapping[str, tuple[str, bool | str]] = {
    code: (fact, value == "yes" or value)
    for fact, values in shipped()["diagnoses"].items()
    for value, codes in values.items()
    for code in codes
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
