"""What is drawn, where, and that no words stand on others."""

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.progress.chart import chart_of, file_of
from reports.progress.doses import DoseSpan, Spell, doses_of
from reports.progress.drawing.canvas import draw, marks_in
from reports.progress.drawing.frame import BROAD, NARROW, WIDE
from reports.progress.drawing.lanes import around, lanes_of, rungs_between
from reports.progress.drawing.shapes import LINE_HEIGHT, Box, width_of
from reports.progress.drawing.span import Span, latest
from reports.progress.drawing.styles import STYLES, style_of
from reports.progress.model import AxisScale, Mark, Series, Stripe
from tests.reports.timeline.stories import DAY, MOOD, RISK, TODAY, at, on, series, story

UNHURRIED = settings(deadline=None)

FORMS = pytest.mark.parametrize(
    "form", [WIDE, BROAD, NARROW], ids=["wide", "broad", "narrow"]
)
WHOLE = Span(on(203), TODAY + 3 * DAY)


def drawn(form=WIDE, told=None, span=WHOLE, chosen=None):
    told = told or story()
    return draw(told, span, told.series if chosen is None else chosen, form)


def of(found, css):
    return [shape for shape in found.shapes if shape.css == css]


def words(found):
    return [shape.text for shape in found.shapes if shape.tag == "text"]


def box_of(shape):
    wide, x, y = width_of(shape.text), float(shape.at["x"]), float(shape.at["y"])
    anchor = shape.at.get("text-anchor", "start")
    left = {"start": x, "middle": x - wide / 2, "end": x - wide}[anchor]
    return Box(left, y - LINE_HEIGHT + 3, left + wide, y + 3)


@FORMS
def test_everything_has_its_sign(form):
    found = drawn(form)

    assert len(of(found, "is-a-dot")) == len(RISK.readings)
    assert len(of(found, "is-b-dot")) == len(MOOD.readings)
    assert [len(of(found, f"is-{s}")) for s in ("exp", "unexp", "open")] == [1, 1, 1]
    assert len(of(found, "is-miss")) == 3  # two doses, one visit
    assert len(of(found, "is-visit")) == 2
    assert len(of(found, "is-now")) == 1
    assert len(of(found, "is-event")) == 2
    assert "85 mg" in words(found)


@FORMS
def test_nothing_is_drawn_outside(form):
    found = drawn(form)

    for shape in found.shapes:
        for name, most in (
            ("x", found.width),
            ("y", found.height),
            ("x1", found.width),
        ):
            if name in shape.at:
                assert -1 <= float(shape.at[name]) <= most + 1


def test_words_at_the_top_where_there_is_room_and_numbers_where_not():
    assert {"Admitted", "Plan v2", "Today"} <= set(words(drawn(WIDE)))
    assert {"1", "2", "Today"} <= set(words(drawn(NARROW)))
    assert "Admitted" not in words(drawn(NARROW))


def test_many_marks_of_one_day_keep_their_numbers_apart():
    marks = tuple(Mark(on(100), f"Something long number {n}") for n in range(9))
    found = drawn(WIDE, story(marks=marks))

    assert len(of(found, "is-event")) == 9
    assert len([w for w in words(found) if w.startswith("Something")]) == 3


def test_marks_are_numbered_from_the_oldest_that_is_seen():
    numbered = marks_in(story(), Span(on(150), TODAY))

    assert [(one.number, one.mark.words) for one in numbered] == [(1, "Plan v2")]


def test_days_outside_are_left_out():
    found = drawn(WIDE, span=latest(7, TODAY))

    assert of(found, "is-a-dot") == []
    assert len(of(found, "is-miss")) == 2
    assert of(found, "is-visit") == []
    assert "Toxicology" not in words(found)
    assert "85 mg" in words(found)


def test_a_story_without_anything_is_an_empty_axis():
    empty = story(
        MOOD, doses=(), specimens=(), missed=(), visits=(), visits_missed=(), marks=()
    )
    found = drawn(WIDE, empty, chosen=())

    assert "Today" in words(found)
    assert of(found, "is-event") == []


def test_numbers_stand_on_the_far_side_of_the_other_line():
    found = drawn(WIDE)
    y = {shape.text: float(shape.at["y"]) for shape in of(found, "is-strong")}

    assert y["18"] < y["15"]  # PHQ-9 above, BAM risk below


def test_one_axis_for_scores_alike_and_one_for_each_of_the_others():
    weight = Series(
        "obs.weight", "Weight", AxisScale(Decimal(60), Decimal(90)), (), "kg"
    )
    lanes = lanes_of([RISK, MOOD, series("barc10", highest=60, family=""), weight])

    assert [lane.title for lane in lanes] == ["Score", "BARC10", "Weight, kg"]
    assert [rung.words for rung in lanes[0].rungs] == ["0", "9", "18", "27"]


def test_levels_have_names_for_numbers():
    scale = AxisScale(
        Decimal(0), Decimal(3), "level", ("none", "low", "moderate", "high")
    )
    (lane,) = lanes_of([Series("cssrs", "C-SSRS", scale, ())])

    assert [rung.words for rung in lane.rungs] == ["none", "low", "moderate", "high"]


BANDS = (
    Stripe(Decimal(0), Decimal(10), "mild", 0),
    Stripe(Decimal(10), Decimal(27), "severe", 1),
)


def test_bands_are_shaded_and_named():
    found = drawn(WIDE, story(series("phq9", [(100, 5)], stripes=BANDS)))

    assert len(of(found, "is-band")) == 1
    assert {"mild", "severe"} <= set(words(found))


