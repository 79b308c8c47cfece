"""Worked examples of the second edition, each for its kind of person.

Base facts unless changed: a man of 34 with severe disorder recorded by a practitioner,
at an OTP that is REMS certified, told today and clear of everything.
"""

import pytest

from assessments.picture import Picture
from knowledge.formulary.methadone import methadone_after_missed
from medications.options.evaluate import evaluate
from medications.options.model import Standing
from medications.rules.under_way import TreatmentCourse
from tests.medications.pictures import BASE, DEPENDENT, FREE, NOW, ago

DEPOTS = ("SUBLOCADE", "BRIXADI_W", "BRIXADI_M")
AGONISTS = ("MTD", "BUP_SL", *DEPOTS)


def told(value, **span):
    return {"value": value, "as_of": ago(**span)}


WALK_IN = {
    "age": 29,
    "sex": "male",
    "severity": "severe",
    "is_otp": True,
    "rems": True,
    "protocol": "asam_2023",
    "last_fentanyl_dt": ago(hours=8),
    "phys_dependence": True,
    "cows": 9,
    "objective_sign": True,
    "preference": ["BUP_SL"],
}


def weighed(facts, *, base=BASE):
    """The options of somebody; a fact given as None is not known."""
    every = {**base, **facts}
    known = {name: value for name, value in every.items() if value is not None}
    return evaluate(Picture.from_json({"as_of": NOW.isoformat(), "facts": known}))


def dependent(**facts):
    return weighed({**DEPENDENT, **facts})


def stands(options, **wanted):
    for medication, standing in wanted.items():
        assert options.option(medication).standing.value == standing, medication


def rules_of(options, medication):
    return {f.rule for f in options.option(medication).findings}


def before(options, medication):
    return {action.rule for action in options.option(medication).before_first_dose}


def asked(options, medication):
    return [one.key for one in options.option(medication).ask_first]


def places(options, *medications):
    return [options.option(medication).rank for medication in medications]


class TestWalkIn:
    def test_little_asked(self):
        options = weighed(WALK_IN, base={})
        stands(options, MTD="PREFERRED", BUP_SL="PREFERRED", NTX_XR="CONTRAINDICATED")
        assert {"C22", "C23", "C16"} <= rules_of(options, "BUP_SL")
        assert places(options, "BUP_SL", "MTD", *DEPOTS) == [1, 2, 2, 2, 2]
        assert asked(options, "BUP_SL") == ["look", "last_opioid", "reaction"]
        assert len(asked(options, "MTD")) == 5
        assert {len(asked(options, depot)) for depot in DEPOTS} == {6}
        assert not before(options, "BUP_SL")
        assert options.option("BUP_LOW").not_needed
        assert options.option("BUP_LOW").rank is None
        assert {"C03", "C05", "C06"} <= rules_of(options, "NTX_XR")
        assert not options.option("NTX_XR").missing
        assert not any(o.standing is Standing.NEEDS_DATA for o in options.options)

    def test_a_clinic_that_waits_for_eleven(self):
        options = weighed({**WALK_IN, "protocol": "asam_2020"}, base={})
        stands(options, BUP_SL="PREFERRED")
        assert options.option("BUP_SL").rank == 1
        assert before(options, "BUP_SL") == {"C14"}
        assert "C14" in before(options, "SUBLOCADE")
        assert options.option("BUP_LOW").not_needed

    def test_who_cannot_wait_may_begin_low(self):
        wish = ["BUP_SL", "cannot_wait"]
        facts = {**WALK_IN, "protocol": "asam_2020", "preference": wish}
        options = weighed(facts, base={})
        assert options.option("BUP_LOW").rank is not None
        assert "C18" in rules_of(options, "BUP_LOW")

    @pytest.mark.parametrize("cows", [None, told(6, days=160)])
    def test_withdrawal_not_scored(self, cows):
        options = dependent(cows=cows, objective_sign=None)
        assert asked(options, "BUP_SL") == ["cows"]
        assert asked(options, "MTD") == []
        assert asked(options, "SUBLOCADE") == ["cows"]
        assert before(options, "SUBLOCADE") == {"C21"}
        assert places(options, "MTD", "BUP_SL", "BUP_XR") == [1, 1, 1]
        assert "C05" not in rules_of(options, "NTX_XR")
        assert {"C03", "C06"} <= rules_of(options, "NTX_XR")


