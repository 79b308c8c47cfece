"""Pictures for the tests: one moment, and facts given as a clinic would send them."""

from datetime import UTC, datetime, timedelta

from assessments.picture import Picture
from knowledge.editions import knowledge
from medications.options.evaluate import evaluate
from medications.rules import outcomes
from medications.rules.reading import FactReader

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
FIRES, SILENT, UNDECIDED = "fires", "silent", "undecided"

# Everything asked and nothing standing in the way of any medication.
CLEAR = {
    "dsm_count": 8,
    "phys_dependence": False,
    "cows": 0,
    "last_short_acting_dt": {"value": "2026-11-01T09:00:00Z"},
    "last_long_acting_dt": "never",
    "last_bup_xr_dt": "never",
    "last_fentanyl_dt": "never",
    "udt": "negative",
    "challenge": "not_done",
    "pregnancy": False,
    "age": 34,
    "qtc": 430,
    "long_qt": False,
    "resp": "none",
    "gi": "none",
    "allergy": "none",
    "med_list": "none",
    "hepatitis": "none",
    "alt": 30,
    "ast": 30,
    "uln": 40,
    "child_pugh": "none",
    "rems": True,
    "anticoag": "none",
    "platelets": 220,
    "pain": "none",
    "sedatives": "none",
    "tolerance": "usual",
    "bup_exposure": True,
}


def ago(**span):
    return (NOW - timedelta(**span)).isoformat()


def old(value, **span):
    """A value that was true some time ago."""
    return {"value": value, "as_of": ago(**span)}


# Reference: base facts of the worked examples, told today and clear of everything.
BASE = {
    "age": 34,
    "sex": "male",
    "severity": "severe",
    "dsm_count": 8,
    "remission": "none",
    "is_otp": True,
    "rems": True,
    "protocol": "asam_2023",
    "otp_access": True,
    "travel": 10,
    "transport": True,
    "dosing_assess": "alert",
    "resp": [],
    "gi": [],
    "hepatitis": "none",
    "dialysis": False,
    "cardiac": [],
    "ecg_risk": [],
    "long_qt": False,
    "allergy": [],
    "med_list": [],
    "sedatives": [],
    "alcohol": "none",
    "stimulants": False,
    "pain": [],
    "surgery": False,
    "anticoag": [],
    "seizure": False,
    "cssrs": "low",
    "neuro_gi": [],
    "symptoms": [],
    "exposure": [],
    "alt": 20,
    "ast": 20,
    "uln": 40,
    "qtc": 425,
    "udt": ["opiate"],
    "udt_fentanyl": False,
    "mtd_dose": 0,
    "bup_dose": 0,
    "bup_exposure": False,
    "last_long_acting_dt": "never",
    "last_bup_xr_dt": "never",
    "last_ntx_dt": "never",
    "history": [],
    "preference": [],
    "housing": "stable",
    "overdose_hx": "never",
    "risk": [],
}
# In withdrawal after heroin, or without opioids for twelve days.
DEPENDENT = {
    "phys_dependence": True,
    "last_short_acting_dt": ago(hours=12),
    "cows": 13,
    "objective_sign": True,
}
FREE = {
    "phys_dependence": False,
    "last_short_acting_dt": ago(days=12),
    "cows": 0,
    "udt": [],
}
# The same of somebody who used two days ago, with every bedside question answered.
READY = {
    **CLEAR,
    "last_short_acting_dt": {"value": ago(days=2)},
    "last_ntx_dt": "never",
    "mtd_dose": 0,
    "dosing_assess": "alert",
    "alcohol": "none",
}


def picture(facts=None, **more):
    """What is given; None is not known."""
    given = {**(facts or {}), **more}
    known = {name: value for name, value in given.items() if value is not None}
    return Picture.from_json({"as_of": NOW.isoformat(), "facts": known})


def weighed(facts=None, **more):
    return evaluate(picture(facts, **more))


def clear(**more):
    """Options for a person for whom all is known and clear, but for these facts."""
    return weighed({**CLEAR, **more})


def outcome(rule, facts):
    said = outcomes(FactReader(picture(facts)), knowledge().on(NOW.date()))
    return next(o for o in said if o.rule == rule)


def state(rule, facts):
    found = outcome(rule, facts)
    if found.said:
        return FIRES
    return UNDECIDED if found.missing else SILENT


def effects(options, rule):
    """What a rule said of each option: {"MTD": "CAUTION"}."""
    return {
        o.medication: f.effect.name
        for o in options.options
        for f in o.findings
        if f.rule == rule
    }


def standings(options):
    return {o.medication: o.standing.value for o in options.options}
