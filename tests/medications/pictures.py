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
    given = {**(facts or {}), **more}
    return Picture.from_json({"as_of": NOW.isoformat(), "facts": given})


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
