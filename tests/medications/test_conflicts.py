"""What does not go together is named, with both sources."""

import pytest

from knowledge.editions import knowledge
from medications.decision_page.contradictions import PAIRS, conflicts
from tests.medications.pictures import CLEAR, NOW, ago, picture

EDITION = knowledge().on(NOW.date())


def found(**facts):
    return conflicts(picture(facts), EDITION)


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({"phys_dependence": False, "cows": 9}, ("phys_dependence", "cows")),
        (
            {"last_fentanyl_dt": "never", "udt": ["fentanyl"]},
            ("last_fentanyl_dt", "udt"),
        ),
        (
            {"last_long_acting_dt": "never", "udt": ["methadone"]},
            ("last_long_acting_dt", "udt"),
        ),
        (
            {"last_long_acting_dt": "never", "udt": ["buprenorphine"]},
            ("last_long_acting_dt", "udt"),
        ),
        (
            {"pregnancy": False, "pregnancy_test": "positive"},
            ("pregnancy", "pregnancy_test"),
        ),
        ({"mtd_dose": 60, "med_list": "none"}, ("mtd_dose", "med_list")),
        ({"bup_dose": 8, "med_list": "none"}, ("bup_dose", "med_list")),
        ({"bup_dose": 8, "bup_exposure": False}, ("bup_exposure", "bup_dose")),
    ],
)
def test_contradictions_are_named(facts, named):
    (one,) = found(**facts)

    assert one.facts == named
    assert ", but " in one.text


@pytest.mark.parametrize(
    "facts",
    [
        {"phys_dependence": False, "cows": 4},
        {"phys_dependence": True, "cows": 9},
        {"cows": 9},
        {"last_fentanyl_dt": ago(days=2), "udt": ["fentanyl"]},
        {"last_fentanyl_dt": "never", "udt": "negative"},
        {"last_long_acting_dt": ago(days=1), "udt": ["methadone"]},
        {"pregnancy": True, "pregnancy_test": "positive"},
        {"mtd_dose": 60, "med_list": ["methadone"]},
        {"mtd_dose": 0, "med_list": "none"},
        {"bup_dose": 8, "bup_exposure": True},
        CLEAR,
    ],
)
def test_what_goes_together_is_not(facts):
    assert found(**facts) == ()


def test_both_sources_and_days_are_in_the_words():
    told = {
        "as_of": NOW.isoformat(),
        "facts": {
            "phys_dependence": {
                "value": False,
                "as_of": ago(days=3),
                "source": "intake",
            },
            "cows": {"value": 9, "source": "COWS 08:40"},
        },
    }
    from_both = conflicts(picture().from_json(told), EDITION)

    assert "intake, Wed 18 Nov" in from_both[0].text
    assert "COWS 08:40" in from_both[0].text


def test_every_pair_is_tried_above():
    assert len({pair[:2] for pair in PAIRS}) == len(PAIRS) == 7
