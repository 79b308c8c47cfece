"""Every form of every URL, sent twice at the same moment and once more after that.

What one sending adds is measured first and undone. Two at once add exactly that, and a
third adds nothing: rows of all tables are counted, the audit and the history too.
"""

import datetime as dt
import re
import threading
from copy import copy
from dataclasses import replace

import pytest
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections, transaction
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from accounts.access import Acting
from accounts.clinic_settings.actions import change_of_kind
from accounts.clinic_settings.consequences import digest_of, foretold
from accounts.entry import sealing
from accounts.entry_rows import CodeApp, StaffSession
from accounts.models import Clinic, Membership
from accounts.once import HEADER, fresh_token
from accounts.permissions import ROLE_PERMISSIONS, Role
from aftercare.actions.bulk_follow_ups import TOGETHER
from aftercare.actions.caseload_lines import rebuild_lines
from aftercare.actions.groups import digest_of_marks
from aftercare.actions.hand_plan import HandOverAsked, plan_hand_over
from aftercare.actions.hard_days import digest_of_parts, form_of
from aftercare.actions.move_content import content_of
from aftercare.actions.repeats import end_repeat
from aftercare.models import FollowUp, HardDayPart, HardDayPlan
from aftercare.record.groups import roster_of
from assessments.models import AssessmentDraft, Concern, Intake, IntakeAnswer
from knowledge.editions import knowledge
from knowledge.schedule.choices import plan_choices
from medications.clinic_policy.policy import shown_of, stances_of
from medications.knowledge_pages.room import SUBJECTS
from medications.knowledge_pages.sister_signoffs import sister_sign_offs
from medications.knowledge_pages.subject_signoffs import shown_of as shown_of_subject
from patients.actions.chart_access import restrict_chart
from patients.actions.deaths import ask_correction, confirm_death
from patients.actions.disclosures import answer_list
from patients.actions.episodes import come_back, decline_contacts, leave_care
from patients.actions.holds import hold_care
from patients.actions.merges import preview_merge
from patients.actions.registry import put_on_care_team
from patients.disclosures.consent_end import EndAsked, told_of_end
from patients.models import Allergy, DeathRecord, Icd10Code
from plans import content
from plans.models import Intervention
from plans.reviewing import review_sheet
from reports.caseload.load import load_picture
from tests.conftest import clinic_today, signed_in
from tests.factories import ClinicFactory, PatientFactory, StaffFactory
from tests.factories.accounts import PASSWORD
from tests.factories.consents import consent_given
from tests.factories.medications import KnowledgeEditionFactory
from tests.medications.test_impact import with_number
from tests.universe import ROLES, universe
from tests.walks.test_every_view import EVERY, PUBLIC, path_of
from treatment.models import Regimen

# Sent with its token it adds no row; what it does instead.
NO_ROWS = {
    "accounts:switch_clinic": "the session names another clinic",
    "aftercare:choose_measures": "leads on to the page of the way chosen",
    "assessments:hand_back": "the session is let go",
    "medications:tablet_back": "the session is let go",
    "medications:sign_off": "the chosen rules are shown again, to be sure",
}
# Sent with its token it leaves no row in the audit, each with the reason.
OF_ITS_AUTHOR = "it is of who types it; what becomes of it is audited when it is kept"
UNAUDITED = {
    "accounts:switch_clinic": NO_ROWS["accounts:switch_clinic"],
    "accounts:discard_unsent": OF_ITS_AUTHOR,
    "aftercare:choose_measures": NO_ROWS["aftercare:choose_measures"],
    "assessments:give_draft": OF_ITS_AUTHOR,
    "assessments:give_discard": OF_ITS_AUTHOR,
    "assessments:questions": "an answer counts once all are sent, which is audited",
    "assessments:save_one": "an answer counts once all are sent, which is audited",
    "medications:sign_off": NO_ROWS["medications:sign_off"],
}
# A page of the tablet: its session is locked to it by handing over first.
ON_TABLET = {
    "assessments:questions",
    "assessments:save_one",
    "assessments:send_answers",
    "assessments:hand_back",
    "medications:tablet",
    "medications:tablet_back",
}
# Who may look may not all send.
BY = dict.fromkeys(["medications:rule", "medications:subject"], Role.MEDICAL_DIRECTOR)
PAGES = {"assessments:questions": "?page=phq9-1"}
# Sent twice by a test of its own, since a universe holds no such picture.
ELSEWHERE = {
    "medications:accept": "TestAccept in tests/medications/test_views.py",
    "accounts:code_app": "TestApp in tests/accounts/test_second_step.py",
    "accounts:new_passkey": "TestPasskeys in tests/accounts/test_second_step.py",
}
PIN = "483920"
DAY = "2026-11-20"
# What is signed today is not taken back on a day before.
END = {
    "why": "revoked",
    "how": "written",
    "said_on": clinic_today().isoformat(),
}


def today():
    return clinic_today().isoformat()


def later():
    return (clinic_today() + dt.timedelta(days=60)).isoformat()


CONSENT = {
    "kind": "support",
    "name": "Elena",
    "who": "sister",
    "sections": ["in_care"],
    "purposes": ["support"],
    "purpose_words": "So that she can help",
    "expiry": "date",
    "expires_on": "2031-01-01",
    "discloser": "Harbor Street Clinic",
    "language": "en",
}