class TestTies:
    def test_nothing_speaks_for_one_over_the_other(self):
        options = dependent()
        assert all(options.option(key).is_tied for key in AGONISTS)
        assert places(options, *AGONISTS) == [1] * len(AGONISTS)
        assert before(options, "BUP_SL") == set()

    def test_fentanyl_does_not_decide(self):
        options = dependent(
            last_fentanyl_dt=ago(hours=12), udt=["fentanyl"], udt_fentanyl=True
        )
        stands(options, MTD="PREFERRED", BUP_SL="PREFERRED", SUBLOCADE="PREFERRED")
        assert places(options, "MTD", "BUP_SL", "BUP_XR") == [1, 1, 1]
        assert "C16" in rules_of(options, "BUP_SL")
        assert "C27" not in rules_of(options, "MTD")


class TestPregnancy:
    PREGNANT = {**DEPENDENT, "sex": "female", "pregnancy": True}

    def test_used_two_hours_ago(self):
        options = weighed(
            {
                **self.PREGNANT,
                "last_short_acting_dt": ago(hours=2.4),
                "last_fentanyl_dt": ago(hours=2.4),
                "cows": 3,
                "udt": ["fentanyl"],
                "udt_fentanyl": True,
            }
        )
        stands(options, MTD="PREFERRED", BUP_SL="PREFERRED", BRIXADI_W="CAUTION")
        stands(options, SUBLOCADE="AVOID", BRIXADI_M="AVOID", NTX_XR="CONTRAINDICATED")
        assert places(options, "MTD", "BUP_SL") == [1, 1]
        assert "C14" in before(options, "BUP_SL")

    def test_told_twenty_days_ago_stands(self):
        options = weighed({**self.PREGNANT, "pregnancy": told(True, days=20)})
        stands(options, MTD="PREFERRED", BUP_SL="PREFERRED", SUBLOCADE="AVOID")
        assert "C67" in rules_of(options, "MTD")
        assert not any(line.rule == "C73" for line in options.general)

    def test_nobody_asks_at_seventy(self):
        options = dependent(sex="female", age=70)
        assert "pregnancy" not in asked(options, "SUBLOCADE")
        assert places(options, "BUP_SL", "BUP_XR") == [1, 1]
        stands(options, MTD="CAUTION")
        assert options.option("MTD").rank == 3
        assert "C78" in rules_of(options, "MTD")


class TestTolerance:
    @pytest.mark.parametrize("said", [told("usual", days=60), None])
    def test_three_weeks_without(self, said):
        options = weighed(
            {**FREE, "last_short_acting_dt": ago(days=22), "tolerance": said}
        )
        stands(options, MTD="CAUTION", BUP_SL="CAUTION", NTX_XR="PREFERRED")
        assert {"C20", "C29"} <= rules_of(options, "BUP_SL")
        assert before(options, "SUBLOCADE") == {"C20", "C21"}
        assert places(options, "BUP_SL", "BUP_XR", "NTX_XR", "MTD") == [1, 1, 1, 4]
        assert "C109" in {line.rule for line in options.general}
        assert asked(options, "BUP_SL") == []

    def test_five_doses_missed_with_fentanyl_daily(self):
        options = weighed(
            {
                "mtd_dose": told(90, days=6),
                "last_long_acting_dt": ago(days=6),
                "last_long_acting_drug": "methadone",
                "last_fentanyl_dt": ago(days=1),
                "last_short_acting_dt": ago(days=1),
                "phys_dependence": True,
                "cows": 15,
                "objective_sign": True,
                "mtd_verified": True,
            }
        )
        stands(options, MTD="CAUTION")
        assert "C20" not in rules_of(options, "MTD")
        assert before(options, "MTD") == {"C122"}
        action = options.option("MTD").before_first_dose[0]
        assert "30 mg" in action.text
        assert "C15" not in before(options, "BUP_SL")

    @pytest.mark.parametrize(
        ("last", "expected"),
        [
            (90, [(45, None), (40, None), (30, None), (10, 2.5)]),
            (20, [(10, None), (10, None), (10, None), (10, 2.5)]),
            (10, [(5, None), (5, None), (5, None), (5, 2.5)]),
        ],
    )
    def test_next_dose_of_methadone(self, last, expected):
        found = [
            methadone_after_missed(days=days, last_mg=last, day_of_treatment=100)
            for days in (3, 4, 5, 8)
        ]
        assert [(f.mg, f.least and float(f.least)) for f in found] == expected