def test_bands_are_those_of_the_first_series_and_say_so():
    banded = series("phq9", [(100, 5)], title="PHQ-9", stripes=BANDS)
    other = series("gad7", [(100, 9)], title="GAD-7", stripes=BANDS)
    found = drawn(WIDE, story(banded, other))

    assert len(of(found, "is-band")) == 1
    assert "PHQ-9: severe" in words(found)


def test_single_doses_are_lines():
    days = (400, 100, 70)
    log = [DoseSpan(on(d), "SUBLOCADE", "administered", Decimal(300)) for d in days]
    found = drawn(WIDE, story(doses=doses_of(log, [], today=TODAY)))

    assert [w for w in words(found) if w == "300 mg"] == ["300 mg"] * 2
    assert len([s for s in of(found, "is-step") if s.tag == "line"]) == 2


def test_a_pause_leaves_a_gap():
    course = [Spell("MTD", on(a), on(b), Decimal(60)) for a, b in ((100, 80), (60, 40))]
    found = drawn(WIDE, story(doses=doses_of([], course, today=TODAY)))

    assert len(of(found, "is-step")) == 2
    assert drawn(
        WIDE, story(doses=doses_of([], course, today=TODAY)), latest(30, TODAY)
    )


def test_each_series_has_a_point_of_its_own():
    many = tuple(series(f"s{n}", [(100, 5 * n)], title=f"S{n}") for n in range(6))
    found = drawn(WIDE, story(*many))
    points = [of(found, style.dot)[0].at["d"] for style in STYLES]

    # Filled and open circles have one outline; each of the others has its own.
    assert len({re.sub(r"^M[-\d. ]+", "", str(d)) for d in points}) == 5
    assert {f"S{n}" for n in range(6)} <= set(words(found))


def test_a_narrow_band_is_shaded_without_its_name():
    thin = (Stripe(Decimal(26), Decimal(27), "thin", 1),)
    found = drawn(WIDE, story(series("phq9", [(100, 5)], stripes=thin)))

    assert len(of(found, "is-band")) == 1
    assert "thin" not in words(found)


def test_more_series_than_styles_begin_again():
    assert style_of(len(STYLES)) is style_of(0)
    assert len({style.letter for style in STYLES}) == len(STYLES)


points = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 27)), max_size=30)


@settings(max_examples=40, deadline=None)
@given(points, points, st.sampled_from([WIDE, BROAD, NARROW]))
def test_no_words_stand_on_others(first, second, form):
    one = series("phq9", sorted(first, reverse=True), title="PHQ-9")
    two = series("gad7", sorted(second, reverse=True), title="GAD-7")
    found = drawn(form, story(one, two))
    boxes = [
        box_of(shape)
        for shape in found.shapes
        if shape.css == "is-strong" and shape.tag == "text"
    ]

    for place, box in enumerate(boxes):
        assert not any(box.meets(other) for other in boxes[place + 1 :])


@UNHURRIED
@given(st.lists(st.decimals(0, 5000, places=1), min_size=1, max_size=20))
def test_even_ends_hold_every_value(values):
    low, high = around(values)

    assert low <= min(values) <= max(values) <= high
    assert low < high
    assert 2 <= len(rungs_between(low, high)) <= 7


def test_the_page_and_the_file_hold_the_same_shapes():
    chart = chart_of(story(), WHOLE, (RISK, MOOD))
    document = file_of(story(), WHOLE, (RISK, MOOD))
    root = ElementTree.fromstring(document)  # noqa: S314 - our own

    assert root.tag.endswith("svg")
    assert "class=" not in document
    assert "PHQ-9 18, 15, 12, 13." in chart.desc
    assert chart.desc in document
    assert {"Today", "1: Admitted, 5 May 2026"} <= {e.text for e in root.iter()}
    assert [picture.name for picture in chart.pictures] == ["wide", "narrow"]


def test_words_are_escaped():
    odd = story(marks=(Mark(on(100), '<script>"&'),))

    assert "<script>" not in file_of(odd, WHOLE, ())
    assert "<script>" not in chart_of(odd, WHOLE, ()).pictures[0].shapes


def test_the_key_names_only_what_is_drawn():
    bare = story(MOOD, specimens=(), missed=(), visits=(), visits_missed=())
    chart = chart_of(bare, WHOLE, (MOOD,))

    assert [sign.words for sign in chart.key] == ["PHQ-9"]
    assert "is-a-dot" in chart.key[0].shapes
    assert [s.icon for s in chart_of(story(), WHOLE, ()).key] == [
        *("exp", "unexp", "open", "miss", "visit")
    ]


def test_a_long_series_is_told_by_its_ends():
    many = series("phq9", [(n, n % 20) for n in range(100, 0, -1)], title="PHQ-9")
    chart = chart_of(story(many), WHOLE, (many,))

    assert "PHQ-9: 100 values from 0 to 1, lowest 0, highest 19." in chart.desc


def test_what_is_said_of_the_rest():
    chart = chart_of(story(), WHOLE, ())

    assert "Methadone 85 mg a day." in chart.desc
    assert "1 unexpected toxicology, 2 missed days, 2 visits." in chart.desc
    assert chart.is_empty
    assert chart.title == "Measures from 2 May 2026 to 21 Nov 2026"


def test_rising_doses_are_told_from_the_first_to_the_last():
    log = [
        DoseSpan(on(d), "MTD", "administered", Decimal(mg))
        for d, mg in ((9, 30), (5, 40))
    ]
    told = story(doses=doses_of(log, [], today=TODAY))

    assert "Methadone 30 to 40 mg a day." in chart_of(told, WHOLE, ()).desc


def test_the_first_day_of_a_story():
    assert story().first == on(200)
    assert story(series("phq9", [(300, 4)])).first == on(300)
    assert at(3).date() == on(3)