# What each URL is sent, in words that it takes; `here` holds one of everything.
BODIES = {
    "accounts:switch_clinic": lambda here: {
        "clinic": Membership.objects.exclude(clinic=here.clinic).last().clinic_id
    },
    "accounts:confirm": {"proof_password": PASSWORD, "next": "/account/"},
    "accounts:end_session": {},
    "accounts:end_others": {},
    "accounts:remove_code_app": {},
    "accounts:remove_passkey": {},
    "accounts:recovery_codes": {},
    "accounts:confirm_role": {},
    "accounts:decline_role": {},
    "accounts:reset_factors": {},
    "accounts:factor_policy": {"roles": ["admin"], "grace_until": today},
    "accounts:password": {
        "present_password": PASSWORD,
        "password1": "nine lives of a cat",
        "password2": "nine lives of a cat",
    },
    "accounts:sign_out_everywhere": {},
    "accounts:invite": {
        "name": "Nora",
        "email": "nora@clinic.example",
        "roles": ["clinician"],
    },
    "accounts:member": {"roles": ["clinician", "care_manager"]},
    "accounts:end_access": {"why": "Moved away"},
    "accounts:invite_again": {},
    "accounts:discard_unsent": {},
    "accounts:save_panel": {"record_years": "12"},
    "accounts:add_day": {"day": "2041-01-02", "name": "Repairs"},
    "accounts:remove_day": {},
    "accounts:propose_kind": lambda here: {"why": "Given back", "told": _told(here)},
    "accounts:agree_to_kind": lambda here: {"told": _told(here)},
    "accounts:drop_kind": {},
    "aftercare:leaving": {"leaves_on": "2040-02-03"},
    "aftercare:successors": lambda here: {
        f"person:{here.parts['patient'].pk}": here.staff[Role.CLINICIAN].pk
    },
    "aftercare:confirm_leaving": {},
    "aftercare:away": lambda here: {
        "since_on": today(),
        "until_on": today(),
        "to": here.staff[Role.CARE_MANAGER].pk,
    },
    "reports:hand_over": lambda here: _handed(
        here, "cover", here.parts["staff"], until_on=clinic_today()
    ),
    "reports:assign": lambda here: _handed(here, "assigned", part="peer"),
    "reports:add_for_all": lambda here: {
        "people": here.parts["patient"].pk,
        "kind": "call",
        "due_on": today(),
        "who": "care_manager",
    },
    "reports:shares": lambda here: {
        "seen": load_picture(_admin(here), at=timezone.now()).digest
    },
    "reports:take_back_hand_over": {},
    "reports:take_back_added": {},
    "reports:save_view": {"name": "Saturday calls"},
    "reports:delete_view": {},
    "reports:restore_view": {},
    "aftercare:move_to_site": lambda here: {
        "parts": ["supports", "conditions"],
        "shown": content_of(here.parts["patient"], at=timezone.now()).digest,
    },
    "aftercare:leave_care": {
        "leaving_class": "moved",
        "left_on": today,
        "kit": "in_hand",
        "declines": "on",
    },
    "aftercare:take_back_leaving": {"reason": "Another person"},
    "aftercare:decline_contacts": {},
    "aftercare:allow_contacts": {},
    "aftercare:come_back": {},
    "aftercare:undo_coming_back": {},
    "aftercare:death": lambda here: {
        "died_on": today(),
        "source": "family",
        "source_words": "The sister called",
        "cause": "unknown",
        "medicine_at_home": "unknown",
        "told": "The team",
        "told_by": here.staff[Role.PRESCRIBER].pk,
        "mrn": here.parts["patient"].mrn,
    },
    "aftercare:confirm_death": {},
    "aftercare:drop_death": {},
    "aftercare:ask_correction": {"correction_reason": "Another person"},
    "aftercare:correct_death": {},
    "aftercare:add": {"kind": "call", "due_on": today, "who": "care_manager"},
    "aftercare:record_contact": {"outcome": "no_answer"},
    "aftercare:call_now": {"anyway": "on"},
    "aftercare:end_repeat": {},
    "aftercare:add_group": lambda here: _group_as_told(here, name="Evening walk"),
    "aftercare:edit_group": lambda here: _group_as_told(here),
    "aftercare:groups_of_person": lambda here: {"group": here.parts["other_group"].pk},
    "aftercare:leave_group": {"why": "Works now"},
    "aftercare:attendance": lambda here: {
        "shown_marks": digest_of_marks(
            roster_of(here.parts["group"], planned_on=clinic_today())
        ),
        f"of_{here.parts['patient'].pk}": "missed",
    },
    "aftercare:change_session": {"to": "", "why": "Repairs"},
    "aftercare:resume_repeat": {},
    "aftercare:send_text": {},
    "aftercare:emergency": {"outcome": "passed_on", "note": "Will tell her"},
    "aftercare:posted_letter": {},
    "aftercare:went_out": {
        "outcome": "not_found",
        "went": "Two of us",
        "happened_on": today,
    },
    "aftercare:choose_measures": {"give": ["phq9"], "way": "now"},
    "aftercare:new_check_in": {"give": ["phq9"], "language": "en", "to": "hand"},
    "aftercare:messages": lambda here: {
        "to": here.parts["wish"].to_id,
        "kinds": ["check_in"],
        "weekday": 2,
        "language": "en",
    },
    "aftercare:end_messages": {},
    "aftercare:make_feed": {},
    "aftercare:end_feed": {},
    "aftercare:add_place": {"name": "New place", "kind": "food", "medicine": "unknown"},
    "aftercare:place": {"name": "Oak Street", "kind": "housing", "medicine": "welcome"},
    "aftercare:refer": lambda here: {"place": here.parts["other_place"].pk},
    "aftercare:referral": {"stage": "accepted", "on": today},
    "aftercare:give_referral": lambda here: {"owner": here.staff[Role.CARE_MANAGER].pk},
    "aftercare:take_back_step": {},
    "aftercare:revoke_check_in": {},
    "aftercare:check_in_again": {},
    "aftercare:move": {"due_on": today},
    "aftercare:close": {"status": "cancelled", "words": "Not needed"},
    "aftercare:give": {"who": "prescriber"},
    "aftercare:reopen": {},
    "aftercare:take_back": {},
    "aftercare:record_kind": {"when": "today", "source": "person"},
    "aftercare:correct_event": {"when": "today", "source": "family"},
    "aftercare:take_back_event": {},
    "reports:open_for_people": {},
    "reports:try_mail": {},
    "jobs:try_again": {},
    "jobs:cancel": {},
    "jobs:pause": {"queue": "mail", "minutes": "30", "reason": "New mail server"},
    "jobs:go_on": {},
    "aftercare:acknowledge_alert": {},
    "aftercare:pass_alert_on": {},
    "aftercare:answer_alert": {"words": "Called, safe."},
    "aftercare:resolve_concern": {"words": "Seen and safe."},
    "assessments:start_intake": {},
    "assessments:complete_intake": {},
    "assessments:save_step": {"words_treatment": "It helped for a while."},
    "assessments:answer": {"alone": "no", "alone__revision": "1"},
    "assessments:clear": {"alone__revision": "1"},
    "assessments:confirm": {},
    "assessments:panel": {"act": "rest"},
    "assessments:give": {
        "item-interest": "1",
        "item-mood": "1",
        "mode": "staff",
        "given_at": f"{DAY}T09:00",
    },
    "assessments:give_draft": {"item-interest": "1"},
    "assessments:give_discard": {},
    "assessments:amend": {
        "item-interest": "2",
        "item-mood": "1",
        "mode": "staff",
        "given_at": f"{DAY}T09:00",
    },
    "assessments:assessment_error": {"reason": "Wrong person"},
    "assessments:hand_over": {"give": ["phq9"], "language": "en", "pin": PIN},
    "assessments:handed_back": {"way": "aside"},
    "assessments:questions": {"phq9.interest": "1"},
    "assessments:save_one": {"name": "phq9.mood", "value": "1"},
    "assessments:send_answers": {},
    "assessments:hand_back": {"pin": PIN},
    "assessments:upload_results": {"file": "a file"},
    "assessments:upload_results_for": {"file": "a file"},
    "assessments:keep_results": {},
    "assessments:add_observation": {
        "code": "qtc",
        "value": "431",
        "effective_at": f"{DAY}T09:00",
    },
    "assessments:observation_error": {"reason": "Wrong person"},
    "medications:ask": {"alone": "no", "alone__revision": "1"},
    "medications:decide": {
        "took_part": ["person", "prescriber"],
        "preference": "BUP_SL",
        "justification": "Talked through at length.",
        "reason_code": "person_chose",
        "reason_words": "Wants it.",
        "first_dose": "4 mg",
        "acknowledged": lambda here: _cautions(here),
    },
    "treatment:start": {"started_on": today, "reason": "Known to the team."},
    "treatment:stop": {"stopped_on": today, "reason": "Moves away"},
    "treatment:add_dose": {
        "medication": "BUP_SL",
        "kind": "administered",
        "on": today,
        "amount_mg": "12",
    },
    "treatment:add_toxicology": {
        "collected_at": f"{DAY}T09:00",
        "method": "screen",
        "of_cocaine": "negative",
    },
    "aftercare:start_plan": {},
    "aftercare:save_part": {"words": "I stop answering"},
    "aftercare:agree_on_plan": lambda here: {
        "review_on": later(),
        "shown_parts": digest_of_parts(here.parts["plan_part"].plan.parts.all()),
    },
    "aftercare:look_again": lambda here: {
        "review_on": later(),
        "shown_version": "1",
    },
    "aftercare:send_plan": {"language": "en", "to": "hand"},
    "treatment:kit": {"kind": "given", "on": today, "product": "narcan", "count": "1"},
    "treatment:take_back_kit": {"why": "Another person"},
    "medications:talk": {"own_words": "Not every day.", "language": "en", "go": "send"},
    "medications:talk_ask": {"own_words": "No.", "language": "en", "go": "record"},
    "medications:talk_hand_over": {"language": "en", "pin": PIN},
    "medications:tablet": {"own_words": "Yes.", "language": "en", "go": "send"},
    "medications:tablet_back": {"pin": PIN},
    "medications:aid_text": {"text": "It is free here.", "reviewed_on": today},
    "medications:sign_off": lambda here: {"rules": _rule("C46")},
    "medications:take_over": lambda here: {"items": _signed_at_sister(here)},
    "medications:sign_subject": lambda here: {
        "shown": shown_of_subject(SUBJECTS["promises"], None),
        **{name: str(one.days) for name, one in plan_choices().items()},
    },
    "medications:edition_impact": {},
    "medications:rule": {
        "stance": "as_is",
        "version": lambda here: _version("C14"),
        "shown": lambda here: shown_of("C14", stances_of(here.clinic.pk)),
    },
    "medications:rule_impact": {
        "stance": "as_is",
        "version": lambda here: _version("C14"),
    },
    "patients:register": {
        "given_name": "Noor",
        "family_name": "Haddad",
        "date_of_birth": "1990-02-03",
        "sex_at_birth": "female",
        "language": "English",
        "referral_reason": "Walked in.",
    },
    "patients:details": {
        "given_name": "Alma",
        "family_name": "Reyes",
        "sex_at_birth": "female",
        "language": "Spanish",
    },
    "patients:status": {"status": "aftercare"},
    "patients:hold": {"kind": "hospital", "began_on": today},
    "patients:end_hold": {"ended_on": today},
    "patients:care_team": lambda here: {
        "part": "care_manager",
        "staff": here.staff[Role.CARE_MANAGER].pk,
    },
    "patients:no_known_allergies": {},
    "patients:add": {"kind": "other", "substance": "Nickel"},
    "patients:end": {},
    "patients:put_name_right": {"name": "latex"},
    "patients:ask_consent": {**CONSENT},
    "patients:change_consent": {**CONSENT, "name": "Otto"},
    "patients:sign_consent": {"signed_name": "Alma Reyes"},
    "patients:sign_consent_paper": {
        "signed_name": "Alma Reyes",
        "signed_on": DAY,
        "language": "en",
    },
    "patients:decline_consent": {},
    "patients:discard_consent": {},
    "patients:end_consent": {
        **END,
        "told": lambda here: digest_of(
            told_of_end(
                here.parts["given"],
                EndAsked(
                    END["why"], END["how"], "", dt.date.fromisoformat(END["said_on"])
                ),
                at=timezone.now(),
            )
        ),
    },
    "patients:give": {"whom": "person", "purpose": "treatment"},
    "patients:tell": {
        "whom": "inside",
        "purpose": "treatment",
        "sections": ["in_care"],
        "way": "phone",
    },
    "patients:ask_list": {},
    "patients:answer_list": {},
    "patients:restrict": {"reason": "Works here"},
    "patients:merge": {
        "is_one": "on",
        "family_name": "kept",
        "shown": lambda here: (
            preview_merge(
                here.parts["patient"], here.parts["other"], today=clinic_today()
            ).shown
        ),
    },
    "patients:take_apart": {},
    "patients:lift_restriction": {},
    "patients:open_in_emergency": {"why": "dose", "words": "At the hospital."},
    "patients:review_opening": {"judgement": "right"},
    "plans:draft": {},
    "plans:level_of_care": {"level": "intensive"},
    "plans:add_need": {"domain": "social", "title": "Grief"},
    "plans:discard": {},
    "plans:accept_all": {},
    "plans:sign": {"shown": lambda here: content.digest(here.parts["plan"])},
    "plans:patient_signature": {
        "patient_name": "Alma Reyes",
        "shown": lambda here: here.parts["signed"].content_digest,
    },
    "plans:new_version": {},
    "plans:review": {
        "shown": lambda here: (
            review_sheet(here.parts["signed"], at=timezone.now()).shown
        ),
        "why": "It fits",
    },
    "plans:take_back_review": {},
    "plans:close": {"reason": "Moved away"},
    "plans:goal": {"own_words": "A door that locks.", "wording": "Stable housing"},
    "plans:add": {"kind": "action", "title": "Call the landlord"},
    "plans:set_aside": {"reason": "Later"},
    "plans:take_up": {},
    "plans:accept": {},
    "plans:reopen": {},
    "plans:decline": {"reason": "During her shift"},
    "plans:change": {"title": "Weekly call"},
    "plans:remove": {},
}


