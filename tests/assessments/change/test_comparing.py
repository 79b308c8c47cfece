"""Each figure of reference A19 at its edge, and the worked examples word for word."""

from decimal import Decimal

import pytest

from assessments.change.comparing import NotComparable, compare
from knowledge.instruments.registry import NoSuchInstrument
from tests.assessments.change.points import point

BETTER, WORSE, NONE, MIXED = "better", "worse", "none", "mixed"


def change(instrument, was, now, *, before=None, after=None):
    return compare(
        point(instrument, was, **(before or {})),
        point(instrument, now, day=28, **(after or {})),
    )


WORKED = [
    pytest.param(
        *("phq9", 16, 12, BETTER, False, True, "some improvement, below 5 points"),
        id="PHQ-9: 25%, below the 5 points",
    ),
    pytest.param(
        *("gad7", 14, 10, BETTER, True, True, "4 points down, reliable and important"),
        id="GAD-7: 4 points are reliable",
    ),
    pytest.param(
        *("peg", "6.0", "5.0", BETTER, None, True),
        "1 point down, important by points only",
        id="PEG: 1.0 and 17%",
    ),
]


@pytest.mark.parametrize(
    ("instrument", "was", "now", "direction", "reliable", "important", "words"), WORKED
)
def test_worked_examples(instrument, was, now, direction, reliable, important, words):
    found = change(instrument, was, now)

    assert found.direction == direction
    assert found.reliable is reliable
    assert found.important is important
    assert found.words == words


def test_worked_example_of_bam_use():
    found = compare(
        point("bam", parts={"use": 4}, items={"drug_days": 4, "alcohol_days": 0}),
        point("bam", parts={"use": 0}, items={"drug_days": 0, "alcohol_days": 0}),
    )

    use = found.part("use")
    assert (use.was, use.now, use.direction) == (4, 0, BETTER)
    assert use.words == "no use reported; 4 points down, important"
    assert [g.figure.key for g in use.grounds] == ["bam-use-items", "bam-use-points"]


EDGES = [
    ("phq9", 16, 16, NONE, False, False),
    ("phq9", 16, 14, BETTER, False, False),
    ("phq9", 20, 16, BETTER, False, True),  # 20% exactly
    ("phq9", 21, 17, BETTER, False, False),  # 19%
    ("phq9", 10, 8, BETTER, False, True),  # 20%, from 10
    ("phq9", 9, 6, BETTER, False, False),  # 33%, but mild scores need more
    ("phq9", 16, 11, BETTER, False, True),
    ("phq9", 16, 10, BETTER, True, True),
    ("phq9", 4, 8, WORSE, False, False),
    ("phq9", 4, 9, WORSE, False, True),
    ("phq9", 4, 10, WORSE, True, True),
    ("gad7", 14, 11, BETTER, False, False),
    ("gad7", 10, 7, BETTER, False, True),  # 30%, 3 points
    ("gad7", 3, 2, BETTER, False, False),  # 33%, but 1 point is below 1.5
    ("gad7", 6, 4, BETTER, False, True),  # 33% and 2 points
    ("gad7", 5, 9, WORSE, True, True),
    ("gad7", 15, 18, WORSE, False, False),
    ("peg", "6.0", "5.1", BETTER, None, False),
    ("peg", "8.0", "5.6", BETTER, None, True),  # 30% exactly
    ("peg", "2.0", "1.4", BETTER, None, True),  # 30%, 0.6 points
    ("peg", "2.0", "1.5", BETTER, None, False),
    ("peg", "5.0", "6.0", WORSE, None, True),
    ("peg", "2.0", "2.6", WORSE, None, True),
    ("peg", "0.0", "0.7", WORSE, None, False),  # no percentage of nothing
    ("barc10", 42, 45, BETTER, None, False),
    ("barc10", 42, 46, BETTER, None, True),
    ("barc10", 46, 47, BETTER, None, True),
    ("barc10", 47, 46, WORSE, None, True),
    ("barc10", 50, 47, WORSE, None, False),
    ("barc10", 50, 46, WORSE, None, True),
    ("barc10", 46, None, NONE, None, None),
    ("cows", 12, 8, BETTER, None, False),
    ("cows", 12, 7, BETTER, None, True),
    ("cows", 5, 20, WORSE, None, False),
    ("sows", 20, 16, BETTER, None, False),
    ("sows", 20, 15, BETTER, None, True),
    ("sows", 20, 40, WORSE, None, False),
]


@pytest.mark.parametrize(
    ("instrument", "was", "now", "direction", "reliable", "important"), EDGES
)
def test_every_edge(instrument, was, now, direction, reliable, important):
    found = change(instrument, was, now)

    assert found.direction == direction
    assert (found.reliable, found.important) == (reliable, important)


