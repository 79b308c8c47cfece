"""People of the demo who are on the roster of a group, seen by video, or written to."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import partial
from random import Random

from aftercare.actions.follow_ups import FollowUpWindow
from aftercare.actions.groups import (
    digest_of_marks,
    join_group,
    keep_group,
    save_attendance,
)
from aftercare.actions.outreach_ways import post_letter
from aftercare.actions.repeats import RepeatTold, add_repeat
from aftercare.models import CareGroup, GroupAttendance
from aftercare.record.groups import is_full, roster_of
from aftercare.record.reaching import LETTER
from devtools.demo.consents import Event
from devtools.demo.content import Stage
from devtools.demo.telling import Telling
from patients.actions.disclosures import give_out
from patients.actions.registry import change_details
from patients.disclosures.gate import DisclosureAsked
from patients.disclosures.things import things
from patients.models import Disclosure, Patient

GROUP, TUESDAY, PLACES = "Staying well", 2, 10
# How many of those in care long enough come to the group, and are seen by video.
IN_THE_GROUP, BY_VIDEO, WRITTEN_TO = 0.3, 0.1, 0.1
BEGUN, JOINED_FOR = 45, 20
DAY = timedelta(days=1)
# An invented street.
HOME = "4 Wherry Lane, Portsmouth, NY 10999"


def of_reaching(telling: Telling, patient: Patient) -> Iterator[Event]:
    """Somebody on a roster with a missed session, a video visit every two weeks, a letter."""
    rng = Random(f"reaching:{patient.mrn}")  # noqa: S311 - invented people
    if telling.story.stage is not Stage.ACTIVE or telling.story.days < BEGUN:
        return
    if rng.random() < IN_THE_GROUP:
        at = telling.moment(telling.story.days - JOINED_FOR, 5)
        yield at, partial(_joins, telling, patient, at)
        came = telling.moment(telling.story.days - 1, 6)
        yield came, partial(_marked, telling, patient, rng.random() < 0.5, came)
    if rng.random() < BY_VIDEO:
        at = telling.moment(telling.story.days - 2, 5)
        yield at, partial(_by_video, telling, patient, at)
    if rng.random() < WRITTEN_TO:
        at = telling.moment(telling.story.days - 1, 7)
        yield at, partial(_written_to, telling, patient, at)


def _joins(telling: Telling, patient: Patient, at: datetime) -> None:
    team = telling.team
    group = CareGroup.objects.filter(clinic=team.clinic, name=GROUP).first()
    if group is None:
        group = keep_group(
            clinic=team.clinic,
            values={
                "name": GROUP,
                "weekday": TUESDAY,
                "begins": time(10),
                "place": "Room 2",
                "capacity": PLACES,
                "languages": "English, Spanish",
                "for_whom": "Anybody in care here",
                "leader": team.clinician,
            },
            by=team.clinician,
            at=at,
        )
    if not is_full(group):
        join_group(group=group, patient=patient, by=team.clinician, at=at)


def _marked(telling: Telling, patient: Patient, came: bool, at: datetime) -> None:  # noqa: FBT001 - of a story
    """The last session: here they came, or missed it."""
    group = CareGroup.objects.filter(clinic=telling.team.clinic, name=GROUP).first()
    today = telling.day(at)
    last = today - DAY * ((today.isoweekday() - TUESDAY) % 7)
    lines = roster_of(group, planned_on=last) if group else []
    if group is None or patient.pk not in {one.member.patient_id for one in lines}:
        return
    mark = GroupAttendance.Mark.PRESENT if came else GroupAttendance.Mark.MISSED
    save_attendance(
        group=group,
        planned_on=last,
        marks={patient.pk: mark},
        shown=digest_of_marks(lines),
        by=telling.team.clinician,
        at=at,
    )


def _by_video(telling: Telling, patient: Patient, at: datetime) -> None:
    day = telling.day(at) + 5 * DAY
    told = RepeatTold(
        kind="telehealth",
        title="Video visit",
        window=FollowUpWindow(day, day, day),
        weeks=2,
        times=6,
        until_on=None,
        assigned_role="clinician",
        link="https://video.example/harbor",
    )
    add_repeat(patient=patient, told=told, by=telling.team.clinician, at=at)


def _written_to(telling: Telling, patient: Patient, at: datetime) -> None:
    thing, by = things()[LETTER], telling.team.care_manager
    if not patient.address:
        told = {"address": HOME}
        patient = change_details(patient=patient, details=told, by=by, at=at)
    asked = DisclosureAsked(
        thing=thing.key,
        sections=thing.sections,
        least=thing.least,
        way=thing.way,
        recipient=patient.shown_name,
        purpose="request",
        ground=Disclosure.Ground.OWN_COPY,
    )
    letter = give_out(patient=patient, asked=asked, by=by, at=at)
    post_letter(patient=patient, letter=letter, by=by, at=at)
