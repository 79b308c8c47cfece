"""What a concern asks of the clinic, and by when (reference A7, A18, E3). Pure."""

from dataclasses import dataclass

from aftercare.promises import Role

CITE_SUICIDE, CITE_REVIEW = "A7", "A19; E3"
POLICY = "[P]"


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to do, on the day of the concern or within some days of it."""

    kind: str
    title: str
    role: Role
    cite: str
    within: int = 0
    verified: str = POLICY


EVALUATE = "safety_evaluation"
PLAN = "safety_plan"
MEANS = "safety_means"
SCREEN = "safety_screen"
REVIEW = "plan_review"

SCREENER = Duty(
    SCREEN,
    "Give the C-SSRS screener at this visit",
    Role.CLINICIAN,
    CITE_SUICIDE,
)
BY_LEVEL: dict[str, tuple[Duty, ...]] = {
    "high": (
        Duty(
            EVALUATE,
            "Evaluate suicide risk in person",
            Role.CLINICIAN,
            CITE_SUICIDE,
        ),
        Duty(
            PLAN,
            "Make the safety plan with them",
            Role.CLINICIAN,
            CITE_SUICIDE,
        ),
        Duty(
            MEANS,
            "Limit means at hand and take-home quantity",
            Role.PRESCRIBER,
            CITE_SUICIDE,
        ),
    ),
    "moderate": (
        Duty(
            EVALUATE,
            "Evaluate suicide risk",
            Role.CLINICIAN,
            CITE_SUICIDE,
        ),
        Duty(PLAN, "Make the safety plan with them", Role.CLINICIAN, CITE_SUICIDE),
        Duty(
            MEANS,
            "Look at the take-home quantity before the next supply",
            Role.PRESCRIBER,
            CITE_SUICIDE,
        ),
    ),
    "unscreened": (SCREENER,),
    "low": (
        Duty(
            PLAN,
            "Refer, and offer a safety plan",
            Role.CLINICIAN,
            CITE_SUICIDE,
            within=7,
        ),
    ),
    "notice": (
        Duty(
            REVIEW,
            "Review the plan: off track",
            Role.CLINICIAN,
            CITE_REVIEW,
            within=14,
        ),
    ),
}
