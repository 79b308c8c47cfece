"""Facts that follow from rows and from answers together."""

import datetime as dt

import pytest

from assessments.picture.from_answers import Answered, follows

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def told(**said):
    """The facts that follow; of two of the same name, the newer."""
    answers = {
        key.replace("__", "."): Answered(value, NOON) for key, value in said.items()
    }
    return facts(answers)


def facts(answers):
    found = {}
    for name, value, at in follows(answers):
        if name not in found or at >= found[name][1]:
            found[name] = (value, at)
    return {name: value for name, (value, _) in found.items()}


def row(kind, **cells):
    return {"row": kind, "kind": kind, **cells}


EIGHT, TEN = "2026-11-21T08:00:00+00:00", "2026-11-21T10:00:00+00:00"


class TestOpioids:
    def test_none_in_thirty_days_is_no_day(self):
        assert told(opioids_used=[]) == {"opioid_days": 0}

    def test_named_and_not_told_says_nothing(self):
        assert told(opioids_used=["fentanyl"]) == {}

    def test_the_rows_tell_days_routes_and_last_uses(self):
        found = told(
            opioids_used=["fentanyl", "heroin", "methadone_bought"],
            opioid_use=[
                row("fentanyl", route=["smoking"], days=30, last=EIGHT),
                row("heroin", route=["injecting"], days=4, last=TEN),
                row("methadone_bought", route=["oral"], days=2, last=EIGHT),
            ],
        )

        assert found == {
            "opioid_days": 30,
            "last_fentanyl_dt": EIGHT,
            "last_short_acting_dt": TEN,
            "last_long_acting_dt": EIGHT,
            "last_long_acting_drug": "methadone",
            "route": ["injecting", "oral", "smoking"],
        }

    def test_one_last_use_that_is_not_known_leaves_the_latest_unknown(self):
        found = told(
            opioids_used=["fentanyl", "heroin"],
            opioid_use=[row("fentanyl", last=EIGHT), row("heroin", days=3)],
        )

        assert found == {"last_fentanyl_dt": EIGHT}

    def test_a_row_about_what_is_named_no_more_does_not_count(self):
        found = told(
            opioids_used=["heroin"],
            opioid_use=[row("fentanyl", route=["injecting"], days=30, last=EIGHT)],
        )

        assert found == {}

    def test_injecting_is_known_from_one_row_alone(self):
        found = told(
            opioids_used=["fentanyl", "heroin"],
            opioid_use=[row("fentanyl", route=["injecting"])],
        )

        assert found == {"route": ["injecting"]}

    def test_injecting_another_substance_counts_too(self):
        found = told(
            others_used=["cocaine"], other_use=[row("cocaine", route=["injecting"])]
        )

        assert found["route"] == ["injecting"]


def test_other_substances_are_yes_or_no_once_they_were_asked():
    assert told(others_used=[]) == {"stimulants": False, "tobacco": False}
    assert told(others_used=["methamphetamine", "tobacco"]) == {
        "stimulants": True,
        "tobacco": True,
    }


class TestMedicationNow:
    def test_what_is_not_taken_has_no_dose(self):
        assert told(moud_now=[]) == {
            "mtd_dose": 0,
            "mtd_day": 0,
            "mtd_dose_change_dt": "never",
            "bup_dose": 0,
        }

    def test_what_is_taken_is_asked_for_itself(self):
        assert told(moud_now=["methadone", "bup_daily"]) == {}


class TestTreatmentBefore:
    def test_none_before(self):
        found = told(treatments_had=[], moud_now=[])

        assert found["history"] == []
        assert found["bup_exposure"] is False
        assert found["history_pw"] == "no"
        assert found["last_bup_xr_dt"] == "never"
        assert found["last_ntx_dt"] == "never"
        assert found["moud_stop"] == "never"

    def test_none_before_says_nothing_of_now(self):
        found = told(treatments_had=[])

        assert "bup_exposure" not in found
        assert "last_bup_xr_dt" not in found

    def test_each_episode_is_a_trial_of_its_own(self):
        found = told(
            treatments_had=["methadone", "naltrexone_injection", "residential"],
            episodes=[
                row("methadone", months=12, dose=90, helped=True),
                {"row": "x1", "kind": "methadone", "months": 1, "helped": False},
                row("residential", months=2),
            ],
        )

        assert found["history"] == [
            {"medication": "MTD", "days": 365, "dose": 90, "helpful": "yes"},
            {"medication": "MTD", "days": 30, "helpful": "no"},
            {"medication": "NTX_XR"},
        ]
        assert "moud_stop" not in found

    def test_buprenorphine_before_is_no_test_of_now(self):
        found = told(treatments_had=[], moud_now=["bup_injection"])

        assert "bup_exposure" not in found
        assert "history_pw" not in found
        assert "last_bup_xr_dt" not in found


