"""Where open answers could still move a score: exact, for every instrument."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.instruments import reach
from knowledge.instruments.declaration import Context
from knowledge.instruments.reach import End, possible_bands
from knowledge.instruments.registry import find, instruments

KEYS = sorted(instruments())
MOST_WAYS = 3_000


def reached(key, answers, **said):
    declared = find(key)
    values = dict.fromkeys(declared.item_keys) | answers
    return possible_bands(declared, values, Context(said))


def by_trying_all(declared, values):
    """The ends that come out when every open item is answered in every way."""
    settled = declared.settle(values)
    unknown = [i for i in declared.items if settled[i.key] is None and not i.optional]
    ends = []
    for codes in product(*(item.allowed for item in unknown)):
        way = dict(zip([item.key for item in unknown], codes, strict=True))
        out = declared.rule(declared.settle({**values, **way}), Context())
        ends.append(End(out.total, out.band))
    totals = [end.total for end in ends if end.total is not None]
    return totals, {end.band for end in ends}


@st.composite
def sheets(draw, key):
    """Answers of which few enough are open that all ways can be tried."""
    declared = find(key)
    values = {i.key: draw(st.sampled_from(i.allowed)) for i in declared.items}
    ways = 1
    for item in draw(st.permutations(declared.items)):
        ways *= len(item.allowed)
        if ways > MOST_WAYS or draw(st.booleans()):
            break
        values[item.key] = None
    return values


@pytest.mark.parametrize("few", [0, 256], ids=["by the ends", "by trying"])
@pytest.mark.parametrize("key", KEYS)
def test_the_ends_are_those_of_trying_everything(key, few, monkeypatch):
    monkeypatch.setattr(reach, "FEW", few)
    declared = find(key)

    @settings(max_examples=40, deadline=None)
    @given(sheets(key))
    def check(values):
        totals, bands = by_trying_all(declared, values)
        found = possible_bands(declared, values, Context())
        if not totals and bands == {None}:
            assert found is None
            return
        assert found is not None
        assert {found.lowest.band, found.highest.band} <= bands
        if totals:
            assert (found.lowest.total, found.highest.total) == (
                min(totals),
                max(totals),
            )

    check()


@pytest.mark.parametrize(
    ("key", "answers", "words"),
    [
        pytest.param(
            "dsm5_oud",
            {
                **dict.fromkeys(
                    ["larger_amounts", "cut_down", "time_spent", "craving"], 1
                ),
                **dict.fromkeys(
                    [
                        "social_problems",
                        "activities_given_up",
                        "hazardous_use",
                        "health_problems",
                    ],
                    0,
                ),
                "role_failure": 1,
            },
            "5 to 7, moderate to severe",
            id="5 met and 2 unknown",
        ),
        pytest.param(
            "phq2", {"interest": 3}, "3 to 6, positive", id="no answer can lift it"
        ),
        pytest.param("phq2", {"interest": 1, "mood": 1}, "2, negative", id="settled"),
        pytest.param("audit_c", {"frequency": 0}, "0, negative", id="closed by a gate"),
        pytest.param("cssrs", {"wish": 1}, "low to high", id="bands without a total"),
        pytest.param(
            "dast10",
            {"always_able_to_stop": None},
            "0 to 10, none to severe",
            id="a question put the other way round",
        ),
        pytest.param("peg", {"pain": 4, "activity": 4}, "2.7 to 6, mild to moderate"),
    ],
)
def test_in_words(key, answers, words):
    assert reached(key, answers).words == words


def test_without_total_and_band_there_is_nothing_to_reach():
    assert reached("bam", {}) is None


def test_says_how_many_items_are_open_and_whether_they_matter():
    open_ = reached("phq2", {"interest": 1})
    settled = reached("phq2", {"interest": 1, "mood": 1})

    assert (open_.unanswered, open_.is_open) == (1, True)
    assert (settled.unanswered, settled.is_open) == (0, False)


def test_an_unanswered_item_is_never_taken_for_zero():
    assert reached("gad7", {}).highest == End(21, "severe")
