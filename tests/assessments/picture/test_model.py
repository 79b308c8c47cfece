"""A picture: what is known, how old it is, and what cannot be read."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.facts import FACTS, FactKind
from assessments.picture import BadPicture, KnownFact, Picture, State

NOW = "2026-11-21T09:00:00+00:00"


def picture(facts=None, preferences=None):
    return Picture.from_json(
        {"as_of": NOW, "facts": facts or {}, "preferences": preferences or {}}
    )


def faults(payload):
    with pytest.raises(BadPicture) as refusal:
        Picture.from_json(payload)
    return {e.fact: e.message for e in refusal.value.errors}


@pytest.mark.parametrize(
    ("as_of", "state"),
    [
        ("2026-11-21T07:00:00Z", State.KNOWN),
        ("2026-11-21T06:59:59Z", State.STALE),
    ],
)
def test_a_fact_goes_out_of_date(as_of, state):
    seen = picture({"cows": {"value": 12, "as_of": as_of, "source": "COWS 41"}})

    assert seen.state("cows") is state
    assert seen.value("cows") == 12
    assert seen.facts["cows"].source == "COWS 41"


def test_what_is_absent_or_unanswered_is_unknown():
    seen = picture({"cows": None, "pregnancy": "unknown", "age": {"value": None}})

    for name in ("cows", "pregnancy", "age", "qtc"):
        assert seen.state(name) is State.UNKNOWN
        assert seen.value(name) is None


def test_a_fact_without_a_shelf_life_stays_known():
    seen = picture({"age": {"value": 34, "as_of": "2020-01-01"}})

    assert seen.state("age") is State.KNOWN


def test_preferences_are_facts_of_their_own():
    seen = picture(preferences={"medication": "methadone", "words": "Not every day."})

    assert seen.value("preference") == frozenset(["MTD"])
    assert seen.value("own_words") == "Not every day."


def test_every_fault_is_listed():
    found = faults(
        {
            "as_of": NOW,
            "facts": {
                "cows": 99,
                "qtcc": 1,
                "pregnant": True,
                "pregnancy": False,
                "age": {"value": 30, "as_of": "2026-11-22"},
                "qtc": {"value": 430, "as_of": "soon"},
            },
            "preferences": {"hiv": True, "goal": "retention"},
            "fact": {},
        }
    )

    assert set(found) == {"cows", "qtcc", "pregnancy", "age", "qtc", "hiv", "fact"}
    assert "qtc" in found["qtcc"]
    assert "given twice" in found["pregnancy"]
    assert "after this picture" in found["age"]
    assert "not a preference" in found["hiv"]


def test_a_wish_is_given_once():
    found = faults(
        {"as_of": NOW, "facts": {"goal": "retention"}, "preferences": {"goal": "other"}}
    )

    assert found == {"goal": "is given twice, as a fact and as a preference"}


@pytest.mark.parametrize(
    ("payload", "fact"),
    [
        ([], "picture"),
        ({}, "as_of"),
        ({"as_of": "today"}, "as_of"),
        ({"as_of": NOW, "facts": ["cows"]}, "facts"),
        ({"as_of": NOW, "facts": []}, "facts"),
        ({"as_of": NOW, "preferences": False}, "preferences"),
    ],
)
def test_refuses_what_is_no_picture(payload, fact):
    assert set(faults(payload)) == {fact}


def test_a_changed_picture_leaves_the_first_as_it_was():
    first = picture({"cows": 9, "age": 34}, {"preference": "MTD"})
    second = first.changed({"cows": 13, "pref": None, "qtc": 430})

    assert (first.value("cows"), second.value("cows")) == (9, 13)
    assert second.state("preference") is State.UNKNOWN
    assert (second.value("age"), second.value("qtc")) == (34, 430)


def test_a_change_that_cannot_be_read_is_refused():
    with pytest.raises(BadPicture, match="cows: 99"):
        picture().changed({"cows": 99})


def test_an_unknown_name_in_a_change_is_refused():
    with pytest.raises(BadPicture, match="qtcc"):
        picture().changed({"qtcc": 430})


def test_the_digest_follows_content_and_nothing_else():
    first = picture({"cows": 9, "age": 34})

    assert first.digest() == picture({"age": 34, "cows": 9}).digest()
    assert first.digest() != first.changed({"cows": 10}).digest()


def test_a_picture_made_by_hand_is_empty():
    assert Picture(datetime(2026, 11, 21, tzinfo=UTC)).state("cows") is State.UNKNOWN
    assert KnownFact(1, datetime(2026, 11, 21, tzinfo=UTC)).source == ""


VALUES = {
    FactKind.BOOL: st.booleans(),
    FactKind.INT: None,
    FactKind.DECIMAL: None,
    FactKind.DATETIME: st.one_of(
        st.just("never"),
        st.integers(0, 9000).map(
            lambda h: (
                datetime(2026, 11, 21, 9, tzinfo=UTC) - timedelta(hours=h)
            ).isoformat()
        ),
    ),
    FactKind.DATE: st.sampled_from(["never", "2026-11-01", "2020-02-29"]),
    FactKind.INGREDIENTS: st.lists(
        st.sampled_from(["methadone", "rifampin", "st john wort"])
    ),
    FactKind.TRIALS: st.lists(
        st.fixed_dictionaries(
            {"medication": st.sampled_from(["MTD", "BUP_SL", "NTX_XR"])},
            optional={
                "days": st.integers(0, 900),
                "helpful": st.booleans(),
                "dose": st.decimals(0, 200, places=1).map(float),
            },
        ),
        max_size=3,
    ),
    FactKind.TEXT: st.text("abc ", max_size=20).map(str.strip).filter(bool),
}


def a_value(fact):
    if fact.kind is FactKind.CHOICE:
        return st.sampled_from(fact.choices)
    if fact.kind is FactKind.SET:
        return st.lists(st.sampled_from(fact.choices), max_size=4)
    if fact.kind in (FactKind.INT, FactKind.DECIMAL):
        return st.integers(int(fact.low), int(fact.high))
    return VALUES[fact.kind]


FACT_VALUES = st.fixed_dictionaries(
    {}, optional={name: a_value(fact) for name, fact in FACTS.items()}
)


@given(FACT_VALUES)
def test_a_picture_reads_back_to_itself(facts):
    seen = picture(facts)
    again = Picture.from_json(json.loads(json.dumps(seen.to_json())))

    assert again == seen
    assert again.digest() == seen.digest()


def test_a_fact_held_otherwise_is_of_now_and_stays_among_its_own():
    before = picture({"cows": 9}, {"preference": "MTD"})

    after = before.holding("cows", 12).holding("preference", frozenset({"NTX_XR"}))

    assert (after.value("cows"), after.known("cows").as_of) == (12, before.as_of)
    assert set(after.preferences) == {"preference"}
    assert after.value("preference") == {"NTX_XR"}
    assert before.value("cows") == 9


def test_asked_again_later_the_answers_are_as_fresh_and_moments_stay():
    told = {"value": 9, "as_of": "2026-11-20T09:00:00Z"}
    before = picture({"cows": told, "last_fentanyl_dt": "2026-11-20T22:00:00Z"})

    again, later = before.asked_again(), before.later(timedelta(days=2))

    assert (before.state("cows"), again.state("cows")) == (State.STALE, State.KNOWN)
    assert later.as_of - before.as_of == timedelta(days=2)
    assert later.value("last_fentanyl_dt") == before.value("last_fentanyl_dt")