def _handed(here, kind, giver=None, *, part="", until_on=None):
    """The person into the hands of the care manager, as it stood on the page."""
    to, person = here.staff[Role.CARE_MANAGER], here.parts["patient"]
    asked = HandOverAsked(kind, to, giver, part, until_on)
    plan = plan_hand_over(here.clinic, [person.pk], asked, on=clinic_today())
    told = {"giver": giver and giver.pk, "kind": kind, "part": part}
    days = {"until_on": until_on.isoformat()} if until_on else {}
    sent = {"people": person.pk, "to": to.pk, "seen": plan.digest, **told, **days}
    return {name: value for name, value in sent.items() if value}


def _admin(here):
    return Acting(here.staff[Role.ADMIN], here.clinic, frozenset({Role.ADMIN}))


def _uneven(here):
    """One care manager of two people, and one of nobody."""
    by = here.staff[Role.PRESCRIBER]
    StaffFactory(roles={here.clinic: [Role.CARE_MANAGER]})
    for person in (PatientFactory(clinic=here.clinic), here.parts["patient"]):
        put_on_care_team(
            patient=person,
            staff=here.staff[Role.CARE_MANAGER],
            part="care_manager",
            by=by,
            at=timezone.now(),
        )
    rebuild_lines(here.clinic, at=timezone.now())


