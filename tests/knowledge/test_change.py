"""What must hold of every figure that is kept."""

import datetime as dt
import re
from decimal import Decimal

import pytest

from knowledge.change import By, ChangeFigures, ChangeKind, change_figures
from knowledge.instruments.registry import find, instruments
from knowledge.instruments.scoring import score
from knowledge.tables import BadTable, shaped, shipped

TAG = re.compile(r"\[(V\*? \d+|M; 2R|M|P)\]")
KNOWN = change_figures()
MEASURES = KNOWN.measures
SOURCED = [
    pytest.param(one, id=one.key)
    for measure in MEASURES
    for one in (*measure.figures, *measure.milestones)
]
FIGURES = [
    pytest.param(measure, figure, id=figure.key)
    for measure in MEASURES
    for figure in measure.figures
]
TABLE = {
    "phq9",
    "gad7",
    "peg",
    "audit_c",
    "bam",
    "barc10",
    "cows",
    "sows",
    "cssrs",
    "tea",
}


def test_every_line_of_the_table_is_kept():
    assert {one.instrument for one in MEASURES} == TABLE
    assert set(KNOWN.unscored) == {"pc_ptsd5"}


@pytest.mark.parametrize("one", SOURCED)
def test_names_its_source_and_when_it_was_checked(one):
    assert one.source
    assert TAG.fullmatch(one.tag)
    assert one.checked >= one.since


def test_keys_are_unlike():
    keys = [param.values[0].key for param in SOURCED]

    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("key", sorted(TABLE | set(KNOWN.unscored)))
def test_is_of_an_instrument_there_is(key):
    assert find(key).key == key


@pytest.mark.parametrize("measure", MEASURES, ids=lambda m: f"{m.instrument} {m.part}")
def test_is_of_a_part_there_is(measure):
    assert not measure.part or measure.part in find(measure.instrument).subscales


@pytest.mark.parametrize(("measure", "figure"), FIGURES)
def test_names_items_and_bands_as_the_instrument_does(measure, figure):
    declared = instruments()[measure.instrument]

    assert set(figure.items) <= set(declared.item_keys)
    if figure.by is By.RANK and measure.instrument != "audit_c":
        assert list(figure.ranks) == [band.name for band in declared.bands]
        assert list(figure.ranks.values()) == list(range(len(declared.bands)))


def test_ranks_of_alcohol_hold_every_band_that_it_gives():
    (figure,) = (f.values[1] for f in FIGURES if f.values[1].key == "audit-c-category")
    given = {
        score("audit_c", answers, {"sex": sex}).band
        for sex in ("male", "female")
        for answers in [(a, b, c) for a in range(5) for b in range(5) for c in range(5)]
    }

    assert given == set(figure.ranks)


@pytest.mark.parametrize(("measure", "figure"), FIGURES)
def test_counts_something(measure, figure):
    sized = figure.better_by or figure.worse_by
    other = figure.line or figure.ranks or figure.items

    assert bool(sized) is (figure.by in (By.POINTS, By.PERCENT))
    assert bool(other) is (figure.by not in (By.POINTS, By.PERCENT))


# The sizes of reference A19, once more by hand.
SIZES = {
    "phq9-important": 5,
    "phq9-reliable": 6,
    "phq9-percent": 20,
    "gad7-important": 4,
    "gad7-reliable": 4,
    "gad7-percent": Decimal("26.8"),
    "peg-points": 1,
    "peg-percent": 30,
    "audit-c-points": 2,
    "bam-use-points": 3,
    "bam-risk-points": 5,
    "bam-protective-points": 5,
    "barc10-points": 4,
    "tea-substance-use": 1,
    "tea-health": 1,
    "tea-lifestyle": 1,
    "tea-community": 1,
}


@pytest.mark.parametrize(("key", "size"), SIZES.items())
def test_sizes_are_those_of_the_reference(key, size):
    (figure,) = (f.values[1] for f in FIGURES if f.values[1].key == key)

    assert figure.better_by == figure.worse_by == size


def test_sizes_that_differ_by_the_way():
    sizes = {
        f.values[1].key: (f.values[1].better_by, f.values[1].worse_by)
        for f in FIGURES
        if f.values[0].instrument in ("cows", "sows") and f.values[1].by is not By.RANK
    }

    assert sizes == {
        "cows-points": (5, None),
        "cows-rise": (None, 6),
        "sows-percent": (25, None),
        "sows-rise": (None, 5),
    }


def test_what_holds_for_all():
    assert (KNOWN.withdrawal.instrument, KNOWN.withdrawal.least) == ("cows", 5)
    assert (KNOWN.points_in_time.improving, KNOWN.points_in_time.trend) == (2, 3)


def read(**figure):
    plain = shipped()["change"]
    row = {**plain["measures"][0]["figures"][0], **figure}
    measures = [{**plain["measures"][0], "figures": [row]}]
    return shaped(ChangeFigures, {**plain, "measures": measures}, "change")


def test_an_ended_figure_no_longer_holds():
    (ended,) = read(until=dt.date(2027, 1, 1)).of("phq9")

    assert len(ended.on(dt.date(2026, 12, 31))) == 1
    assert ended.on(dt.date(2027, 1, 1)) == ()
    assert ended.on(dt.date(1999, 12, 31)) == ()


@pytest.mark.parametrize(
    "wrong", [{"kind": "huge"}, {"by": "guess"}, {"no_such_column": 1}]
)
def test_a_mistyped_figure_is_refused(wrong):
    with pytest.raises(BadTable):
        read(**wrong)


def test_kinds_are_the_two_flags():
    assert [kind.value for kind in ChangeKind] == ["reliable", "important"]


def test_each_says_how_much_it_asks_for():
    said = {param.values[0].key: param.values[0].size for param in SOURCED}

    assert said["phq9-important"] == "5 points better or 5 points worse"
    assert said["cows-rise"] == "6 points worse"
    assert said["gad7-percent"] == "26.8% better or 26.8% worse"
    assert said["audit-c-category"] == "Another level"
    assert said["phq9-item9"] == "An answer that was none and is not"
    assert said["barc10-line"] == "A value that crosses 47"
    assert said["phq9-response"] == "50% less than at first"
    assert said["phq9-remission"] == "Below 5"