PARTS = [
    ("use", 4, 2, BETTER, False),
    ("use", 4, 1, BETTER, True),
    ("use", 1, 4, WORSE, True),
    ("risk", 14, 10, BETTER, False),
    ("risk", 14, 9, BETTER, True),
    ("risk", 9, 14, WORSE, True),
    ("protective", 12, 16, BETTER, False),
    ("protective", 12, 17, BETTER, True),
    ("protective", 17, 12, WORSE, True),
]


@pytest.mark.parametrize(("part", "was", "now", "direction", "important"), PARTS)
def test_parts_of_the_bam(part, was, now, direction, important):
    found = compare(point("bam", parts={part: was}), point("bam", parts={part: now}))

    assert found.part(part).direction == direction
    assert (found.part(part).reliable, found.part(part).important) == (None, important)


@pytest.mark.parametrize(
    "domain", ["substance_use", "health", "lifestyle", "community"]
)
@pytest.mark.parametrize(
    ("was", "now", "direction"), [(5, 6, BETTER), (6, 5, WORSE), (5, 5, NONE)]
)
def test_domains_of_the_tea(domain, was, now, direction):
    found = compare(
        point("tea", parts={domain: was}), point("tea", parts={domain: now})
    )

    assert found.part(domain).direction == direction
    assert found.part(domain).important is (direction != NONE)


def test_what_parts_in_two_ways_is_mixed():
    before = point("tea", parts={"health": 5, "lifestyle": 5})
    now = point("tea", parts={"health": 7, "lifestyle": 3})

    assert compare(before, now).direction == MIXED
    assert compare(before, now).is_off_track


def test_small_steps_of_several_parts_have_no_direction():
    before, now = (point("bam", parts={"use": u, "risk": 9}) for u in (2, 3))

    assert compare(before, now).direction == NONE
    assert compare(before, now).words.startswith("BAM use: 1 point up, below 3 points")


CATEGORIES = [
    (0, "negative", 1, "negative", WORSE),  # none to low-risk
    (3, "negative", 4, "positive", WORSE),
    (4, "positive", 5, "positive", None),
    (4, "positive by cut-off, review", 4, "positive", None),
    (7, "positive", 8, "positive, severe risk", WORSE),
    (8, "positive, severe risk", 7, "positive", BETTER),
    (3, "negative", 5, "positive", WORSE),
    (4, "positive", 6, "positive", WORSE),  # two points, one category
]


@pytest.mark.parametrize(("was", "band", "now", "band_now", "counts"), CATEGORIES)
def test_categories_of_alcohol(was, band, now, band_now, counts):
    found = change("audit_c", was, now, before={"band": band}, after={"band": band_now})

    assert found.important is (counts is not None)
    assert found.is_off_track is (counts == WORSE)


LEVELS = [
    ("none", "low", WORSE, True),
    ("low", "high", WORSE, True),
    ("high", "moderate", BETTER, True),
    ("low", "low", NONE, False),
    ("", "low", NONE, None),
]


@pytest.mark.parametrize(("was", "now", "direction", "important"), LEVELS)
def test_levels_of_suicide_risk(was, now, direction, important):
    found = compare(point("cssrs", band=was), point("cssrs", band=now))

    assert found.part().direction == direction
    assert (found.reliable, found.important) == (None, important)
    assert found.is_off_track is (direction == WORSE)


def test_a_risen_level_says_what_to_do():
    found = compare(point("cssrs", band="none"), point("cssrs", band="low"))

    assert found.words == "none to low: review the same day"


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ("low", "low", "no change"),
        ("", "low", "cannot be compared: no level for one of the two"),
        ("", "", "cannot be compared: no level for one of the two"),
        ("high", "none", "high to none"),
    ],
)
def test_words_of_levels(was, now, words):
    assert compare(point("cssrs", band=was), point("cssrs", band=now)).words == words


def test_a_lower_band_of_withdrawal_counts_below_five_points():
    found = change("cows", 13, 12, before={"band": "moderate"}, after={"band": "mild"})

    assert (found.direction, found.important) == (BETTER, True)
    assert found.words == "moderate to mild; 1 point down, below 5 points"


def test_a_higher_band_of_withdrawal_alone_does_not_count():
    found = change("cows", 12, 13, before={"band": "mild"}, after={"band": "moderate"})

    assert found.important is False