def _added_together(here):
    row = here.parts["follow_up"]
    key = f"{row.patient_id}{TOGETHER}all"
    FollowUp.objects.filter(pk=row.pk).update(origin="staff", key=key)


def _deleted(here):
    view = here.parts["saved_view"]
    view.deleted_at = view.saved_at
    view.save()


def _told(here):
    """What a change of the clinic's kind would move."""
    change = change_of_kind(here.clinic, is_otp=False, on=clinic_today())
    return digest_of(foretold(change))


def _version(rule):
    return knowledge().rules[rule].version


def _rule(rule):
    return [f"{rule}:{shown_of(rule, {})}"]


def _signed_at_sister(here):
    sister, by = here.parts["sister"], here.staff[Role.MEDICAL_DIRECTOR]
    signed = sister_sign_offs(here.clinic, sister, by=by, on=clinic_today())
    return [f"{one.key}:{one.shown}" for one in signed.ready]


def _cautions(here):
    page = signed_in(here.staff[Role.PRESCRIBER]).get(
        f"/people/{here.parts['patient'].pk}/medication/decide/BUP_SL/"
    )
    return re.findall(r'name="acknowledged"[^>]*value="([^"]+)"', page.content.decode())


def _of_staff(here):
    """One that may be moved to any day."""
    FollowUp.objects.filter(pk=here.parts["follow_up"].pk).update(origin="staff")


def _closed_by_hand(here):
    row = here.parts["follow_up"]
    row.status, row.closed_at = "done", row.created_at
    row.closed_by = here.staff[Role.PRESCRIBER]
    row.save()


def _group_as_told(here, **changes):
    group = here.parts["group"]
    told = {"name": group.name, "weekday": group.weekday, "begins": "10:00"}
    told |= {"place": "Room 2", "capacity": 8, "is_current": "on"}
    return told | {"leader": group.leader_id} | changes


def _ended_series(here):
    by = here.staff[Role.PRESCRIBER]
    end_repeat(repeat=here.parts["repeat"], by=by, at=timezone.now())


def _carried(here):
    rows = IntakeAnswer.objects.filter(question="alone", intake=here.parts["intake"])
    rows.update(carried_from=rows.get())


def _signed_in_elsewhere(here):
    StaffSession.objects.create(
        session_key="elsewhere",
        label="0123456789abcdef",
        staff=here.staff[Role.PRESCRIBER],
        expire_date=timezone.now(),
    )


