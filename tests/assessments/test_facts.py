"""The vocabulary, and how what was typed becomes a value."""

import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from assessments.facts import (
    FACTS,
    NEVER,
    NEVER_ON,
    BadValue,
    DeclaredTwice,
    Domain,
    Fact,
    FactKind,
    Trial,
    UnknownFact,
    fact_named,
    index,
    near_names,
    read_moment,
    read_value,
)
from assessments.facts.fact import Reads
from assessments.facts.vocabulary import FILES
from assessments.management.commands.facts import as_list, as_text
from knowledge.medicines import medicines
from knowledge.tables import shipped

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
# The data column of the reference, part C.
NAMED_BY_THE_REFERENCE = (
    "dsm_count remission risk phys_dependence med_list cows last_short_acting_dt udt "
    "challenge last_long_acting_dt last_bup_xr_dt protocol mtd_dose last_fentanyl_dt "
    "udt_fentanyl exposure pref history_pw full_agonist_need setting tolerance "
    "bup_exposure severity preference history bup_dose bam8 goal access request "
    "occupation order adherence housing diversion household hepatitis alt ast uln "
    "child_pugh hcv hbv hiv crcl dialysis qtc ecg_risk long_qt resp gi sedatives "
    "dosing_assess ciwa audit_c opioid_free alcohol seizure neuro_gi inducer inhibitor "
    "arv serotonergic symptoms cssrs phq9 pregnancy trimester postpartum lactation "
    "pregnancy_test age consent pain surgery bmi platelets anticoag allergy rems travel "
    "shift otp_access reentry legal counselling ora infection egfr cardiac sbp hr ntx_po "
    "overdose_hx mental medical route mtd_day moud_stop alone supply"
)


def read(name, raw):
    return read_value(fact_named(name), raw, as_of=NOW)


@pytest.mark.parametrize("name", NAMED_BY_THE_REFERENCE.split())
def test_every_name_of_the_reference_is_declared(name):
    assert fact_named(name)


@pytest.mark.parametrize("fact", FACTS.values(), ids=list(FACTS))
def test_every_fact_says_what_it_means(fact):
    assert fact.meaning.endswith(".")
    assert fact.label
    assert bool(fact.choices) is (fact.kind in (FactKind.CHOICE, FactKind.SET))
    chosen = {w for w in fact.words.values() if isinstance(w, str)}
    if fact.choices:
        assert chosen <= set(fact.choices)


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("pregnancy", True, True),
        ("pregnancy", "yes", True),
        ("pregnancy", "Not pregnant", False),
        ("pregnancy", "negative", False),
        ("cows", 12, 12),
        ("cows", "12", 12),
        ("cows", 12.0, 12),
        ("alt", "41.5 U/L", Decimal("41.5")),
        ("child_pugh", 0, 0),
        ("child_pugh", "none", 0),
        ("housing", "homeless", "unhoused"),
        ("housing", "Stable", "stable"),
        ("udt", "negative", frozenset()),
        ("udt", "fentanyl, cocaine", frozenset(["fentanyl", "cocaine"])),
        ("udt", ["heroin"], frozenset(["opiate"])),
        (
            "udt",
            {"fentanyl": "positive", "opiate": "negative"},
            frozenset(["fentanyl"]),
        ),
        ("udt", True, frozenset(["opioid_unspecified"])),
        ("sedatives", False, frozenset()),
        (
            "med_list",
            "Suboxone; Citalopram",
            frozenset(["buprenorphine", "naloxone", "citalopram"]),
        ),
        ("allergy", "none", frozenset()),
        ("allergy", "No known drug allergies.", frozenset()),
        ("med_list", "Denies", frozenset()),
        ("med_list", ["N/A"], frozenset()),
        ("med_list", "None.; Zoloft", frozenset(["sertraline"])),
        ("last_opioid_at", "never", NEVER),
        ("last_opioid_at", False, NEVER),
        ("last_opioid_at", "2026-11-14", datetime(2026, 11, 14, tzinfo=UTC)),
        ("last_opioid_at", date(2026, 11, 14), datetime(2026, 11, 14, tzinfo=UTC)),
        ("last_opioid_at", NOW, NOW),
        ("moud_stop", "2026-11-14T10:00:00Z", date(2026, 11, 14)),
        ("moud_stop", "never", NEVER_ON),
        ("preference", "oral naltrexone", frozenset(["NTX_PO"])),
        ("own_words", " Not every day. ", "Not every day."),
        ("history", "none", ()),
        (
            "history",
            {"medication": "mtd", "days": 90, "helpful": True},
            (Trial("MTD", days=Decimal(90), helpful=True),),
        ),
        (
            "history",
            [{"medication": "NTX_XR", "doses": "2"}],
            (Trial("NTX_XR", doses=Decimal(2)),),
        ),
    ],
)
def test_reads_the_ways_people_say_it(name, raw, value):
    assert read(name, raw) == value