class TestUnderWay:
    def test_nothing_counts_as_missed_where_the_last_day_is_not_known(self):
        assert TreatmentCourse("MTD", "MTD", is_now=True).days_missed(NOW) == 0

    METHADONE = {
        "mtd_dose": 120,
        "mtd_day": 300,
        "last_long_acting_dt": ago(hours=20),
        "last_long_acting_drug": "methadone",
        "last_short_acting_dt": "never",
        "phys_dependence": True,
        "cows": 2,
        "objective_sign": False,
        "udt": ["methadone"],
        "request": [],
    }

    def test_a_depot_is_wished_on_methadone(self):
        options = weighed({**self.METHADONE, "preference": ["BUP_XR"]})
        assert {options.option(d).standing for d in DEPOTS} == {Standing.AVOID}
        assert "C126" in rules_of(options, "SUBLOCADE")
        assert "C118" not in rules_of(options, "MTD")
        assert "C120" in {line.rule for line in options.general}
        assert "C15" in before(options, "BUP_SL")
        stands(options, BUP_LOW="PREFERRED")

    def test_it_works(self):
        options = weighed(self.METHADONE)
        assert options.option("MTD").rank == 1
        assert "C118" in rules_of(options, "MTD")
        assert not options.option("MTD").is_tied

    def test_stable_and_breastfeeding(self):
        options = weighed(
            {
                "sex": "female",
                "pregnancy_test": "negative",
                "lactation": True,
                "postpartum": 4,
                "bup_dose": 16,
                "bup_exposure": True,
                "last_long_acting_dt": ago(hours=4),
                "last_long_acting_drug": "buprenorphine",
                "last_short_acting_dt": "never",
                "udt": ["buprenorphine", "norbuprenorphine"],
            }
        )
        assert options.option("BUP_SL").rank == 1
        assert "C118" in rules_of(options, "BUP_SL")
        started = {"C13", "C14", "C15", "C16", "C20", "C21", "C22"}
        assert not started & rules_of(options, "BUP_SL")
        assert not started & before(options, "BUP_SL")
        assert "C119" in {a.rule for a in options.option("BUP_SL").actions}
        assert options.option("MTD").rank > 1
        assert options.option("BUP_LOW").rank is None
        assert {"C71", "C72"} <= {x.rule for x in options.general} | rules_of(
            options, "BUP_SL"
        )


class TestMedicines:
    def test_an_maoi_stops_all_agonists(self):
        options = dependent(med_list=["phenelzine"])
        for key in (*AGONISTS, "BUP_LOW"):
            stands(options, **{key: "AVOID"})
            assert "C62" in rules_of(options, key)

    @pytest.mark.parametrize(
        "facts",
        [
            {"sedatives": ["benzodiazepine"]},
            {"udt": ["opiate", "benzodiazepine"]},
        ],
    )
    def test_sedatives_said_or_in_urine(self, facts):
        options = dependent(**facts)
        for key in (*AGONISTS, "BUP_LOW"):
            stands(options, **{key: "CAUTION"})
            assert "C53" in rules_of(options, key)
        assert "C110" in options.flags
        assert places(options, "MTD", "BUP_SL", "BUP_XR") == [1, 1, 1]

    @pytest.mark.parametrize(
        ("written", "rule", "medications"),
        [
            ("oxycodone/acetaminophen", "C04", ("NTX_XR", "NTX_PO")),
            ("Norco", "C04", ("NTX_XR", "NTX_PO")),
            ("alprazolam 1 mg bid", "C53", AGONISTS),
            ("Zoloft", "C62", AGONISTS),
        ],
    )
    def test_names_as_typed(self, written, rule, medications):
        options = dependent(med_list=[written])
        assert all(rule in rules_of(options, key) for key in medications)
        assert "C127" not in {line.rule for line in options.general}

    def test_a_name_that_nobody_knows(self):
        options = weighed({**FREE, "med_list": ["Zyntrax 5"]})
        line = next(x for x in options.general if x.rule == "C127")
        assert "Not known: Zyntrax 5." in line.because
        stands(options, NTX_XR="NEEDS_DATA")
        assert "C32" in rules_of(options, "NTX_PO")
        assert len(asked(options, "MTD")) == 1
        assert "medicines" in asked(options, "SUBLOCADE")
        assert asked(options, "BUP_SL") == []