def _with_an_app(here):
    CodeApp.objects.create(
        staff=here.staff[Role.PRESCRIBER],
        sealed=sealing.seal("A" * 32),
        last_step=0,
        added_at=timezone.now(),
    )


def _draft_of_phq9(here):
    AssessmentDraft.objects.filter(patient=here.parts["patient"]).update(
        instrument="phq9"
    )


def _answered(here):
    handover = here.parts["handover"]
    handover.answers = {"phq9": {"mood": 1}}
    handover.save()


def _may_be_told(here):
    """The other clinic of who sends it, by a consent of the person."""
    by = here.staff[Role.PRESCRIBER]
    site = Clinic.objects.exclude(pk=here.clinic.pk).get(memberships__staff=by)
    told = {"kind": "recipient", "sections": ["record"], "purposes": ["treatment"]}
    consent_given(here.parts["patient"], by, timezone.now(), name=site.name, **told)


def _nothing_taken(here):
    Regimen.objects.filter(pk=here.parts["regimen"].pk).update(
        stopped_on=DAY, started_on=DAY, stop_reason="Moves away"
    )


def _an_edition_before(here):
    edition = with_number("qtc_avoid", 600)
    KnowledgeEditionFactory(clinic=here.clinic, edition=edition, kept_at=timezone.now())


def _no_allergy(here):
    Allergy.objects.filter(patient=here.parts["patient"]).delete()


def _misspelt(here):
    Allergy.objects.filter(patient=here.parts["patient"]).update(substance="Latexx")


def _list_given(here):
    by = here.staff[Role.PRESCRIBER]
    answer_list(request=here.parts["asked"], by=by, at=timezone.now())


def _closed_to_others(here):
    restrict_chart(
        patient=here.parts["patient"],
        reason="Works here",
        by=here.staff[Role.PRESCRIBER],
        at=timezone.now(),
    )


def _no_draft_of_hard_days(here):
    HardDayPart.objects.filter(plan=here.parts["plan_part"].plan).delete()
    HardDayPlan.objects.filter(pk=here.parts["plan_part"].plan_id).delete()


def _all_parts_said(here):
    """What has to be there before they part is there."""
    plan = here.parts["plan_part"].plan
    for asked in form_of(plan).part:
        answers = {one.key: next(iter(one.choices)) for one in asked.asks}
        plan.parts.filter(part=asked.key).update(words="As said", answers=answers)


def _no_draft(here):
    here.parts["plan"].delete()


def _nothing_open(here):
    Intake.objects.filter(patient=here.parts["patient"]).update(
        status=Intake.Status.COMPLETE,
        completed_at=here.parts["intake"].started_at,
        completed_by=here.staff[Role.PRESCRIBER],
    )


def _nothing_endangers(here):
    Concern.objects.filter(patient=here.parts["patient"]).update(
        resolved_at=timezone.now(),
        resolved_by=here.staff[Role.PRESCRIBER],
        resolution="Seen and safe.",
    )


def _by_the_clinician(here):
    return {"by": here.staff[Role.CLINICIAN], "at": timezone.now()}


def _has_left(here):
    person = here.parts["patient"]
    leave_care(patient=person, leaving_class="moved", **_by_the_clinician(here))


def _has_declined(here):
    _has_left(here)
    decline_contacts(patient=here.parts["patient"], **_by_the_clinician(here))


def _has_come_back(here):
    _has_left(here)
    come_back(patient=here.parts["patient"], **_by_the_clinician(here))


def _on_hold(here):
    person = here.parts["patient"]
    hold_care(patient=person, kind="hospital", **_by_the_clinician(here))


def _reported(here):
    DeathRecord.objects.filter(pk=here.parts["death"].pk).update(
        dropped_at=None, dropped_by=None
    )
    here.parts["death"].refresh_from_db()


def _confirmed(here):
    _reported(here)
    by = {"by": here.staff[Role.PRESCRIBER], "at": timezone.now()}
    confirm_death(record=here.parts["death"], **by)


def _correction_asked(here):
    _confirmed(here)
    ask_correction(
        record=here.parts["death"], reason="Another person", **_by_the_clinician(here)
    )


