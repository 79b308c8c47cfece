"""Recording what a person answered by themselves, on a tablet or from a link."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import Staff
from accounts.refusals import Refused
from assessments.actions.measures import NothingAnswered, record_assessment
from assessments.intake_page.scoring_context import context_known
from assessments.models import Assessment
from knowledge.instruments.questionnaire import Said, values_of
from knowledge.instruments.registry import find
from patients.models import Patient


class StaffOnly(Refused):
    """An instrument that stays in the hands of staff."""

    field = "give"


class NothingChosen(Refused):
    """Without an instrument there is nothing to answer."""

    field = "give"


def may_be_given(keys: Sequence[str], *, by_link: bool) -> tuple[str, ...]:
    """The instruments' own keys; refuses what people do not answer alone."""
    if not keys:
        raise NothingChosen("Choose at least one instrument.")
    for declared in map(find, keys):
        reason = declared.staff_only or (declared.not_by_link if by_link else "")
        if reason:
            raise StaffOnly(f"{declared.title.en} stays with staff. {reason}")
    return tuple(find(key).key for key in keys)


@transaction.atomic
def record_said(
    *,
    patient: Patient,
    instruments: Sequence[str],
    said: Said,
    source: str,
    by: Staff | None,
    at: datetime,
) -> list[Assessment]:
    """Keep each instrument that was begun; one without any answer was not given."""
    begun = [find(key) for key in instruments if said.get(key)]
    if not begun:
        raise NothingAnswered("Answer at least one question.")
    return [
        record_assessment(
            patient=patient,
            instrument=declared.key,
            answers=values_of(declared, said),
            context=context_known(patient, declared, at=at),
            mode=Assessment.Mode.SELF,
            source_key=f"{source}:{declared.key}",
            by=by,
            at=at,
        )
        for declared in begun
    ]