RISES = [
    pytest.param("cows", 6, {"buprenorphine": 1.0}, 3, True, id="6 in two hours"),
    pytest.param("cows", 5, {"buprenorphine": 1.0}, 3, False, id="5 are too few"),
    pytest.param("cows", 6, {"buprenorphine": 2.0}, 3, True, id="two hours exactly"),
    pytest.param("cows", 6, {"buprenorphine": 2.1}, 3, False, id="later than that"),
    pytest.param("cows", 6, {"methadone": 1.0}, 3, False, id="another medicine"),
    pytest.param("cows", 6, {}, 3, False, id="no dose on record"),
    pytest.param("cows", 6, {"buprenorphine": 1.5}, 1, False, id="dose before both"),
    pytest.param("sows", 5, {"methadone": 2.0}, 3, True, id="SOWS, any dose"),
    pytest.param("sows", 4, {"methadone": 2.0}, 3, False, id="SOWS, 4 are too few"),
    pytest.param("sows", 5, {"methadone": 4.0}, 3, False, id="SOWS, dose before both"),
    pytest.param("sows", 5, {}, 3, False, id="SOWS, no dose"),
]


@pytest.mark.parametrize(("instrument", "rise", "doses", "apart", "counts"), RISES)
def test_a_rise_counts_after_a_dose(instrument, rise, doses, apart, counts):
    found = compare(
        point(instrument, 10),
        point(instrument, 10 + rise, hours=apart, hours_since_dose=doses),
    )

    assert found.direction == WORSE
    assert found.important is counts
    assert found.is_off_track is counts


ITEM9 = [
    pytest.param(0, 1, True, id="new"),
    pytest.param(None, 2, True, id="not answered before"),
    pytest.param(1, 2, False, id="there before"),
    pytest.param(0, 0, False, id="none"),
    pytest.param(0, None, False, id="not answered now"),
]


@pytest.mark.parametrize(("was", "now", "new"), ITEM9)
def test_a_new_thought_of_self_harm(was, now, new):
    found = change(
        *("phq9", 8, 8),
        before={"items": {"self_harm": was}},
        after={"items": {"self_harm": now}},
    )

    assert found.is_off_track is new
    assert ("thoughts of self-harm, not reported before" in found.words) is new


def test_a_new_thought_of_self_harm_counts_without_a_total():
    found = change(
        *("phq9", None, None),
        before={"items": {"self_harm": 0}},
        after={"items": {"self_harm": 1}},
    )

    assert (found.direction, found.important, found.reliable) == (WORSE, True, None)


USE = [
    pytest.param({"drug_days": 0}, {"drug_days": 1}, WORSE, id="begun"),
    pytest.param({"opioid_days": 0}, {"opioid_days": 2}, WORSE, id="a drug of item 7"),
    pytest.param({"drug_days": None}, {"drug_days": 2}, NONE, id="not asked before"),
    pytest.param({"drug_days": 2}, {"drug_days": 3}, NONE, id="more than before"),
    pytest.param({"drug_days": 2}, {"drug_days": 0}, BETTER, id="none left"),
    pytest.param({"drug_days": 2}, {"drug_days": None}, NONE, id="not asked now"),
    pytest.param(
        {"drug_days": 2, "alcohol_days": 1},
        {"drug_days": 0, "alcohol_days": 1},
        *(NONE,),
        id="something left",
    ),
    pytest.param(
        {"drug_days": 2, "alcohol_days": 0},
        {"drug_days": 0, "alcohol_days": 3},
        *(WORSE,),
        id="another begun",
    ),
]


@pytest.mark.parametrize(("was", "now", "direction"), USE)
def test_use_from_none_and_to_none(was, now, direction):
    found = compare(point("bam", items=was), point("bam", items=now)).part("use")

    assert found.direction == direction
    assert found.counts is (direction != NONE)


MILESTONES = [
    (16, 8, ("response",)),
    (16, 9, ()),
    (16, 4, ("response", "remission")),
    (7, 4, ("remission",)),
    (4, 3, ()),
    (0, 0, ()),
    (5, 4, ("remission",)),
    (4, 2, ("response",)),
]


@pytest.mark.parametrize(("was", "now", "reached"), MILESTONES)
def test_response_and_remission(was, now, reached):
    assert change("phq9", was, now).part().milestones == reached


def test_no_milestone_without_both_numbers():
    assert change("phq9", 16, None).part().milestones == ()


LIMITS = [
    ("phq9", 3, 2, "none-minimal", "1 point down, below 5 points; already in the lowest band"),
    ("phq9", 3, 3, "none-minimal", "no change; already in the lowest band"),
    ("phq9", 5, 4, "mild", "1 point down, below 5 points"),
    ("phq9", 24, 26, "severe", "2 points up, below 5 points; already in the highest band"),
    ("gad7", 3, 3, "minimal", "no change; already in the lowest band"),
    ("barc10", 58, 60, "47 or above", "2 points up, below 4 points; already in the highest band"),
    ("barc10", 12, 11, "below 47", "1 point down, below 4 points; already in the lowest band"),
    ("peg", "0.5", "0.4", "mild", "0.1 points down, below 1 point; already in the lowest band"),
    ("phq9", 3, 14, "none-minimal", "11 points up, reliable and important"),
]  # fmt: skip