# Forms that change a row which stood on the page; all others, each with the reason.
EDITS = {
    "accounts:member",
    "accounts:confirm_role",
    "accounts:decline_role",
    "accounts:factor_policy",
    "accounts:save_panel",
    "aftercare:leaving",
    "aftercare:successors",
    "aftercare:move",
    "aftercare:close",
    "aftercare:give",
    "aftercare:place",
    "aftercare:edit_group",
    "aftercare:referral",
    "aftercare:give_referral",
    "aftercare:correct_event",
    "aftercare:save_part",
    "treatment:stop",
    "medications:rule",
    "medications:sign_subject",
    "medications:talk_ask",
    "medications:aid_text",
    "patients:details",
    "patients:status",
    "patients:hold",
    "aftercare:leave_care",
    "aftercare:death",
    "patients:care_team",
    "patients:end",
    "patients:put_name_right",
    "patients:change_consent",
    "patients:sign_consent",
    "patients:sign_consent_paper",
    "patients:decline_consent",
    "patients:discard_consent",
    "plans:level_of_care",
    "plans:discard",
    "plans:accept_all",
    "plans:sign",
    "plans:patient_signature",
    "plans:goal",
    "plans:set_aside",
    "plans:take_up",
    "plans:accept",
    "plans:reopen",
    "plans:decline",
    "plans:change",
    "plans:remove",
}
ADDS = "adds a row and changes none"
OWN_ROW = "a row of who sends it alone"
ONE_WAY = "goes one way, once: the second is told that it was done"
EACH_SHOWN = "carries what was shown of each rule, by its name"
ALL_THAT_MOVES = "carries a digest of all that would move, and to whom"
OF_BOTH = "carries a digest of both records, and of all that would go over"
REVISION = "carries the revision of each answer, by the name of its question"
NO_EDITS = {
    **dict.fromkeys(
        [
            *("accounts:add_day", "accounts:propose_kind", "aftercare:away"),
            *("reports:add_for_all", "reports:save_view"),
            *("accounts:invite", "aftercare:add", "aftercare:record_contact"),
            *("aftercare:record_kind", "aftercare:call_now", "aftercare:send_text"),
            *("aftercare:emergency", "aftercare:posted_letter", "aftercare:went_out"),
            *("aftercare:add_group", "aftercare:groups_of_person"),
            "aftercare:change_session",
            *("aftercare:new_check_in", "assessments:start_intake"),
            *("aftercare:messages", "aftercare:add_place", "aftercare:refer"),
            "jobs:pause",
            *("assessments:give", "assessments:amend", "assessments:hand_over"),
            *("assessments:upload_results", "assessments:upload_results_for"),
            *("assessments:add_observation", "medications:decide"),
            *("treatment:start", "treatment:add_dose", "patients:register"),
            *("treatment:add_toxicology", "patients:add", "treatment:kit"),
            "aftercare:look_again",
            *("medications:talk_hand_over", "medications:edition_impact"),
            *("medications:rule_impact", "plans:draft", "plans:add_need", "plans:add"),
            *("patients:ask_consent", "patients:give", "patients:tell"),
            *("patients:ask_list", "patients:restrict", "patients:open_in_emergency"),
            "plans:new_version",
        ],
        ADDS,
    ),
    **dict.fromkeys(
        [
            *("accounts:switch_clinic", "accounts:password", "accounts:discard_unsent"),
            *("aftercare:make_feed", "aftercare:end_feed"),
            *("accounts:confirm", "accounts:end_session", "accounts:end_others"),
            *("accounts:remove_code_app", "accounts:remove_passkey"),
            "accounts:recovery_codes",
            *("accounts:sign_out_everywhere", "assessments:give_draft"),
            *("assessments:give_discard", "aftercare:choose_measures"),
            *("assessments:questions", "assessments:save_one", "assessments:hand_back"),
            *("assessments:send_answers", "medications:tablet", "medications:talk"),
            "medications:tablet_back",
        ],
        OWN_ROW,
    ),
    **dict.fromkeys(
        [
            *("accounts:end_access", "accounts:invite_again", "aftercare:take_back"),
            "aftercare:take_back_event",
            "treatment:take_back_kit",
            *("aftercare:start_plan", "aftercare:agree_on_plan"),
            "aftercare:send_plan",
            *("accounts:reset_factors", "aftercare:move_to_site"),
            *("reports:take_back_hand_over", "reports:take_back_added"),
            *("reports:delete_view", "reports:restore_view"),
            *(
                "reports:open_for_people",
                "reports:try_mail",
                "aftercare:confirm_leaving",
            ),
            *("accounts:remove_day", "accounts:agree_to_kind", "accounts:drop_kind"),
            *("aftercare:revoke_check_in", "aftercare:check_in_again"),
            *("aftercare:end_messages", "aftercare:take_back_step"),
            *(
                "jobs:try_again",
                "jobs:cancel",
                "jobs:go_on",
                "aftercare:resolve_concern",
                "aftercare:acknowledge_alert",
                "aftercare:pass_alert_on",
                "aftercare:answer_alert",
                "plans:close",
            ),
            *("assessments:complete_intake", "assessments:assessment_error"),
            *("assessments:observation_error", "assessments:handed_back"),
            *("assessments:keep_results", "patients:no_known_allergies"),
            *("patients:end_consent", "patients:answer_list"),
            *("patients:lift_restriction", "patients:review_opening"),
            "patients:take_apart",
            *("aftercare:take_back_leaving", "aftercare:decline_contacts"),
            *("aftercare:allow_contacts", "aftercare:undo_coming_back"),
            *("aftercare:confirm_death", "aftercare:drop_death"),
            *("aftercare:end_repeat", "aftercare:resume_repeat"),
            *("aftercare:leave_group", "plans:take_back_review"),
            *("aftercare:ask_correction", "aftercare:correct_death"),
            *("patients:end_hold", "aftercare:come_back", "aftercare:reopen"),
        ],
        ONE_WAY,
    ),
    **dict.fromkeys(
        [
            *("assessments:save_step", "assessments:answer", "assessments:clear"),
            *("assessments:confirm", "assessments:panel", "medications:ask"),
        ],
        REVISION,
    ),
    **dict.fromkeys(
        ["reports:hand_over", "reports:assign", "reports:shares"], ALL_THAT_MOVES
    ),
    "plans:review": "carries a digest of all that was looked at",
    "aftercare:attendance": "carries a digest of every mark that stood on the page",
    "medications:sign_off": EACH_SHOWN,
    "patients:merge": OF_BOTH,
    "medications:take_over": EACH_SHOWN,
}


def _everything_set(here):
    clinic = here.clinic
    Icd10Code.objects.create(code="F11.20", title="Opioid dependence", search_text="x")
    clinic.address, clinic.phone = "12 Harbor Street", "555-010-0300"
    clinic.after_hours_phone, clinic.duty_role = "555-010-0400", Role.PRESCRIBER
    clinic.state, clinic.opening_hours = "NY", {"1": "06:00-17:00"}
    clinic.is_otp = clinic.takes_people = False
    clinic.save()


def _nothing_proposed(here):
    row = here.parts["kind_proposal"]
    row.outcome, row.decided_at, row.decided_by = (
        "dropped",
        row.proposed_at,
        row.proposed_by,
    )
    row.save()


