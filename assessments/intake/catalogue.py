"""The whole intake in order, and where each question stands. No Django."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from assessments.intake.declaration import Given, IntakeQuestion, Panel, Step
from assessments.intake.questions import declared_steps
from knowledge.conditions import facts_of

STEPS: tuple[Step, ...] = declared_steps()


class NoSuchQuestion(LookupError):
    """The intake has no question of this name."""


class AskedTwice(ValueError):
    """Two questions claim the same name."""


def indexed(steps: tuple[Step, ...]) -> dict[str, tuple[Step, Panel, IntakeQuestion]]:
    """Every question with its place; refuses a name used twice."""
    places: dict[str, tuple[Step, Panel, IntakeQuestion]] = {}
    for step in steps:
        for panel in step.panels:
            for question in panel.questions:
                if question.key in places:
                    raise AskedTwice(question.key)
                places[question.key] = (step, panel, question)
    return places


PLACES: Mapping[str, tuple[Step, Panel, IntakeQuestion]] = MappingProxyType(
    indexed(STEPS)
)


def question_of(key: str) -> IntakeQuestion:
    """The question of this name."""
    return place_of(key)[2]


def place_of(key: str) -> tuple[Step, Panel, IntakeQuestion]:
    """Where a question stands."""
    if key not in PLACES:
        raise NoSuchQuestion(f"The intake has no question {key[:60]}.")
    return PLACES[key]


# Facts that an instrument or other answers give, and the questions to go to: the
# first that this person is asked.
ANSWERED_BY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "severity": ("dsm5_oud.larger_amounts",),
        "dsm_count": ("dsm5_oud.larger_amounts",),
        "remission": ("dsm5_oud.context.criteria_free_since",),
        "cows": ("cows.pulse_bpm",),
        "phq9": ("phq2.interest",),
        "gad7": ("gad7.nervous",),
        "cssrs": ("suicidal_thoughts",),
        "audit_c": ("audit_c.frequency",),
        "alcohol": ("audit_c.frequency",),
        "pc_ptsd5": ("pc_ptsd5.exposure",),
        "peg": ("peg.pain", "pain"),
        "barc10": ("barc10.priorities",),
        "hits": ("ahc_hrsn.hurt",),
        "importance": ("rulers.importance",),
        "confidence": ("rulers.confidence",),
        "bam2": ("bam.poor_sleep",),
        "bam8": ("bam.craving",),
        "bam15": ("bam.conflict",),
        "income": ("bam.enough_income",),
        "housing": ("ahc_hrsn.housing",),
        "food": ("ahc_hrsn.food_worry",),
        "utilities": ("ahc_hrsn.utilities",),
        "transport": ("ahc_hrsn.transport",),
        "route": ("opioid_use", "opioids_used"),
        "opioid_days": ("opioid_use", "opioids_used"),
        "last_short_acting_dt": ("last_short_acting_dt", "opioid_use", "opioids_used"),
        "last_fentanyl_dt": ("last_fentanyl_dt", "opioid_use", "opioids_used"),
        "last_long_acting_dt": ("last_long_acting_dt", "opioid_use", "opioids_used"),
        "last_long_acting_drug": (
            "last_long_acting_drug",
            "opioid_use",
            "opioids_used",
        ),
        "last_bup_xr_dt": ("last_bup_xr_dt", "treatments_had"),
        "stimulants": ("others_used",),
        "tobacco": ("others_used",),
        "mtd_dose": ("mtd_dose", "moud_now"),
        "bup_dose": ("bup_dose", "moud_now"),
        "mtd_day": ("mtd_day", "moud_now"),
        "mtd_dose_change_dt": ("mtd_dose_change_dt", "moud_now"),
        "bup_exposure": ("treatments_had",),
        "moud_stop": ("moud_stop", "treatments_had"),
        "history": ("episodes", "treatments_had"),
        "history_pw": ("history_pw", "treatments_had"),
        "hcv": ("infection_tests", "tests_had"),
        "hbv": ("infection_tests", "tests_had"),
        "hiv": ("infection_tests", "tests_had"),
        "bmi": ("weight", "results_at_hand"),
        "alt": ("alt", "results_at_hand"),
        "ast": ("ast", "results_at_hand"),
        "uln": ("uln", "results_at_hand"),
        "child_pugh": ("child_pugh", "results_at_hand"),
        "qtc": ("qtc", "results_at_hand"),
        "egfr": ("egfr", "results_at_hand"),
        "crcl": ("crcl", "results_at_hand"),
        "platelets": ("platelets", "results_at_hand"),
        "sbp": ("sbp", "results_at_hand"),
        "hr": ("hr", "results_at_hand"),
        "udt_fentanyl": ("udt_fentanyl", "udt"),
        "inducer": ("med_list",),
        "inhibitor": ("med_list",),
        "arv": ("med_list",),
        "serotonergic": ("med_list",),
    }
)


def asking_for(
    fact: str, known: Given | None = None
) -> tuple[Step, IntakeQuestion] | None:
    """The step and question that tell a fact: one that this person is asked, where
    there is a choice; None where the intake has none."""
    keys = [key for key in ANSWERED_BY.get(fact, (fact,)) if key in PLACES]
    if not keys:
        return None
    step, _, question = PLACES[next((k for k in keys if is_asked(k, known)), keys[-1])]
    return step, question


def is_asked(key: str, known: Given | None) -> bool:
    """Whether a question is asked of a person; any is where nothing is said of them."""
    _, panel, question = PLACES[key]
    return known is None or (panel.is_asked(known) and question.is_asked(known))


@cache
def gated_by(key: str) -> tuple[str, ...]:
    """The questions and panels whose asking, or whose rows, hang on this answer."""
    whole = key.split(".")[0] + ".total"
    columns = PLACES[key][2].columns if key in PLACES else ()
    on = {key, whole, *(f"{key}.{column.key}" for column in columns)}
    found = []
    for step in STEPS:
        for panel in step.panels:
            if on & {*facts_of(panel.only)}:
                found.append(f"panel:{panel.key}")
            found.extend(q.key for q in panel.questions if on & _looks_at(q))
    return tuple(found)


def _looks_at(question: IntakeQuestion) -> set[str]:
    return {*question.of, *facts_of(question.only)}
