"""Acts of a row: by the kind of what is owed, each opens the page that does it."""

from dataclasses import dataclass

from django.urls import reverse

from accounts.permissions import Permission
from knowledge.schedule.kinds import FollowUpAct, KeptBy, follow_up_kind

CSSRS, REFERRAL = "cssrs", "referral"
# Pages of a person that do or record it, by what keeps it, with the right they ask for.
PAGES = {
    KeptBy.TOXICOLOGY: ("treatment:add_toxicology", Permission.ASSESS),
    KeptBy.LABS: ("assessments:add_observation", Permission.ASSESS),
    KeptBy.ECG: ("assessments:add_observation", Permission.ASSESS),
    KeptBy.INFECTION_TESTS: ("assessments:add_observation", Permission.ASSESS),
    KeptBy.LIVER_TESTS: ("assessments:add_observation", Permission.ASSESS),
    KeptBy.DOSE: ("treatment:under_way", Permission.PATIENT_VIEW),
    KeptBy.TAKE_HOME_DECISION: ("treatment:under_way", Permission.PATIENT_VIEW),
    KeptBy.PLAN_REVIEW: ("plans:current", Permission.PATIENT_VIEW),
    KeptBy.PLAN_VERSION: ("assessments:intake", Permission.PATIENT_VIEW),
    KeptBy.ASSESSMENT: ("assessments:intake", Permission.PATIENT_VIEW),
    KeptBy.SAFETY_PLAN: ("aftercare:safety_plan", Permission.ASSESS),
    KeptBy.SAFETY_PLAN_REVIEW: ("aftercare:safety_plan", Permission.ASSESS),
    KeptBy.USE_PLAN_REVIEW: ("aftercare:use_plan", Permission.ASSESS),
    KeptBy.KIT: ("treatment:kit", Permission.FOLLOW_UP_WORK),
    KeptBy.KIT_CHECK: ("treatment:kit", Permission.FOLLOW_UP_WORK),
    KeptBy.KIT_TEACHING: ("treatment:kit", Permission.FOLLOW_UP_WORK),
    KeptBy.MEASURES: ("aftercare:choose_measures", Permission.ASSESS),
}
# Pages of one follow-up: its day, and what came of it.
DAY, DONE = "aftercare:move", "aftercare:close"
OWED = "aftercare:of_patient"


@dataclass(frozen=True, slots=True)
class RowAct:
    """What is pressed in a row; a call opens the contact form there."""

    words: str
    icon: str
    url: str
    is_call: bool = False


def act_of(
    kind: str, patient_id: int, follow_up_id: int | None, may: frozenset[Permission]
) -> RowAct:
    """The act of what is owed first; where its right is missing, the chart opens."""
    declared = follow_up_kind(kind)
    works = Permission.FOLLOW_UP_WORK in may
    is_call = declared.act == FollowUpAct.CALL and works
    url = "" if is_call else _page(kind, patient_id, follow_up_id, may)
    if is_call or url:
        return RowAct(declared.act.words, declared.icon, url, is_call)
    return chart_of(patient_id)


def act_here(
    kind: str, patient_id: int, follow_up_id: int, may: frozenset[Permission]
) -> RowAct:
    """The same on the page of what is owed, which leads to no page but others."""
    act = act_of(kind, patient_id, follow_up_id, may)
    if act.url == reverse(OWED, args=[patient_id]):
        return RowAct("Close", "check", reverse(DONE, args=[follow_up_id]))
    return act


def alert_of(patient_id: int) -> RowAct:
    """Opens what nobody has acknowledged yet."""
    url = reverse("aftercare:alert_of_person", args=[patient_id])
    return RowAct("Alert", "concern", url)


def death_of(patient_id: int) -> RowAct:
    """Opens what was reported, for its second person."""
    return RowAct("Open", "right", reverse("aftercare:death", args=[patient_id]))


def chart_of(patient_id: int) -> RowAct:
    return RowAct("Open", "right", reverse("reports:chart", args=[patient_id]))


def _page(
    kind: str, patient_id: int, follow_up_id: int | None, may: frozenset[Permission]
) -> str:
    """Where it is done; empty where this person may not."""
    declared = follow_up_kind(kind)
    if kind == REFERRAL and Permission.PATIENT_VIEW in may:
        return reverse("aftercare:referrals", args=[patient_id])
    if declared.kept_by == KeptBy.CSSRS:
        is_theirs = Permission.ASSESS in may
        args = [patient_id, CSSRS]
        return reverse("assessments:give", args=args) if is_theirs else ""
    if declared.act == FollowUpAct.BOOK or declared.kept_by not in PAGES:
        return _own_page(declared.act, patient_id, follow_up_id, may)
    name, right = PAGES[declared.kept_by]
    return reverse(name, args=[patient_id]) if right in may else ""


def _own_page(
    act: FollowUpAct,
    patient_id: int,
    follow_up_id: int | None,
    may: frozenset[Permission],
) -> str:
    """A day is booked and what was done is noted on the page of the follow-up; the rest
    stands with all that is owed."""
    name = {
        FollowUpAct.BOOK: DAY,
        FollowUpAct.RECORD: DONE,
    }.get(act)
    if name and follow_up_id and Permission.FOLLOW_UP_WORK in may:
        return reverse(name, args=[follow_up_id])
    return reverse(OWED, args=[patient_id])