# What has to be so before a form can be sent at all.
FIRST = {
    "accounts:end_session": _signed_in_elsewhere,
    "accounts:remove_code_app": _with_an_app,
    "reports:open_for_people": _everything_set,
    "accounts:propose_kind": _nothing_proposed,
    "aftercare:move": _of_staff,
    "aftercare:reopen": _closed_by_hand,
    "aftercare:resume_repeat": _ended_series,
    "aftercare:start_plan": _no_draft_of_hard_days,
    "aftercare:agree_on_plan": _all_parts_said,
    "reports:take_back_added": _added_together,
    "reports:restore_view": _deleted,
    "reports:shares": _uneven,
    "aftercare:move_to_site": _may_be_told,
    "aftercare:leave_care": _nothing_endangers,
    "aftercare:take_back_leaving": _has_left,
    "aftercare:decline_contacts": _has_left,
    "aftercare:allow_contacts": _has_declined,
    "aftercare:come_back": _has_left,
    "aftercare:undo_coming_back": _has_come_back,
    "aftercare:confirm_death": _reported,
    "aftercare:drop_death": _reported,
    "aftercare:ask_correction": _confirmed,
    "aftercare:correct_death": _correction_asked,
    "patients:end_hold": _on_hold,
    "assessments:confirm": _carried,
    "assessments:give_discard": _draft_of_phq9,
    "assessments:send_answers": _answered,
    "treatment:start": _nothing_taken,
    "medications:edition_impact": _an_edition_before,
    "patients:no_known_allergies": _no_allergy,
    "patients:put_name_right": _misspelt,
    "patients:ask_list": _list_given,
    "patients:lift_restriction": _closed_to_others,
    "plans:draft": _no_draft,
    "plans:new_version": _no_draft,
    "plans:review": _no_draft,
    "assessments:start_intake": _nothing_open,
}


def body_of(name, here):
    body = BODIES[name]
    body = body(here) if callable(body) else body
    return {
        key: (value(here) if value.__code__.co_argcount else value())
        if callable(value)
        else value
        for key, value in body.items()
    }


def _file(name, here):
    if "upload" not in name:
        return {}
    mrn = here.parts["patient"].mrn
    text = f"mrn,test,value,measured\n{mrn},ALT,41,{DAY}\n"
    return {"file": SimpleUploadedFile("results.csv", text.encode())}


def posting():
    """Every URL that takes a form, but for those that may be asked again."""
    for one in EVERY:
        _, name, entry = one.values
        known = name in PUBLIC or name in ELSEWHERE
        if not known and not hasattr(entry.callback, "repeatable"):
            yield one


# Sessions, the tokens themselves, and what the audit's rows become at the commit.
NOT_COUNTED = {
    *("accounts.StaffSession", "accounts.SentForm"),
    *("accounts.AuditLink", "accounts.AuditChain"),
}


def counted():
    """How many rows each table has that an act may leave."""
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.label not in NOT_COUNTED
    }


def added(before, after):
    return {name: n - before[name] for name, n in after.items() if n != before[name]}


class Sender:
    """One form of one URL, ready to be sent as often as wished."""

    def __init__(self, name, route, entry, here):
        if name in FIRST:
            FIRST[name](here)
        self.name, self.here = name, here
        needed = entry.callback.required_permission
        may = next(r for r in ROLES if needed in ROLE_PERMISSIONS[r])
        role = BY.get(name, may)
        self.client = signed_in(here.staff[role])
        if name in ON_TABLET:
            self.lock()
        self.cookies = self.client.cookies.copy()
        self.path = path_of(route, here.parts) + PAGES.get(name, "")
        self.body = body_of(name, here)
        self.token = {HEADER: fresh_token()}

    def lock(self):
        session = self.client.session
        kept = {"id": self.here.parts["handover"].pk, "pin": make_password(PIN)}
        if "tablet" in self.name:
            place = reverse("medications:tablet")
            kept |= {"talk": self.here.parts["talk"].pk, "place": place}
        session["handover"] = kept
        session.save()

    def send(self):
        client = Client()
        client.cookies = self.cookies.copy()
        body = self.body | _file(self.name, self.here)
        return client.post(self.path, body, headers=self.token)

    def measured(self):
        """The answer to one sending and what it adds; undone."""
        before, outbox = counted(), len(mail.outbox)
        with transaction.atomic():
            response = self.send()
            grown = added(before, counted())
            transaction.set_rollback(True)
        del mail.outbox[outbox:]
        return response, grown

    def at_once(self):
        """The status of two sendings at the same moment."""
        barrier, statuses = threading.Barrier(2), []

        def work():
            barrier.wait(20)
            try:
                statuses.append(self.send().status_code)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return statuses


def said_wrong(response):
    """What the page says against the form."""
    page = response.content.decode()
    found = re.findall(r"(?:invalid-feedback|mst-errors)[^>]*>(.*?)</", page, re.DOTALL)
    return f"{response.status_code}: {found}"


SPACES = sorted({one.values[1].split(":")[0] for one in posting()})


@pytest.mark.slow
@pytest.mark.parametrize("space", SPACES)
def test_sent_twice_and_once_more_is_one_act(transactional_db, space, subtests):
    for one in posting():
        route, name, entry = one.values
        if name.split(":")[0] != space:
            continue
        with subtests.test(name):
            here = universe(ClinicFactory(is_otp=True), timezone.now())
            # Sorted after theirs: who works at both begins at the first.
            elsewhere = ClinicFactory(name=f"Zuma Street {here.clinic.pk}")
            for staff in here.staff.values():
                Membership.objects.create(
                    staff=staff, clinic=elsewhere, role=Role.CLINICIAN
                )
            if _takes_no_form(here, route, name, entry):
                continue
            assert name in BODIES, f"{name} takes a form: say in BODIES what it is sent"
            sender = Sender(name, route, entry, here)
            response, grown = sender.measured()
            assert response.status_code < 400, said_wrong(response)
            assert grown or name in NO_ROWS, "the form was sent and nothing was added"

            before, outbox = counted(), len(mail.outbox)
            assert set(sender.at_once()) <= {response.status_code, 302}
            once = counted()
            assert added(before, once) == grown
            mails = len(mail.outbox) - outbox
            sender.send()
            assert not added(once, counted())
            assert len(mail.outbox) - outbox == mails <= 1