@pytest.mark.parametrize(("instrument", "was", "now", "band", "words"), LIMITS)
def test_where_the_scale_ends(instrument, was, now, band, words):
    assert change(instrument, was, now, before={"band": band}).words == words


def test_a_part_near_its_end_has_no_band_to_name():
    found = compare(point("bam", parts={"use": 1}), point("bam", parts={"use": 1}))

    assert found.part("use").words == "no change; already near the lowest score"


WORDS = [
    ("phq9", 16, 11, "5 points down, important"),
    ("phq9", 12, 16, "some worsening, below 5 points"),
    ("phq9", 16, 10, "6 points down, reliable and important"),
    ("phq9", 12, 13, "1 point up, below 5 points"),
    ("peg", "8.0", "5.6", "2.4 points down, important by points and percentage"),
    ("peg", "2.0", "1.4", "0.6 points down, important by percentage only"),
    ("barc10", 44, 49, "reached 47; 5 points up, important"),
    ("barc10", 48, 46, "fell below 47; 2 points down, below 4 points"),
    ("sows", 20, 18, "2 points down, below 25%"),
    ("sows", 20, 21, "1 point up"),
    ("phq9", 12, None, "cannot be compared: no number for one of the two"),
]


@pytest.mark.parametrize(("instrument", "was", "now", "words"), WORDS)
def test_words(instrument, was, now, words):
    assert change(instrument, was, now).words == words


def test_flags_are_unknown_without_a_number():
    found = change("phq9", 12, None)

    assert (found.direction, found.reliable, found.important) == (NONE, None, None)
    assert found.part().percent is None


UNLIKE = [
    ({"version": "2"}, "Not compared: another version."),
    ({"mode": "self"}, "Not compared: given another way."),
    ({"look_back": "7 days"}, "Not compared: over another time."),
    (
        {"version": "2", "mode": "self"},
        "Not compared: another version, given another way.",
    ),
]


@pytest.mark.parametrize(("other", "reason"), UNLIKE)
def test_only_like_is_compared_with_like(other, reason):
    with pytest.raises(NotComparable, match=f"^{reason}$"):
        compare(point(total=12), point(total=8, **other))


def test_two_instruments_are_not_compared():
    with pytest.raises(NotComparable, match="another instrument"):
        compare(point("phq9", 12), point("gad7", 8))


def test_a_screen_has_no_change_score():
    found = change("pc_ptsd5", 4, 2)

    assert found.words.startswith("A screening test: no change score.")
    assert (found.direction, found.reliable, found.important) == (NONE, None, None)
    assert not found.is_off_track


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        (3, 5, "2 points up; no figure says how much counts"),
        (3, 3, "no change"),
        (None, 5, "cannot be compared: no number for one of the two"),
    ],
)
def test_an_instrument_without_figures_is_not_judged(was, now, words):
    found = change("dast10", was, now)

    assert found.words == words
    assert found.part() is None


def test_a_score_of_withdrawal_says_so():
    confounded = change("gad7", 14, 10, before={"in_withdrawal": True})
    of_itself = change("cows", 14, 8, before={"in_withdrawal": True})

    assert confounded.notes == ("Taken in withdrawal: read with care.",)
    assert of_itself.notes == ()


def test_the_reason_names_both_numbers_and_the_day():
    found = change("phq9", 12, 18)

    assert found.reason == (
        "PHQ-9 12 to 18: 6 points up, reliable and important. Compared with 4 May 2026."
    )


def test_the_reason_without_numbers():
    found = compare(point("cssrs", band="none"), point("cssrs", band="low"))

    assert found.reason == (
        "C-SSRS: none to low: review the same day. Compared with 4 May 2026."
    )


def test_the_reason_names_only_what_got_worse():
    found = compare(
        point("bam", parts={"use": 4, "risk": 9, "protective": 15}),
        point("bam", parts={"use": 1, "risk": 15, "protective": 15}),
    )

    assert found.direction == MIXED
    assert found.reason.startswith("BAM risk 9 to 15: 6 points up, important. ")


def test_an_instrument_no_longer_declared_has_no_bands(monkeypatch):
    monkeypatch.setattr("assessments.change.wording.find", _gone)

    assert change("phq9", 3, 3, before={"band": "none-minimal"}).words == (
        "no change; already near the lowest score"
    )


def _gone(key):
    raise NoSuchInstrument(key)


def test_percent_is_of_the_first_score():
    assert change("phq9", 16, 12).part().percent == Decimal(25)
    assert change("phq9", 0, 12).part().percent is None
