"""One of everything that a URL can name, at one clinic, made through the actions.

person ── intake (open), one answer
       ├─ assessment (PHQ-9), observation (QTc)
       ├─ decision (buprenorphine), regimen, dose, specimen
       ├─ plan 1 (signed) with its follow-ups, plan 2 (draft)
       ├─ allergy, outreach attempt, event, tablet handed over, check-in link
       ├─ an alert: an answer typed on another link and not sent
       └─ a consent given, one to sign, one taken back; what was given out
other  ── a chart closed to all but one, opened in an emergency
sister ── another clinic where the medical director signs, with one rule signed;
          person moved from there
staff  ── one of each role; the medical director looked at whom a rule would change
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from webauthn.helpers import bytes_to_base64url

from accounts.entry import mail
from accounts.entry.actions.roles import give_or_ask
from accounts.entry_rows import Passkey, RoleRequest
from accounts.models import (
    Clinic,
    ClinicDay,
    KindProposal,
    Membership,
    SentForm,
    Staff,
    UnsentText,
)
from accounts.permissions import Role
from accounts.tenancy import clinic_day
from aftercare.actions.check_ins import (
    save_check_in,
    send_check_in,
    send_plan_link,
)
from aftercare.actions.events import EventAsTold, record_event
from aftercare.actions.feeds import make_feed
from aftercare.actions.follow_ups import FollowUpWindow
from aftercare.actions.groups import change_session, join_group, keep_group
from aftercare.actions.hard_days import (
    agree_on_hard_day_plan,
    digest_of_parts,
    form_of,
    review_hard_day_plan,
    start_hard_day_plan,
)
from aftercare.actions.leaving import announce_leaving
from aftercare.actions.message_wishes import agree_to_messages
from aftercare.actions.outreach import record_outreach
from aftercare.actions.outreach_ways import start_call
from aftercare.actions.reconcile import mark_everybody
from aftercare.actions.referrals import (
    StepTold,
    keep_place,
    record_step,
    refer,
)
from aftercare.actions.repeats import RepeatTold, add_repeat
from aftercare.models import (
    Alert,
    FollowUp,
    GroupAttendance,
    HandedPerson,
    HandOver,
    HardDayPart,
    Notice,
    PersonMessage,
    SavedView,
    SiteMove,
    Successor,
)
from assessments.actions.administer import keep_draft
from assessments.actions.handovers import start_handover
from assessments.actions.intake import save_answer, start_intake
from assessments.actions.measures import record_assessment, record_observation
from assessments.actions.results import read_results
from assessments.actions.who_is_here import note_presence
from assessments.intake.catalogue import question_of
from assessments.intake.submission import Reply
from jobs.actions.kinds import work_now
from jobs.actions.pauses import pause_queues
from jobs.actions.requests import ask_job
from jobs.models import (
    CertificateReminder,
    Claim,
    Heartbeat,
    OpenBatch,
    QueuePause,
    Round,
)
from knowledge.decision_aid.content import aid
from knowledge.editions import knowledge
from knowledge.schedule.loops import LoopStage
from knowledge.schedule.pathways import EventKind
from medications.actions.impact import ask_impact
from medications.actions.sign_rules import Proposed, sign_off
from medications.actions.sign_subjects import sign_subject
from medications.actions.talks import hand_talk_over, write_aid_text
from medications.knowledge_pages.room import SUBJECTS
from medications.knowledge_pages.subject_signoffs import shown_of
from medications.models import ImpactRun
from patients.actions import health, registry
from patients.actions.chart_access import (
    open_in_emergency,
    restrict_chart,
    review_opening,
)
from patients.actions.consents import ask_consent, end_consent
from patients.actions.disclosures import ask_list
from patients.actions.merges import merge_people, preview_merge
from patients.models import ContactPoint, DeathRecord, Patient, SupportPerson, Visit
from plans.actions import signing
from plans.actions.reviewing import record_review
from plans.models import Plan, PlanReview, RecordCheck
from plans.reviewing import review_sheet
from tests.conftest import clinic_today
from tests.factories import ClinicFactory, PatientFactory, StaffFactory
from tests.factories.consents import consent_asked, consent_given, released
from tests.factories.patients import (
    CareHoldFactory,
    CareLeavingFactory,
    DeathRecordFactory,
)
from tests.factories.plans import AT, drafted, ready
from treatment.actions.kits import KitAsTold, record_kit_deed
from treatment.actions.records import record_dose, record_toxicology
from treatment.actions.regimens import start_regimen
from treatment.models import KitDeed

ROLES = tuple(Role.values)


@dataclass(frozen=True)
class Universe:
    """Staff by role, and what stands for each part of a URL."""

    clinic: Clinic
    staff: dict[str, Staff]
    parts: dict[str, object]


def _of_workers(clinic: Clinic, admin: Staff, at: dt.datetime) -> QueuePause:
    """A queue of those that rest, for long; no test sends certificates."""
    OpenBatch.objects.create(clinic=clinic, step="aftercare", begun_at=at)
    mark_everybody(clinic.pk, clinic_day(clinic, at))
    of = {"clinic": clinic, "queues": ["certificates"], "minutes": None}
    return pause_queues(**of, reason="Mail server moves", by=admin, at=at)[0]


def universe(clinic: Clinic, at: dt.datetime = AT) -> Universe:
    """Made at `at`: a link to a check-in lives for days, so forms are sent on that day."""
    staff = {
        role: StaffFactory(roles={clinic: [role]}, name=f"{role} at {clinic}")
        for role in ROLES
    }
    by = staff[Role.PRESCRIBER]
    person = PatientFactory(clinic=clinic)
    _background(person, by, at)
    intake = start_intake(patient=person, by=by, at=at)
    save_answer(
        intake=intake,
        question=question_of("alone"),
        reply=Reply(value=True),
        revision=None,
        by=by,
        at=at,
    )
    keep_draft(
        patient=person, instrument="gad7", typed={"item-nervous": "1"}, by=by, at=at
    )
    note_presence(intake=intake, step="safety", by=by, at=at)
    signed = signing.sign_plan(plan=ready(drafted(person, by, at)), by=by, at=at)
    reviewed = _reviewed(signed, by, at)
    draft = signing.start_new_version(plan=signed, by=by, at=at)
    regimen = start_regimen(
        patient=person,
        medication="BUP_SL",
        started_on=clinic_today(at),
        dose_mg=Decimal(8),
        by=by,
        at=at,
    )
    record_dose(
        patient=person,
        medication="BUP_SL",
        kind="dispensed",
        on=clinic_today(at),
        amount_mg=Decimal(8),
        by=by,
        at=at,
    )
    record_toxicology(
        patient=person, collected_at=at, results={"fentanyl": "positive"}, by=by, at=at
    )
    follow_up = FollowUp.objects.get(patient=person, kind="plan_review")
    endangered = record_assessment(
        patient=person,
        instrument="cssrs",
        answers={"wish": 1, "thoughts": 0, "behavior_ever": 0},
        by=by,
        at=at,
    )
    parts = {
        "patient": person,
        "intake": intake,
        "plan": draft,
        "signed": signed,
        "plan_review": reviewed,
        "goal": draft.goals.first(),
        "need": draft.needs.first(),
        "intervention": draft.interventions.first(),
        "assessment": record_assessment(
            patient=person,
            instrument="phq9",
            answers={"interest": 1, "mood": 1, "self_harm": 0},
            by=by,
            at=at,
        ),
        "observation": record_observation(
            patient=person,
            code="qtc",
            value=Decimal(430),
            effective_at=at,
            by=by,
            at=at,
        ),
        "concern": endangered.concerns.get(),
        "results": read_results(
            clinic=clinic,
            content=f"mrn,test,value,measured\n{person.mrn},ALT,40,2026-11-20\n".encode(),
            by=by,
            at=at,
        ),
        "deed": _kit(person, by, at),
        "plan_part": _hard_days(person, by, at),
        "decision": signed.decision,
        "regimen": regimen,
        "follow_up": follow_up,
        "attempt": record_outreach(patient=person, outcome="no_answer", by=by, at=at),
        **_reached(person, by, at),
        "event": record_event(
            patient=person,
            told=EventAsTold(
                kind=EventKind.OVERDOSE, source="family", on=clinic_today(at)
            ),
            by=by,
            at=at,
        ),
        "entry": health.list_entry(
            patient=person,
            kind="allergy",
            values={"kind": "other", "substance": "Latex", "reaction": ""},
            by=by,
            at=at,
        ),
        "handover": start_handover(
            patient=person, instruments=["phq9"], language="en", by=by, at=at
        ),
        "talk": hand_talk_over(patient=person, language="en", by=by, at=at),
        "check_in": send_check_in(
            patient=person,
            instruments=["phq9"],
            language="es",
            to=_address(person, by, at),
            by=by,
            at=at,
        ),
        "alert": _alerted(person, by, at),
        "notice": Notice.objects.create(
            clinic=clinic,
            key="reminder:1",
            kind=Notice.Kind.REMINDER,
            recipient=by,
            follow_up=follow_up,
            created_at=at,
        ),
        "staff": StaffFactory(roles={clinic: [Role.CLINICIAN]}),
        "unsent": _typed_too_late(clinic, by, at),
        "passkey": Passkey.objects.create(
            staff=by,
            name="Blue key",
            credential=bytes_to_base64url(f"key {by.pk}".encode()),
            public_key="a2V5",
            sign_count=0,
            added_at=at,
        ),
        "role": _asked_for(clinic, staff, at),
        "clinic_day": ClinicDay.objects.create(
            clinic=clinic, day=dt.date(2040, 1, 2), name="Repairs"
        ),
        "kind_proposal": KindProposal.objects.create(
            clinic=clinic,
            is_otp=not clinic.is_otp,
            why="Certificate",
            proposed_at=at,
            proposed_by=staff[Role.MEDICAL_DIRECTOR],
        ),
    }
    write_aid_text(
        clinic=clinic,
        aid=aid(),
        key="cost.MTD",
        language="en",
        text="Ten dollars a week.",
        reviewed_on=clinic_today(at),
        by=staff[Role.MEDICAL_DIRECTOR],
        at=at,
    )
    registry.put_on_care_team(
        patient=person, staff=parts["staff"], part="counselor", by=by, at=at
    )
    _leaves(clinic, parts["staff"], staff, at)
    parts |= {
        **_handed(person, staff, at),
        **_told(person, by, at),
        **_writes_to(person, follow_up, by, at),
        **_merged(person, by, staff[Role.CLINICIAN]),
    }
    parts |= _closed(clinic, staff[Role.CLINICIAN], staff[Role.MEDICAL_DIRECTOR], at)
    parts["run"] = _looked_at(clinic, staff[Role.MEDICAL_DIRECTOR], at)
    Heartbeat.objects.create(clinic=clinic, queue="follow_ups", beat_at=at)
    RecordCheck.objects.create(clinic=clinic, checked_at=at, number=1, plans=1)
    Round.objects.create(clinic=clinic, queue="mail", done_at=at, counts={"sent": 1})
    parts["pause"] = _of_workers(clinic, staff[Role.ADMIN], at)
    parts["claim"] = Claim.objects.create(
        clinic=clinic,
        step="staff_mail",
        row_id=parts["notice"].pk,
        claimed_at=at,
        next_try_at=at,
        fault="TimeoutError",
    )
    parts["job"] = ask_job(
        clinic=clinic,
        kind="impact",
        title="Whose options change",
        total=9,
        by=by,
        at=at,
    )
    return Universe(clinic, staff, parts)


def _writes_to(
    person: Patient, follow_up: FollowUp, by: Staff, at: dt.datetime
) -> dict[str, object]:
    """What the person wants to be written to about, and one message that is owed."""
    to = ContactPoint.objects.get(patient=person, kind="email")
    wish = agree_to_messages(
        patient=person,
        to=to,
        language="en",
        kinds=["visit"],
        weekday=1,
        by=by,
        at=at,
    )
    PersonMessage.objects.create(
        clinic=person.clinic,
        patient=person,
        wish=wish,
        follow_up=follow_up,
        kind="visit",
        for_day=clinic_today(at),
        created_at=at,
    )
    return {"wish": wish, **_refers(person, by, at)}


def _refers(person: Patient, by: Staff, at: dt.datetime) -> dict[str, object]:
    """A place, a referral to it that was sent, and another place that answered."""
    clinic = person.clinic
    place, other = (
        keep_place(
            clinic=clinic, values={"name": name, "kind": "housing"}, by=by, at=at
        )
        for name in ("Oak Street", "Elm Street")
    )
    loop = refer(patient=person, place=place, wanted="A room", by=by, at=at)
    told = StepTold(stage=LoopStage.SENT, on=clinic_day(clinic, at), by_themselves=True)
    step = record_step(referral=loop, told=told, by=by, at=at)
    make_feed(clinic=clinic, by=by, at=at)
    return {"place": place, "other_place": other, "loop": loop, "loop_step": step}


def _reached(person: Patient, by: Staff, at: dt.datetime) -> dict[str, object]:
    """Somebody calls now; a sister may be called in their place; a letter is let out."""
    Patient.objects.filter(pk=person.pk).update(address="Wherry Lane 4")
    support = SupportPerson.objects.create(
        clinic=person.clinic,
        patient=person,
        name="Elena",
        relation="sister",
        phone="555-010-0143",
    )
    consent_given(person, by, at, support_id=support.pk)
    start_call(patient=person, by=by, at=at)
    letter = released(
        person,
        "reach_letter",
        by,
        at,
        ground="own_copy",
        recipient=person.shown_name,
        purpose="request",
    )
    told = RepeatTold(
        kind="call",
        title="Call",
        window=FollowUpWindow(*[clinic_today(at)] * 3),
        weeks=2,
        times=3,
        until_on=None,
        assigned_role="care_manager",
    )
    repeat = add_repeat(patient=person, told=told, by=by, at=at)
    made = {"support": support, "letter_paper": letter, "repeat": repeat}
    return {**made, **_in_a_group(person, by, at)}


def _in_a_group(person: Patient, by: Staff, at: dt.datetime) -> dict[str, object]:
    """On the roster of a group that is held on the weekday of today, with one session
    moved and one that they came to; another group to join."""
    clinic, today = person.clinic, clinic_day(person.clinic, at)
    weekday = clinic_today().isoweekday()
    group, other = (
        keep_group(
            clinic=clinic,
            values={
                "name": name,
                "weekday": weekday,
                "begins": dt.time(10),
                "place": "Room 2",
                "capacity": 8,
                "leader": by,
            },
            by=by,
            at=at,
        )
        for name in ("Tuesday circle", "Morning walk")
    )
    member = join_group(group=group, patient=person, by=by, at=at)
    ahead = (weekday - today.isoweekday()) % 7 + 7
    coming = today + dt.timedelta(days=ahead)
    to = coming + dt.timedelta(days=1)
    change_session(group=group, planned_on=coming, to=to, why="Repairs", by=by, at=at)
    GroupAttendance.objects.create(
        clinic=clinic,
        patient=person,
        group=other,
        planned_on=today,
        on=today,
        mark="present",
        recorded_at=at,
        recorded_by=by,
    )
    return {"group": group, "other_group": other, "member": member}


def _reviewed(plan: Plan, by: Staff, at: dt.datetime) -> PlanReview:
    shown = review_sheet(plan, at=at).shown
    return record_review(plan=plan, shown=shown, why="It fits", by=by, at=at)


def _alerted(person: Patient, by: Staff, at: dt.datetime) -> Alert:
    """An answer that cannot wait, typed on a link and not sent."""
    link = {"instruments": ["phq9"], "language": "en", "by": by, "at": at}
    check_in = send_check_in(patient=person, **link)
    answers = {"self_harm": 1}
    save_check_in(check_in=check_in, instrument="phq9", answers=answers, at=at)
    return Alert.objects.get(check_in=check_in)


def _kit(person: Patient, by: Staff, at: dt.datetime) -> KitDeed:
    told = KitAsTold(kind="given", on=clinic_today(at), product="narcan")
    return record_kit_deed(patient=person, told=told, by=by, at=at)


def _hard_days(person: Patient, by: Staff, at: dt.datetime) -> HardDayPart:
    """A safety plan in force, looked at once and on their phone, and its next draft."""
    made = {"patient": person, "kind": "safety", "by": by, "at": at}
    plan = start_hard_day_plan(**made)
    for asked in form_of(plan).part:
        answers = {one.key: next(iter(one.choices)) for one in asked.asks}
        plan.parts.filter(part=asked.key).update(words="As said", answers=answers)
    agreed = agree_on_hard_day_plan(
        plan=plan,
        review_on=(at + dt.timedelta(days=60)).date(),
        shown=digest_of_parts(plan.parts.all()),
        by=by,
        at=at,
    )
    looked = {"plan": agreed, "shown": 1, "review_on": agreed.review_on}
    review_hard_day_plan(**looked, by=by, at=at)
    send_plan_link(**made, language="en")
    return start_hard_day_plan(**made).parts.first()


def _mistaken_death(person: Patient, by: Staff, at: dt.datetime) -> DeathRecord:
    """A report that was taken back, and a leaving that was."""
    CareLeavingFactory(patient=person, recorded_by=by)
    return DeathRecordFactory(
        patient=person, told_by=by, recorded_by=by, dropped_at=at, dropped_by=by
    )


def _leaves(
    clinic: Clinic, who: Staff, staff: dict[str, Staff], at: dt.datetime
) -> None:
    """A colleague who goes, whose one person has a successor; a certificate that ends."""
    person, by = Patient.objects.get(clinic=clinic), staff[Role.PRESCRIBER]
    leaving = announce_leaving(
        clinic=clinic,
        staff=who,
        leaves_on=dt.date(2040, 1, 2),
        by=staff[Role.ADMIN],
        at=at,
    )
    Successor.objects.create(
        clinic=clinic, leaving=leaving, group=f"person:{person.pk}", staff=by
    )
    CertificateReminder.objects.create(
        clinic=clinic,
        certificate="program_until",
        until=dt.date(2040, 1, 2),
        step=90,
        created_at=at,
    )


def _handed(
    person: Patient, staff: dict[str, Staff], at: dt.datetime
) -> dict[str, object]:
    """A person whom the peer covers for the care manager, a view that was saved, and the
    clinic that the person came from."""
    clinic, by = person.clinic, staff[Role.PRESCRIBER]
    hand = HandOver.objects.create(
        clinic=clinic,
        kind=HandOver.Kind.COVER,
        from_staff=staff[Role.CARE_MANAGER],
        to_staff=staff[Role.PEER],
        since_on=clinic_today(at),
        until_on=dt.date(2040, 1, 2),
        words="Let it ring long.",
        made_at=at,
        made_by=by,
    )
    HandedPerson.objects.create(clinic=clinic, hand_over=hand, patient=person)
    view = SavedView.objects.create(
        clinic=clinic, name="Late", query="show=today&why=late", owner=by, saved_at=at
    )
    sister = _sister(person, staff[Role.MEDICAL_DIRECTOR], at)
    return {"hand_over": hand, "saved_view": view, "sister": sister}


def _asked_for(clinic: Clinic, staff: dict[str, Staff], at: dt.datetime) -> RoleRequest:
    """A role that waits for the admin, who was told by e-mail."""
    to, by = staff[Role.PEER], staff[Role.MEDICAL_DIRECTOR]
    give_or_ask(staff=to, clinic=clinic, roles=[Role.CLINICIAN], by=by, at=at)
    mail.ask(kind=mail.Kind.INVITATION, to=[to], clinic=clinic, at=at)
    return RoleRequest.objects.get(clinic=clinic)


def _typed_too_late(clinic: Clinic, by: Staff, at: dt.datetime) -> UnsentText:
    """A form that came when the session was over, beside one that was answered."""
    once = {"clinic": clinic, "staff": by, "token": "t" * 24, "digest": "d", "at": at}
    SentForm.objects.create(**once)
    return UnsentText.objects.create(
        clinic=clinic,
        staff=by,
        path="/people/",
        fields=[["reason", "As she said"]],
        at=timezone.now(),
    )


def _sister(person: Patient, by: Staff, at: dt.datetime) -> Clinic:
    """Another clinic where the director signs too, and signed a rule, and from which
    the person moved; sorted last, since who works at several begins at the first."""
    sister = ClinicFactory(name=f"Zenith {person.clinic_id}")
    Membership.objects.create(clinic=sister, staff=by, role=Role.MEDICAL_DIRECTOR)
    signed = Proposed(rule="C46", version=knowledge().rules["C46"].version)
    sign_off(clinic=sister, proposed=signed, by=by, at=at)
    SiteMove.objects.create(
        clinic=person.clinic,
        patient=person,
        direction=SiteMove.Direction.IN,
        other_clinic=sister,
        parts=["registration"],
        told={"treatment": ["Methadone 80 mg"]},
        moved_at=at,
        moved_by=by,
    )
    return sister


def _looked_at(clinic: Clinic, by: Staff, at: dt.datetime) -> ImpactRun:
    """Whom it would change if the rule on a QTc of 450 ms or less were switched off."""
    version = knowledge().rules["C45"].version
    signed = Proposed(rule="C45", version=version)
    sign_off(clinic=clinic, proposed=signed, by=by, at=at)
    subject = SUBJECTS["language"]
    shown = shown_of(subject, None)
    sign_subject(clinic=clinic, subject=subject, shown=shown, by=by, at=at)
    proposed = Proposed(rule="C45", version=version, stance="off")
    run = ask_impact(clinic=clinic, proposed=proposed, by=by, at=at)
    work_now(run.job, at=at)
    run.job.refresh_from_db()
    return run


def _told(person: Patient, by: Staff, at: dt.datetime) -> dict[str, object]:
    """A consent that is given, one to be signed, and what was given out of each thing."""
    given = consent_given(person, by, at)
    elsewhere = consent_given(person, by, at, name="Otto")
    end_consent(
        consent=elsewhere,
        why="revoked",
        how="spoken",
        said_on=clinic_today(at),
        by=by,
        at=at,
    )
    plan = person.plans.order_by("pk").last()
    things = {
        "disclosure": ("words", None),
        "plan_paper": ("plan", plan.pk),
        "sheet_paper": ("aid_sheet", None),
        "card_paper": ("safety_card", None),
        "timeline_given": ("timeline", None),
        "scores_given": ("scores", None),
    }
    return {
        "given": given,
        "consent": ask_consent(patient=person, asked=consent_asked(), by=by, at=at),
        "asked": ask_list(patient=person, by=by, at=at),
        **{
            part: released(person, thing, by, timezone.now(), row=row)
            for part, (thing, row) in things.items()
        },
    }


def _merged(person: Patient, by: Staff, other_staff: Staff) -> dict[str, object]:
    """One more record of this person that went into theirs, and one that might; a death
    that somebody else reported by mistake."""
    twin, other = PatientFactory.create_batch(2, clinic=person.clinic)
    now = timezone.now()
    health.list_entry(
        patient=twin,
        kind="medicine",
        values={"ingredient": "loratadine", "dose": ""},
        by=by,
        at=now,
    )
    registry.change_status(patient=person, status="active", by=by, at=now)
    person.refresh_from_db()
    shown = preview_merge(person, twin, today=clinic_today(now)).shown
    merge = merge_people(
        kept=person,
        gone=twin,
        choices={"given_name": "gone"},
        shown=shown,
        by=by,
        at=now,
    )
    person.refresh_from_db()
    death = _mistaken_death(person, other_staff, now)
    return {"merge": merge, "other": other, "death": death}


def _closed(
    clinic: Clinic, on_team: Staff, outside: Staff, at: dt.datetime
) -> dict[str, object]:
    """A chart of somebody else that one person opens, and another opened in an hour of
    need; one such opening is judged."""
    somebody = PatientFactory(clinic=clinic)
    registry.put_on_care_team(
        patient=somebody, staff=on_team, part="lead", by=on_team, at=at
    )
    restriction = restrict_chart(
        patient=somebody, reason="Works here", by=on_team, at=at
    )
    opened = {"restriction": restriction, "why": "dose", "words": "At the hospital."}
    before = open_in_emergency(**opened, by=outside, at=at - dt.timedelta(days=2))
    review_opening(opening=before, judgement="right", note="", by=on_team, at=at)
    other = StaffFactory(roles={clinic: [Role.CLINICIAN]})
    opening = open_in_emergency(**opened, by=other, at=at - dt.timedelta(days=1))
    return {"restriction": restriction, "opening": opening}


LISTS = {
    "condition": {"code": "B18.2", "title": "Chronic viral hepatitis C", "since": ""},
    "medicine": {"ingredient": "sertraline", "dose": "50 mg"},
    "support": {"name": "Elena", "relation": "sister"},
    "contact": {"kind": "phone", "value": "(555) 010-0142"},
}


def _address(person: Patient, by: Staff, at: dt.datetime) -> ContactPoint:
    values = {"kind": "email", "value": "alma@example.org", "may_text": True}
    point = health.list_entry(
        patient=person, kind="contact", values=values, by=by, at=at
    )
    assert isinstance(point, ContactPoint)
    return point


def _background(person: Patient, by: Staff, at: dt.datetime) -> None:
    registry.put_on_care_team(patient=person, staff=by, part="lead", by=by, at=at)
    for kind, values in LISTS.items():
        health.list_entry(patient=person, kind=kind, values=values, by=by, at=at)
    CareHoldFactory(patient=person, ended_on=dt.date(2026, 11, 21))
    Visit.objects.create(
        clinic=person.clinic,
        patient=person,
        on=clinic_today(at),
        kind="intake",
        status=Visit.Status.ATTENDED,
        recorded_at=at,
    )
