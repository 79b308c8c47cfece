"""Short titles of instruments and of their parts, as staff say them."""

from knowledge.instruments.registry import instruments


def short_title(key: str) -> str:
    """What staff call an instrument, such as PHQ-9."""
    instrument = instruments().get(key)
    short = instrument.short if instrument else ""
    return short or key.replace("_", "-").upper()


def part_title(instrument: str, part: str) -> str:
    """What staff call a part of an instrument: BAM risk, TEA health."""
    words = part.replace("_", " ")
    return f"{short_title(instrument)} {words}".strip()