class TestBody:
    @pytest.mark.parametrize(
        "facts",
        [
            {"cardiac": ["heart_failure", "recent_mi"]},
            {
                "ecg_risk": ["syncope"],
                "med_list": ["ondansetron", "citalopram", "azithromycin"],
                "preference": ["MTD"],
            },
        ],
    )
    def test_heart(self, facts):
        options = dependent(qtc=None, **facts)
        assert before(options, "MTD") == {"C134"}
        assert "C48" in {a.rule for a in options.option("MTD").actions}
        assert options.option("MTD").rank == 1
        assert not before(options, "BUP_SL")
        assert "C61" not in rules_of(options, "MTD")

    def test_liver_class_c(self):
        options = dependent(child_pugh=12)
        stands(options, SUBLOCADE="AVOID", BUP_COMBO="AVOID", BUP_MONO="CAUTION")
        stands(options, BUP_LOW="CAUTION", MTD="CAUTION", BUP_SL="CAUTION")
        assert options.option("BUP_SL").product == "BUP_MONO"

    def test_lungs(self):
        options = dependent(age=61, resp=["copd", "hypoventilation"])
        stands(options, MTD="CAUTION", BUP_SL="CAUTION", SUBLOCADE="CAUTION")
        assert places(options, "BUP_SL", "BUP_XR", "MTD") == [1, 1, 3]
        assert "C112" in options.flags

    def test_a_code_adds_and_does_not_close(self):
        pain = {"value": ["chronic"], "asked": ["chronic"]}
        options = weighed({**FREE, "pain": pain})
        stands(options, NTX_XR="NEEDS_DATA")
        waits = {m.fact for m in options.option("NTX_XR").missing if m.holds}
        assert waits == {"pain"}
        lungs = {"value": ["copd"], "asked": ["copd"]}
        options = dependent(resp=lungs)
        stands(options, MTD="CAUTION", BUP_SL="CAUTION")
        assert places(options, "BUP_SL", "BUP_XR", "MTD") == [1, 1, 3]
        assert {tuple(asked(options, key)) for key in AGONISTS} == {("look",)}

    def test_a_naloxone_allergy_closes_the_combination_alone(self):
        options = dependent(allergy=["naloxone"])
        stands(options, BUP_COMBO="CONTRAINDICATED", BUP_MONO="PREFERRED")
        stands(options, SUBLOCADE="PREFERRED", MTD="PREFERRED")
        said = {(x.rule, x.medication) for x in options.general}
        assert ("C84", "ORA") in said


class TestAccess:
    @pytest.mark.parametrize("facts", [{"otp_access": False}, {"is_otp": False}])
    def test_methadone_cannot_be_given_here(self, facts):
        options = dependent(**facts)
        stands(options, MTD="NOT_HERE")
        assert places(options, "BUP_SL", "BUP_XR", "MTD") == [1, 1, 3]
        assert options.option("MTD").medical is Standing.PREFERRED
        assert asked(options, "MTD") == []


class TestWhatAStartAsks:
    """Medicines are asked for on the day of a first dose, and not again after it."""

    LISTED = {"med_list": told([], days=10), "gi": told([], days=8)}
    ON_METHADONE = {
        "mtd_dose": 90,
        "mtd_day": 300,
        "mtd_verified": True,
        "last_long_acting_dt": ago(hours=20),
        "last_long_acting_drug": "methadone",
    }

    def test_a_first_dose_waits_for_the_question_of_the_day(self):
        options = dependent(**self.LISTED)
        assert asked(options, "MTD") == ["medicines", "reaction"]
        assert asked(options, "SUBLOCADE") == ["medicines"]
        assert asked(options, "BUP_SL") == []

    def test_who_takes_it_is_not_asked_again(self):
        options = weighed({**self.LISTED, **self.ON_METHADONE})
        assert asked(options, "MTD") == []

    def test_tablets_are_asked_for_although_few_keep_taking_them(self):
        options = weighed({**FREE, "pain": None, "allergy": None})
        stands(options, NTX_PO="AVOID")
        waits = {m.fact: m.hold.name for m in options.option("NTX_PO").missing}
        assert waits["pain"] == "OPTION"
        assert waits["allergy"] == "DOSE"

    def test_an_allergy_to_buprenorphine_closes_its_low_dose_start(self):
        options = dependent(allergy=["buprenorphine"], history_pw=True)
        stands(options, BUP_LOW="CONTRAINDICATED", MTD="PREFERRED")
