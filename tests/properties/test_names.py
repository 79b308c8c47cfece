"""One letter too few, too many, wrong or swapped: never another medicine."""

from knowledge.names import recognise
from knowledge.names.vocabulary import of_medicines, that_matter

# A word this short is near too much for one letter to tell.
LONG_ENOUGH = 6
MOST_LEFT_ALONE = 0.1


def slipped(name):
    """One letter too few, too many, wrong, and two swapped, at three places."""
    for at in (1, len(name) // 2, len(name) - 3):
        before, this, after = name[:at], name[at], name[at + 1 :]
        yield from (before + after, f"{before}{this}e{after}", f"{before}u{after}")
        yield before + after[0] + this + after[1:]


def names_that_matter():
    for key, one in of_medicines().names.items():
        is_long = len(key) >= LONG_ENOUGH and " " not in key
        if is_long and {*one.ingredients} & that_matter():
            yield key, one


def test_a_slip_is_never_read_as_another_and_is_offered_put_right():
    tried, alone, wrong = 0, [], []
    for key, meant in names_that_matter():
        for slip in {*slipped(key)} - {key}:
            read, tried = recognise(slip), tried + 1
            if read.is_known and {*read.ingredients} != {*meant.ingredients}:
                wrong.append((key, slip, read.ingredients))
            offers = {i for near in read.near for i in recognise(near).ingredients}
            if not read.is_known and not {*meant.ingredients} <= offers:
                alone.append((key, slip, read.near))
    print(f"{tried} slips: {len(alone)} not offered, {len(wrong)} read wrongly")  # noqa: T201

    assert tried > 10_000
    assert wrong == []
    assert len(alone) <= MOST_LEFT_ALONE * tried