@pytest.mark.parametrize(
    ("name", "raw", "why"),
    [
        ("pregnancy", "maybe", "must be yes or no"),
        ("pregnancy", "not done", "must be yes or no"),
        ("cows", 49, "not possible: 0 to 48$"),
        ("cows", -1, "not possible"),
        ("cows", 11.5, "whole number"),
        ("cows", True, "must be a number"),
        ("cows", "many", "must be a number"),
        ("cows", [9], "must be a number"),
        ("alt", "NaN", "must be a number"),
        ("child_pugh", 4, "5 to 15 points"),
        ("qtc", 90, "200 to 800 ms"),
        ("housing", "castle", "must be one of stable"),
        ("udt", "water", "must be one of"),
        ("udt", "not done", "must be one of"),
        ("udt", 7, "must be a list"),
        ("med_list", True, "must name"),
        (
            "gi",
            {"obstruction": "yes", "ileus": "no", "cheese": "yes"},
            "must be one of",
        ),
        ("last_opioid_at", "last week", "must be a date"),
        ("last_opioid_at", "2026-11-22", "after this picture"),
        ("own_words", 5, "must be text"),
        ("own_words", "x" * 2001, "must be text"),
        ("history", "methadone", "give each earlier treatment"),
        ("history", {"medication": "aspirin"}, "medication must be one of"),
        ("history", {"medication": "MTD", "helpful": "so so"}, "helpful is yes or no"),
        ("history", {"medication": "MTD", "days": "long"}, "days must be a number"),
        ("history", {"medication": "MTD", "days": -3}, "days cannot be -3"),
        ("history", {"medication": "MTD", "colour": 1}, "colour is not part"),
    ],
)
def test_refuses_what_cannot_be(name, raw, why):
    with pytest.raises(BadValue, match=why):
        read(name, raw)


def test_a_number_with_no_upper_end_says_so():
    fact = Fact(
        name="x",
        kind=FactKind.DECIMAL,
        label="X",
        meaning="X.",
        domain=Domain.BODY,
        low=Decimal(1),
    )

    with pytest.raises(BadValue, match=r"at least 1$"):
        read_value(fact, 0, as_of=NOW)


def test_a_moment_without_a_zone_is_in_that_of_the_picture():
    assert read_moment("2026-11-21T09:00").utcoffset() == timedelta(0)


def test_an_unknown_name_lists_the_near_ones():
    with pytest.raises(UnknownFact, match="did you mean: qtc"):
        fact_named("qtcc")
    with pytest.raises(UnknownFact, match="see the list of facts"):
        fact_named("zzzzzzzz")
    assert near_names("last_fentanyl_at")[0] == "last_fentanyl_dt"
    assert len(near_names("last")) <= 3


def test_two_facts_cannot_share_a_name():
    fact = fact_named("qtc")

    with pytest.raises(DeclaredTwice):
        index((fact, fact))


def test_the_command_lists_the_vocabulary():
    listed, table = io.StringIO(), io.StringIO()

    call_command("facts", "--json", stdout=listed)
    call_command("facts", stdout=table)

    assert [f["name"] for f in json.loads(listed.getvalue())] == list(FACTS)
    assert listed.getvalue().strip() == as_list()
    assert table.getvalue().strip() == as_text().strip()
    assert len(as_text().splitlines()) == len(FACTS) + 1


def test_the_list_gives_type_unit_and_freshness():
    qtc = next(f for f in json.loads(as_list()) if f["name"] == "qtc")

    assert (qtc["type"], qtc["unit"], qtc["fresh_for"]) == ("int", "ms", "8760 h")
    assert (qtc["low"], qtc["high"]) == (200, 800)
    assert (
        next(f for f in json.loads(as_list()) if f["name"] == "age")["fresh_for"]
        is None
    )


class TestTheFiles:
    def test_each_is_listed(self):
        assert set(FILES) == set(shipped()["facts"])

    def test_each_name_stands_in_one_of_them(self):
        names = [name for table in shipped()["facts"].values() for name in table]

        assert names
        assert len(names) == len(set(names)) == len(FACTS)

    def test_lists_of_medicines_and_allergies_are_recognised(self):
        read = {name: fact.reads for name, fact in FACTS.items() if fact.reads}
        lists = ("med_list", "inducer", "inhibitor", "arv", "serotonergic")

        assert read == {
            **dict.fromkeys(lists, Reads.MEDICINES),
            "allergy": Reads.ALLERGENS,
        }

    def test_medicines_come_before_what_a_fact_adds(self):
        keys = tuple(medicines().keys)

        assert FACTS["preference"].choices == (
            *(*keys, "no_agonist", "fear_of_withdrawal", "fewer_visits", "cannot_wait"),
        )

    def test_two_facts_share_their_choices(self):
        shared = [f for f in FACTS.values() if f.choices == FACTS["values"].choices]

        assert len(shared) == 2