@pytest.mark.slow
@pytest.mark.parametrize("space", SPACES)
def test_what_was_taken_stands_in_the_audit(db, space, subtests):
    here = universe(ClinicFactory(is_otp=True), timezone.now())
    sister = ClinicFactory(name="Zuma Street")
    for staff in here.staff.values():
        Membership.objects.create(staff=staff, clinic=sister, role=Role.CLINICIAN)
    for one in posting():
        route, name, entry = one.values
        if name.split(":")[0] != space or name not in BODIES:
            continue
        with subtests.test(name), transaction.atomic():
            parts = {part: copy(row) for part, row in here.parts.items()}
            sender = Sender(name, route, entry, replace(here, parts=parts))
            _, grown = sender.measured()
            transaction.set_rollback(True)

            assert ("accounts.AuditEvent" in grown) != (name in UNAUDITED)


def _takes_no_form(here, route, name, entry):
    if name in BODIES:
        return False
    needed = entry.callback.required_permission
    role = next(r for r in ROLES if needed in ROLE_PERMISSIONS[r])
    with transaction.atomic():
        answer = signed_in(here.staff[role]).post(path_of(route, here.parts))
        transaction.set_rollback(True)
    return answer.status_code == 405


def test_every_form_is_an_edit_or_says_why_not():
    assert set(BODIES) == EDITS | set(NO_EDITS)
    assert not EDITS & set(NO_EDITS)


FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)


def forms_of(page, path):
    """Where each form of a page goes, and what stands in it."""
    for attributes, inside in FORM.findall(page):
        if 'method="post"' in attributes:
            action = re.search(r'action="([^"]*)"', attributes)
            yield (action[1] if action else path).partition("?")[0] or path, inside


def test_every_edit_that_is_shown_says_what_it_showed(db):
    here = universe(ClinicFactory(is_otp=True), timezone.now())
    _every_button(here.parts["plan"])
    _misspelt(here)
    seen = set()
    for path, page in pages_of(here):
        for action, inside in forms_of(page, path):
            where = resolve(action).view_name
            assert 'name="once"' in inside, f"{where} on {path}"
            if where in EDITS:
                seen.add(where)
                assert 'name="shown"' in inside, f"{where} on {path}"
    # It has no button yet.
    assert EDITS - seen == {"plans:remove"}


def _every_button(plan):
    """A suggestion, a declined line and a need set aside, each with its button."""
    first, second = plan.interventions.all()[:2]
    Intervention.objects.filter(pk=first.pk).update(state="suggested")
    Intervention.objects.filter(pk=second.pk).update(
        state="declined", declined_reason="Not now"
    )
    plan.needs.filter(pk=plan.needs.last().pk).update(set_aside_reason="Later")


def pages_of(here):
    """Every page of a universe, as somebody sees it who may."""
    clients = {role: signed_in(here.staff[role]) for role in ROLES}
    for route, name, entry in (p.values for p in EVERY):
        if name in PUBLIC or name in ON_TABLET:
            continue
        needed = entry.callback.required_permission
        may = next(r for r in ROLES if needed in ROLE_PERMISSIONS[r])
        path = path_of(route, here.parts)
        page = clients[BY.get(name, may)].get(path)
        yield path, page.content.decode(errors="replace")
    signed = f"/plans/{here.parts['signed'].pk}/"
    yield signed, clients[Role.PRESCRIBER].get(signed).content.decode()


@pytest.mark.parametrize(
    "one",
    [
        (route, name, entry)
        for route, name, entry in (p.values for p in EVERY)
        if name in EDITS
    ],
    ids=lambda one: one[1],
)
def test_an_edit_of_what_was_shown_otherwise_changes_nothing(transactional_db, one):
    route, name, entry = one
    here = universe(ClinicFactory(is_otp=True), timezone.now())
    sender = Sender(name, route, entry, here)
    sender.body = sender.body | {"shown": "0" * 32}

    response, grown = sender.measured()

    assert response.status_code in (302, 400, 409)
    assert not grown


SHOWN = re.compile(r'name="shown" value="([^"]+)"')
ROUTES = {name: (route, entry) for route, name, entry in (p.values for p in EVERY)}


def test_of_two_edits_from_one_page_the_second_is_refused(transactional_db, subtests):
    """The newer content stands: of the second sending nothing is kept but its refusal."""
    here = universe(ClinicFactory(is_otp=True))
    _of_staff(here)
    _every_button(here.parts["plan"])
    # A draft with every button is not one to be signed: tests/plans/test_shown.py does.
    edits = {
        resolve(action).view_name: (action, SHOWN.search(inside)[1])
        for path, page in pages_of(here)
        for action, inside in forms_of(page, path)
        if resolve(action).view_name in EDITS - {"plans:sign"}
    }
    for name, (action, shown) in edits.items():
        with subtests.test(name), transaction.atomic():
            route, entry = ROUTES[name]
            sender = Sender(name, route, entry, here)
            sender.path = action
            sender.body = sender.body | {"shown": shown}
            first = sender.send()
            assert first.status_code == 302, said_wrong(first)
            once = counted()
            sender.token = {HEADER: fresh_token()}
            again = sender.send()
            grown = added(once, counted())
            transaction.set_rollback(True)
            if again.status_code == 404:
                # What is not there any more is refused, and that it was asked is kept.
                grown.pop("accounts.AuditEvent", None)

            assert again.status_code in (302, 400, 404, 409)
            assert not grown


@pytest.mark.parametrize(("route", "name", "entry"), EVERY)
def test_what_may_be_asked_again_says_why(route, name, entry):
    why = getattr(entry.callback, "repeatable", "said")

    assert len(why.split()) > 3 or why == "said"
