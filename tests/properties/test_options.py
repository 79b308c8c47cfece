"""What must hold for every person, whatever is known of them."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.facts import FACTS
from knowledge.bedside import lines_of, opened
from knowledge.editions import knowledge
from knowledge.holds import PLACES, Hold, fact_hold, held_facts
from medications.options.evaluate import evaluate
from medications.options.model import Standing
from medications.rules.effects import Effect
from tests.assessments.picture.test_model import FACT_VALUES
from tests.medications.pictures import (
    BASE,
    CLEAR,
    DEPENDENT,
    FREE,
    NOW,
    clear,
    picture,
    weighed,
)

# How open a standing is; preferred and eligible and cautioned can all be chosen.
OPENNESS = {
    Standing.CONTRAINDICATED: 0,
    Standing.AVOID: 1,
    Standing.NOT_HERE: 1,
    Standing.NEEDS_DATA: 2,
    Standing.CAUTION: 3,
    Standing.ELIGIBLE: 3,
    Standing.PREFERRED: 3,
}
NALTREXONE = ("NTX_XR", "NTX_PO")
STOPS = [
    {"phys_dependence": True},
    {"pain": "needs_opioids"},
    {"allergy": ["methadone"]},
    {"allergy": ["buprenorphine"]},
    {"rems": False},
    {"gi": "obstruction"},
    {"resp": "respiratory_depression"},
    {"qtc": 520},
    {"challenge": "positive"},
]
# Facts whose answers make a dose wait and nothing else, with one that clears.
DOSE_HOLDS = {
    "dosing_assess": "alert",
    "resp": [],
    "gi": [],
    "allergy": [],
    "sedatives": [],
    "alcohol": "none",
}
BASES = st.sampled_from([{}, CLEAR, BASE, {**BASE, **DEPENDENT}, {**BASE, **FREE}])


@settings(max_examples=60, deadline=None)
@given(FACT_VALUES)
def test_the_same_picture_the_same_answer(facts):
    assert evaluate(picture(facts)).to_json() == evaluate(picture(facts)).to_json()


@settings(max_examples=60, deadline=None)
@given(BASES, FACT_VALUES, st.sampled_from(STOPS))
def test_a_contraindication_never_lifts_an_option(base, facts, stop):
    name = next(iter(stop))
    neutral = {**base, **facts, name: CLEAR.get(name, "negative")}
    before, after = weighed(neutral), weighed({**neutral, **stop})

    for one, other in zip(before.options, after.options, strict=True):
        if name in ("phys_dependence", "pain") and one.medication not in NALTREXONE:
            continue  # dependence and pain speak for an agonist
        assert OPENNESS[other.standing] <= OPENNESS[one.standing]


@settings(max_examples=60, deadline=None)
@given(BASES, FACT_VALUES)
def test_only_naltrexone_ever_waits_itself(base, facts):
    for option in weighed({**base, **facts}).options:
        if option.medication not in NALTREXONE:
            assert option.standing is not Standing.NEEDS_DATA
            assert not any(m.holds for m in option.missing)


@settings(max_examples=60, deadline=None)
@given(BASES, FACT_VALUES)
def test_nothing_that_waits_is_called_open(base, facts):
    for option in weighed({**base, **facts}).options:
        if any(m.holds for m in option.missing):
            assert option.standing is Standing.NEEDS_DATA or option.stops


@settings(max_examples=100, deadline=None)
@given(BASES, FACT_VALUES, st.data())
def test_unknown_never_counts_as_no(base, facts, data):
    """What a stop rests on is asked for once it is not known: the option or its first
    dose waits, or a task is owed."""
    known = {**base, **facts}
    if not known:
        return
    name = data.draw(st.sampled_from(sorted(known)))
    before, after = weighed(known), weighed({**known, name: None})

    for one, other in zip(before.options, after.options, strict=True):
        lost = {f.rule for f in one.stops} - {f.rule for f in other.stops}
        if other.standing.ruled_out or not lost - UNASKED_STOPS:
            continue
        assert {m.fact for m in other.missing if m.hold >= Hold.TASK}


# Stops that rest on a setting of the clinic, on an order, or on a diagnosis as recorded.
UNASKED_STOPS = {"C88", "C90", "C124", "C125", "C126"}


@settings(max_examples=60, deadline=None)
@given(BASES, FACT_VALUES, st.sampled_from(sorted(DOSE_HOLDS)))
def test_a_question_before_a_dose_moves_neither_standing_nor_place(base, facts, name):
    answered = {**base, **facts, name: DOSE_HOLDS[name]}
    before, after = weighed(answered), weighed({**answered, name: None})

    for one, other in zip(before.options, after.options, strict=True):
        if one.medication in NALTREXONE:
            continue
        assert (one.standing, one.rank) == (other.standing, other.rank)


@settings(max_examples=60, deadline=None)
@given(BASES, FACT_VALUES)
def test_an_entry_that_nobody_knows_makes_no_option_better(base, facts):
    plain = {**base, **facts}
    before = weighed({**plain, "med_unknown": None, "allergy_unknown": None})
    after = weighed(
        {**plain, "med_unknown": ["Zyntrax 5"], "allergy_unknown": ["blue pill"]}
    )

    for one, other in zip(before.options, after.options, strict=True):
        assert OPENNESS[other.standing] <= OPENNESS[one.standing]
        assert {a.key for a in one.ask_first} <= {a.key for a in other.ask_first}


AGED = st.sampled_from([timedelta(hours=3), timedelta(days=4), timedelta(days=32)])
WARNINGS = [
    ("resp", ["copd"], "C51"),
    ("sedatives", ["benzodiazepine"], "C53"),
    ("child_pugh", 8, "C40"),
    ("qtc", 470, "C46"),
    ("cardiac", ["heart_failure"], "C48"),
    ("med_list", ["phenelzine"], "C62"),
    ("med_list", ["rifampin"], "C60"),
    ("allergy", ["naloxone"], "C84"),
    ("pregnancy", True, "C69"),
    ("crcl", 40, "C43"),
    ("platelets", 45, "C83"),
    ("seizure", True, "C58"),
]


@settings(max_examples=60, deadline=None)
@given(AGED, st.sampled_from(WARNINGS))
def test_an_old_answer_removes_no_warning(age, warning):
    name, value, rule = warning
    female = {"sex": "female"} if name == "pregnancy" else {}
    then = (NOW - age).isoformat()
    fresh = weighed({**BASE, **DEPENDENT, **female, name: value})
    aged = weighed(
        {**BASE, **DEPENDENT, **female, name: {"value": value, "as_of": then}}
    )

    assert spoken(aged, rule) == spoken(fresh, rule) != set()


def spoken(options, rule):
    return {
        (o.medication, line.rule)
        for o in options.options
        for line in (*o.findings, *o.actions)
        if line.rule == rule
    }


@settings(max_examples=80, deadline=None)
@given(BASES, FACT_VALUES)
def test_ties_are_symmetric(base, facts):
    ranked = weighed({**base, **facts}).ranked()

    for option in ranked:
        sharing = [o for o in ranked if o.rank == option.rank]
        assert option.is_tied is (len(sharing) > 1)
    places = [o.rank for o in ranked]
    assert all(place == 1 + sum(other < place for other in places) for place in places)


@settings(max_examples=60, deadline=None)
@given(BASES, FACT_VALUES)
def test_a_low_dose_start_has_a_place_only_with_its_reason(base, facts):
    found = weighed({**base, **facts})
    low = found.option("BUP_LOW")

    called_for = "C18" in {f.rule for f in low.findings}
    assert low.not_needed is not called_for
    assert called_for or low.rank is None


# A rule that names one form only, and what would show it.
SIBLINGS = [
    ({"allergy": ["naloxone"]}, "BUP_COMBO"),
    ({"allergy": ["nmp"]}, "SUBLOCADE"),
    ({"allergy": ["nmp"]}, "BRIXADI_M"),
    ({"allergy": ["soy"]}, "BRIXADI_W"),
]


@settings(max_examples=60, deadline=None)
@given(BASES, FACT_VALUES, st.sampled_from(SIBLINGS))
def test_no_option_is_better_off_for_a_rule_that_names_a_sibling(base, facts, row):
    told, named = row
    plain = {**base, **facts, "allergy": []}
    before, after = weighed(plain), weighed({**plain, **told})

    for one, other in zip(before.options, after.options, strict=True):
        assert OPENNESS[other.standing] <= OPENNESS[one.standing], named


@settings(max_examples=60, deadline=None)
@given(BASES, FACT_VALUES)
def test_no_list_at_the_bedside_asks_more_than_seven(base, facts):
    for option in weighed({**base, **facts}).options:
        asked = [one for one in option.ask_first if one.key not in BEFOREHAND]
        assert len(asked) <= SEVEN
        asked = [fact for one in option.ask_first for fact in one.facts]
        assert len(asked) == len(set(asked))


SEVEN = 7
# Known before anything is asked at the bedside.
BEFOREHAND = {"age", "consent", "diagnosis"}


@pytest.mark.parametrize("place", PLACES)
class TestBedside:
    def test_what_is_asked_now_has_its_line(self, place):
        waiting = {
            fact
            for fact, row in held_facts().items()
            if row.due.startswith("now") and fact_hold(fact, place) >= Hold.DOSE
        }

        assert {
            fact
            for fact in waiting
            if not any(fact in line.answers for line in lines_of(place))
        } == set()

    def test_with_everything_open_there_are_seven_lines(self, place):
        lines = [line for line, _ in opened(place, FACTS)]

        assert len([ln for ln in lines if ln.key not in BEFOREHAND]) <= SEVEN


@settings(max_examples=60, deadline=None)
@given(FACT_VALUES)
def test_every_line_says_why_and_cites(facts):
    found = weighed(facts)

    for option in found.options:
        for line in (*option.findings, *option.actions):
            assert line.because
            assert line.basis.cites
            assert line.basis.verified
            assert set(line.basis.cites) <= set(found.sources)
        for item in option.missing:
            assert item.why.startswith(item.label)


@settings(max_examples=60, deadline=None)
@given(FACT_VALUES)
def test_many_options_never_one_order(facts):
    found = weighed(facts)

    assert len(found.options) == 11
    for option in found.options:
        placeless = option.standing.ruled_out or option.standing is Standing.NEEDS_DATA
        assert (option.rank is None) is (placeless or option.not_needed)


OTHER_USE = st.fixed_dictionaries(
    {},
    optional={
        "counselling": st.sampled_from(["accepts", "declines", "unavailable"]),
        "udt": st.lists(
            st.sampled_from(["cocaine", "benzodiazepine", "alcohol", "fentanyl"])
        ),
        "stimulants": st.booleans(),
        "sedatives": st.lists(st.sampled_from(["alcohol", "benzodiazepine", "other"])),
        "alcohol": st.sampled_from(["active", "none"]),
        "audit_c": st.integers(0, 12),
        "route": st.lists(st.sampled_from(["injecting", "smoking"])),
        "housing": st.sampled_from(["unhoused", "stable"]),
        "diversion": st.lists(st.sampled_from(["theft", "diversion"])),
        "request": st.just("detox only"),
        "adherence": st.integers(0, 7),
        "legal": st.booleans(),
    },
)


@settings(max_examples=60, deadline=None)
@given(OTHER_USE)
def test_medication_is_never_withheld_for_use_or_for_declining_counselling(facts):
    found = clear(**facts)

    for medication in ("MTD", "BUP_SL", "BUP_LOW", "BUP_XR"):
        assert found.option(medication).standing in (
            Standing.CAUTION,
            Standing.ELIGIBLE,
            Standing.PREFERRED,
        )


class TestCommonMistakes:
    """Reference 0.3: what is often wrong elsewhere and must not be built."""

    def test_no_earlier_attempts_or_year_of_use_for_admission(self):
        found = clear(age=17, consent=True).option("MTD")

        assert not [a for a in found.actions if a.rule == "C76"]
        assert not [f for f in found.findings if "attempt" in f.because]

    def test_no_highest_buprenorphine_dose(self):
        found = weighed({**BASE, "bup_dose": 32, "bam8": 3}).option("BUP_SL")

        assert found.is_under_way
        assert not found.standing.ruled_out
        assert "no maximum" in next(a.text for a in found.actions if a.rule == "C26")

    def test_brixadi_needs_no_week_of_daily_buprenorphine(self):
        found = weighed({**BASE, **DEPENDENT}).option("BRIXADI_W")

        assert found.standing is Standing.PREFERRED
        assert "4 mg test dose" in next(
            a.text for a in found.actions if a.rule == "C21"
        )

    def test_boosted_hiv_medicines_lower_methadone(self):
        known = {**BASE, **DEPENDENT, "med_list": ["ritonavir"]}
        found = weighed(known).option("MTD")

        assert {f.rule for f in found.findings if f.effect is Effect.CAUTION} == {
            "C61a"
        }
        assert "level falls" in next(f.then for f in found.findings if f.rule == "C61a")

    def test_acute_hepatitis_is_no_contraindication_of_naltrexone(self):
        assert clear(hepatitis="acute").option("NTX_XR").standing is Standing.AVOID

    def test_fentanyl_in_urine_is_not_read_as_new_use(self):
        found = clear(udt="norfentanyl").option("NTX_XR")

        assert "do not read this as new use" in next(
            f.then for f in found.findings if f.rule == "C10"
        )

    def test_no_standard_schedule_for_a_low_dose_start(self):
        found = clear(history_pw=True).option("BUP_LOW")

        assert "No schedule is recommended" in next(
            f.then for f in found.findings if f.rule == "C18"
        )

    def test_no_waiver_is_asked_for(self):
        assert not any("waiver" in c.then.lower() for c in knowledge().rules.values())
