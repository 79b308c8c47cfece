"""Which scores are drawn, on which scale, before which bands."""

import datetime as dt
from decimal import Decimal

import pytest

from assessments.models import Observation
from knowledge.instruments.registry import instruments
from reports.progress.model import SeriesReading
from reports.progress.series import scale_of, series_of, stripes_of
from tests.assessments.change.points import point

AT = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def keys(*points, measured=()):
    return [one.key for one in series_of(points, measured, zone=dt.UTC)]


SERIES = [
    pytest.param([point("phq9", 12)], ["phq9"], id="a total"),
    pytest.param([point("phq9")], [], id="no total yet"),
    pytest.param(
        [point("bam", parts={"use": 1, "risk": 9, "protective": 4})],
        ["bam.risk", "bam.protective", "bam.use"],
        id="parts and no total",
    ),
    pytest.param(
        [point("tea", 20, parts={"health": 5, "community": 4})],
        ["tea", "tea.community", "tea.health"],
        id="a total and its parts",
    ),
    pytest.param(
        [point("dsm5_oud", 8, parts={"met": 8, "unknown": 0})],
        ["dsm5_oud"],
        id="parts that only count",
    ),
    pytest.param(
        [point("phq9", 9, version="0"), point("phq9", 12, day=9)],
        ["phq9", "phq9~0"],
        id="versions apart",
    ),
    pytest.param([point("cssrs", band="low")], ["cssrs"], id="a level"),
    pytest.param([point("cssrs", band="")], [], id="no level"),
    pytest.param([point("taps", band="some word")], [], id="a word is no level"),
]


@pytest.mark.parametrize(("points", "expected"), SERIES)
def test_series(points, expected):
    assert keys(*points) == expected


def test_what_is_looked_at_most_stands_first():
    points = [point("barc10", 44), point("dast10", 4), point("phq9", 9)]

    assert keys(*points) == ["phq9", "barc10", "dast10"]


def test_measurements_with_numbers_that_stand():
    rows = [
        Observation(code="qtc", value=Decimal(430), unit="ms", effective_at=AT),
        Observation(code="qtc", value=Decimal(999), effective_at=AT, error_at=AT),
        Observation(code="hiv_test", text="negative", effective_at=AT),
        Observation(code="old_code", value=Decimal(3), unit="u", effective_at=AT),
    ]
    found = {one.key: one for one in series_of([], rows, zone=dt.UTC)}

    assert set(found) == {"obs.qtc", "obs.old_code"}
    assert (found["obs.qtc"].title, found["obs.qtc"].unit) == ("QTc", "ms")
    assert (found["obs.old_code"].title, found["obs.old_code"].unit) == (
        "old_code",
        "u",
    )
    assert len(found["obs.qtc"].readings) == 1


SCALES = [
    ("phq9", "", 0, 27, "to 27"),
    ("bam", "risk", 0, 24, "to 27"),
    ("bam", "use", 0, 12, "to 12"),
    ("tea", "health", 1, 10, "to 12"),
    ("tea", "", 0, 40, ""),
    ("barc10", "", 10, 60, ""),
    ("cows", "", 0, 48, ""),
    ("dast10", "", 0, 10, "to 12"),
    ("rulers", "confidence", 0, 10, "to 12"),
    ("old_scale", "", 0, 50, ""),
]


@pytest.mark.parametrize(("instrument", "part", "low", "high", "family"), SCALES)
def test_scales(instrument, part, low, high, family):
    scale = scale_of(instrument, part, (SeriesReading(AT, Decimal(45), "45"),))

    assert (scale.lowest, scale.highest, scale.family) == (low, high, family)


def weights(instrument, part=""):
    return [
        (int(s.low), int(s.high), s.words, s.weight)
        for s in stripes_of(instrument, part)
    ]


def test_bands_get_heavier_the_worse_they_are():
    assert weights("gad7") == [
        (0, 5, "minimal", 0.0),
        (5, 10, "mild", pytest.approx(1 / 3)),
        (10, 15, "moderate", pytest.approx(2 / 3)),
        (15, 21, "severe", 1.0),
    ]
    assert weights("barc10") == [
        (10, 47, "below 47", 1.0),
        (47, 60, "47 or above", 0.0),
    ]


def test_the_bam_has_lines_to_look_closer_from():
    assert weights("bam", "risk") == [(12, 24, "12 or more: look at the items", 1)]
    assert weights("bam", "protective") == [(0, 12, "12 or fewer: look closer", 1)]
    assert weights("bam", "use") == []


@pytest.mark.parametrize("instrument", ["audit_c", "pc_ptsd5", "cssrs", "tea", "gone"])
def test_bands_that_vary_or_are_not_there(instrument):
    assert weights(instrument) == []


@pytest.mark.parametrize("instrument", sorted(instruments()))
def test_every_instrument_can_be_drawn(instrument):
    found = series_of([point(instrument, 4)], [], zone=dt.UTC)

    assert found[0].scale.lowest < found[0].scale.highest
