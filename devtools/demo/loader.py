"""Loading the demo, and saying how to sign in."""

from collections.abc import Callable
from datetime import datetime
from random import Random

from accounts import tenancy
from accounts.models import Clinic
from accounts.tenancy import clinic_day
from aftercare.actions.alerts import acknowledge
from aftercare.models import Alert
from aftercare.queues import CARE, EVENTS, FOLLOW_UPS
from devtools.demo.admission import begin
from devtools.demo.clinics import PASSWORD, SIGN_INS, Team, open_clinics
from devtools.demo.follow_up import go_on
from devtools.demo.people import SEED, stories
from devtools.demo.telling import Telling
from jobs.actions.engine import run_queue
from knowledge.cited import Check
from knowledge.editions import knowledge
from medications.actions.sign_rules import sign_off_unchanged
from patients.actions.codes import load_icd10
from patients.models import Icd10Code

ACTOR = "system:load_demo"
TOLD_EVERY = 20


class AlreadyThere(Exception):
    """There are clinics already; the demo goes into an empty site alone."""


def load_demo(*, at: datetime, tell: Callable[[str], None]) -> int:
    """Fill an empty site with the demo clinics; returns how many people."""
    if Clinic.objects.exists():
        raise AlreadyThere(
            "There are clinics already. The demo goes into an empty site: "
            "`make clean` removes the one of this folder with all its data."
        )
    rng = Random(SEED)  # noqa: S311 - invented people, not secrets
    with tenancy.every_clinic(actor=ACTOR):
        otp, office = open_clinics(at=at)
        people = 0
        for story in stories():
            telling = Telling(story, otp if story.at_otp else office, rng, at)
            go_on(telling, begin(telling))
            people += 1
            if people % TOLD_EVERY == 0:
                tell(f"{people} people")
        _sign_off_checked(otp, at)
        for team in (otp, office):
            _all_but_one_have_somebody(team, at)
    for team in (otp, office):
        for queue in (EVENTS, CARE, FOLLOW_UPS):
            run_queue(queue, clinic_id=team.clinic.pk, at=at)
    # An empty site has them since it was migrated: to read the list anew takes seconds.
    tell(f"{Icd10Code.objects.count() or load_icd10()} ICD-10-CM codes")
    return people


def _all_but_one_have_somebody(team: Team, at: datetime) -> None:
    """Alerts as on a usual day: the last one waits, the others were acknowledged."""
    climbing = Alert.objects.unacknowledged().filter(clinic=team.clinic)
    for alert in climbing.order_by("-raised_at", "-pk")[1:]:
        acknowledge(alert=alert, by=team.clinician, at=at)


def _sign_off_checked(team: Team, at: datetime) -> None:
    """The director answers for what was seen in its source; the rest still waits."""
    cards = knowledge().on(clinic_day(team.clinic, at)).cards.values()
    sign_off_unchanged(
        clinic=team.clinic,
        versions={c.id: c.version for c in cards if c.check is Check.CHECKED},
        by=team.prescriber,
        at=at,
    )


def sign_ins() -> list[str]:
    """A line for each role, and the password that all of them share."""
    lines = [f"  {role:<30}{email}" for role, email in SIGN_INS]
    return [*lines, f"  {'Password of all':<28}{PASSWORD}"]