@pytest.mark.parametrize(
    ("result", "living"),
    [("positive", "yes"), ("negative", "no"), ("past", "no"), (None, None)],
)
def test_the_result_of_a_test(result, living):
    found = told(tests_had=["hcv", "tb"], infection_tests=[row("hcv", result=result)])

    assert found.get("hcv") == living


class TestAlcohol:
    @pytest.mark.parametrize("code", "1234")
    def test_drinking_is_active(self, code):
        assert told(audit_c__frequency=code) == {"alcohol": "active"}

    def test_never_drinking_is_none_or_no_longer(self):
        assert told(audit_c__frequency="0") == {"alcohol": "none"}
        assert told(audit_c__frequency="0", alcohol_before=True) == {
            "alcohol": "abstinent"
        }

    def test_an_answer_given_later_stands(self):
        answers = {
            "audit_c.frequency": Answered("2", NOON),
            "alcohol": Answered("abstinent", NOON + HOUR),
        }

        assert facts(answers) == {}

    def test_an_answer_of_long_ago_does_not(self):
        answers = {
            "audit_c.frequency": Answered("2", NOON),
            "alcohol": Answered("abstinent", NOON - HOUR),
        }

        assert facts(answers) == {"alcohol": "active"}


def test_fentanyl_in_the_urine_needs_no_second_question():
    assert told(udt=["fentanyl"]) == {"udt_fentanyl": "yes"}
    assert told(udt=["cocaine"]) == {}


def test_without_work_no_shift_collides():
    assert told(employment="retired") == {"shift": "no", "occupation": []}
    assert told(employment="working") == {}


def test_lists_hold_what_other_questions_ask():
    assert told(medical=["cirrhosis"]) == {}
    assert told(resp=["copd", "cor_pulmonale"], medical=["cirrhosis"]) == {
        "medical": ["cirrhosis", "copd"]
    }
    assert told(long_qt=True) == {"cardiac": ["congenital_long_qt"]}
    assert told(dialysis=True) == {
        "medical": ["kidney_disease"],
        "cardiac": ["chronic_renal_failure"],
    }
    assert told(infection=False) == {}


class TestAsItWasAskedBefore:
    """Intakes of before asked of each medicine by itself; they stay readable."""

    def test_what_was_tried(self):
        found = told(bup_exposure=True, bup_months=5, bup_highest=16, bup_helped=True)

        assert found["history"] == [
            {"medication": "BUP_SL", "days": 152, "dose": 16, "helpful": "yes"}
        ]

    def test_none_once_all_were_asked(self):
        assert "history" not in told(bup_exposure=False, mtd_tried=False)
        found = told(bup_exposure=False, mtd_tried=False, ntx_tried=False)

        assert found["history"] == []
        assert found["history_pw"] == "no"

    def test_no_dose_has_no_day(self):
        assert told(mtd_dose=0) == {"mtd_day": 0, "mtd_dose_change_dt": "never"}


@pytest.mark.parametrize(
    ("said", "most"),
    [
        (
            {
                "values": ["privacy", "work", "cost"],
                "value_weights": [
                    row("privacy", weight="3"),
                    row("work", weight="1"),
                    row("family", weight="3"),
                ],
            },
            ["privacy"],
        ),
        ({"values": ["work"], "value_weights": []}, []),
        ({"values": ["work"]}, None),
        ({"value_weights": [row("work", weight="3")]}, None),
    ],
    ids=["a lot, and still named", "not weighed", "not asked how much", "not named"],
)
def test_what_matters_a_lot_matters_most(said, most):
    assert told(**said).get("values_most") == most
