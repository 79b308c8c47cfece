"""What a form may send, and what becomes of it."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from assessments.intake.catalogue import PLACES
from assessments.intake.parsing import NotAnAnswer
from assessments.intake.reading import read
from assessments.intake.submission import Reply, Submission, submission_in

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("America/New_York"))


def said(key, *values, **parts):
    return read(PLACES[key][2], Submission(values=values, **parts), at=NOON)


@pytest.mark.parametrize(
    ("key", "values", "expected"),
    [
        pytest.param("alone", ("yes",), True, id="yes"),
        pytest.param("alone", ("no",), False, id="no"),
        pytest.param("employment", ("looking",), "looking", id="choice"),
        pytest.param("hepatitis", ("none",), "none", id="none that is a choice"),
        pytest.param("resp", ("copd", "asthma"), ["asthma", "copd"], id="several"),
        pytest.param("resp", ("none",), [], id="none of them"),
        pytest.param("mtd_dose", ("80",), 80, id="number"),
        pytest.param("bup_dose", ("5,7",), 5.7, id="number with a comma"),
        pytest.param("last_overdose_on", ("2026-11-09",), "2026-11-09", id="day"),
        pytest.param(
            "med_list", ("Zoloft; zinc, zinc",), ["Zoloft", "zinc"], id="list"
        ),
        pytest.param("med_list", ("None.",), [], id="a list that is said to be empty"),
        pytest.param("allergy", ("NKDA; NKFA",), [], id="none of any kind"),
        pytest.param(
            "med_list", ("Zoloft; none",), ["Zoloft"], id="none beside an entry"
        ),
        pytest.param(
            "allergy", ("no food allergies",), ["no food allergies"], id="none of some"
        ),
        pytest.param(
            "words_goal", (" I want my kids. ",), "I want my kids.", id="words"
        ),
        pytest.param("last_fentanyl_dt", ("none",), "never", id="never"),
        pytest.param("cows.sweating", ("3",), "3", id="item"),
        pytest.param("cows.pulse_bpm", ("92",), 92, id="pulse"),
        pytest.param(
            "child_pugh", ("0",), {"value": 0, "on": None}, id="nothing to grade"
        ),
    ],
)
def test_answers(key, values, expected):
    assert said(key, *values).value == expected


def test_a_moment_is_on_the_clinics_clock():
    reply = said("last_short_acting_dt", "2026-11-20T22:30", source="estimate")

    assert reply == Reply("2026-11-20T22:30:00-05:00", source="estimate")


def test_a_moment_may_bring_its_own_zone():
    assert said("last_fentanyl_dt", "2026-11-20T22:30+00:00").value.endswith("+00:00")


def test_a_measurement_has_its_day():
    reply = said("qtc", "452", on="2026-11-01")

    assert (reply.number, reply.on) == (452, dt.date(2026, 11, 1))


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("egfr", ">60", {"value": 60, "sign": ">", "on": None}),
        ("alt", "<5 U/L", {"value": 5, "sign": "<", "on": None}),
        ("qtc", "0.44 s", {"value": 440, "on": None}),
        ("weight", "180", {"value": 180, "on": None}),
        ("platelets", "250 K/uL", {"value": 250, "on": None}),
        ("child_pugh", "0", {"value": 0, "on": None}),
    ],
)
def test_a_measurement_is_read_as_laboratories_write_it(key, text, value):
    assert said(key, text).value == value


def test_an_unusual_measurement_is_kept_once_it_is_confirmed():
    with pytest.raises(NotAnAnswer, match="unusual") as refusal:
        said("qtc", "620")
    assert refusal.value.may_keep == "620"
    assert said("qtc", "620", sure="620").number == 620


def test_a_slip_of_the_unit_is_offered_without_its_unit():
    with pytest.raises(NotAnAnswer) as refusal:
        said("qtc", "0.44")
    assert refusal.value.offer == "440"


def test_not_known_is_an_answer_and_silence_is_none():
    assert said("alone", "unknown") == Reply(is_known=False)
    assert said("mtd_dose", "80", state="unknown").is_known is False
    assert said("alone") is None
    assert said("mtd_dose", "  ") is None


@pytest.mark.parametrize(
    ("key", "values", "message"),
    [
        pytest.param("alone", ("maybe",), "Choose yes", id="not a three-state"),
        pytest.param("alone", ("none",), "Choose one", id="none where there is none"),
        pytest.param("employment", ("royal",), "Choose one", id="unknown choice"),
        pytest.param("resp", ("hiccups",), "Choose among", id="unknown box"),
        pytest.param("mtd_dose", ("lots",), "Write a number", id="not a number"),
        pytest.param("mtd_dose", ("NaN",), "Write a number", id="not finite"),
        pytest.param("mtd_dose", ("1e99999",), "Write a number", id="huge"),
        pytest.param("mtd_dose", ("-1",), "cannot be", id="below"),
        pytest.param("qtc", ("451.5",), "whole number", id="not whole"),
        pytest.param("last_overdose_on", ("soon",), "Give a day", id="not a day"),
        pytest.param(
            "last_overdose_on", ("2026-12-24",), "not come yet", id="future day"
        ),
        pytest.param(
            "last_overdose_on", ("0012-01-01",), "Check the year", id="old day"
        ),
        pytest.param("last_fentanyl_dt", ("x",), "Give the day", id="not a moment"),
        pytest.param("last_fentanyl_dt", ("2026-11-21T13:00",), "future", id="future"),
        pytest.param(
            "last_fentanyl_dt", ("0900-01-01T00:00",), "year", id="old moment"
        ),
        pytest.param("words_goal", ("x" * 2001,), "Shorten", id="long words"),
        pytest.param("med_list", ("x" * 200,), "very long", id="long name"),
        pytest.param("words_goal", ("a\x00b",), "could not be read", id="NUL"),
        pytest.param("words_goal", ("\ud800",), "could not be read", id="surrogate"),
        pytest.param("cows.sweating", ("9",), "Choose one", id="no such item answer"),
    ],
)
def test_refusals(key, values, message):
    with pytest.raises(NotAnAnswer, match=message):
        said(key, *values)


def test_a_slip_of_ten_is_offered_back():
    with pytest.raises(NotAnAnswer, match="Did you mean 92 ") as refusal:
        said("cows.pulse_bpm", "920")
    assert refusal.value.offer == "92"


def test_beyond_the_usual_is_kept_once_confirmed():
    with pytest.raises(
        NotAnAnswer, match=r"More than 32 mg/day\. Did you mean 16"
    ) as refusal:
        said("bup_dose", "160")
    assert (refusal.value.offer, refusal.value.may_keep) == ("16", "160")

    assert said("bup_dose", "160", sure="160").value == 160
    with pytest.raises(NotAnAnswer):
        said("bup_dose", "161", sure="160")


@pytest.mark.parametrize(
    ("key", "typed", "expected"),
    [
        pytest.param("mtd_dose", "?", Reply(is_known=False), id="not known"),
        pytest.param("last_fentanyl_dt", "-", Reply("never"), id="never"),
        pytest.param("med_list", "-", Reply([]), id="none on the list"),
        pytest.param("words_goal", "?", Reply("?"), id="words are kept as typed"),
    ],
)
def test_a_mark_may_be_typed_for_none_and_for_not_known(key, typed, expected):
    assert said(key, typed) == expected


def test_none_is_refused_where_none_is_no_answer():
    with pytest.raises(NotAnAnswer):
        said("mtd_dose", "-")


@pytest.mark.parametrize(
    ("ago", "moment"),
    [
        pytest.param("8h", "2026-11-21T04:00:00-05:00", id="hours"),
        pytest.param("14", "2026-11-20T22:00:00-05:00", id="a number alone"),
        pytest.param("30 min ago", "2026-11-21T11:30:00-05:00", id="minutes"),
        pytest.param("2 days", "2026-11-19T12:00:00-05:00", id="days"),
        pytest.param("1W", "2026-11-14T12:00:00-05:00", id="weeks"),
    ],
)
def test_a_moment_may_be_said_as_how_long_ago(ago, moment):
    assert said("last_fentanyl_dt", ago=ago) == Reply(moment)


def test_how_long_ago_that_cannot_be_read_is_refused():
    with pytest.raises(NotAnAnswer, match="how long ago"):
        said("last_fentanyl_dt", ago="a while")


def test_the_parts_of_a_form():
    question = PLACES["qtc"][2]
    form = {
        "qtc": ["450"],
        "qtc__on": ["2026-11-20"],
        "qtc__source": ["gossip"],
        "qtc__revision": ["3"],
    }

    assert submission_in(form, question) == Submission(
        ("450",), on="2026-11-20", revision=3, is_there=True
    )
    assert submission_in({"qtc__revision": ["x"]}, question).revision is None


@for_all(
    key=st.sampled_from(sorted(PLACES)),
    values=st.lists(st.text(max_size=30), max_size=3),
    state=st.sampled_from(["", "unknown", "none", "x"]),
    on=st.text(max_size=12),
)
def test_whatever_is_sent_is_an_answer_or_a_refusal(key, values, state, on):
    try:
        reply = said(key, *values, state=state, on=on)
    except NotAnAnswer:
        return
    assert reply is None or isinstance(reply, Reply)
