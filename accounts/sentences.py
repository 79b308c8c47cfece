"""Acts in words: every verb of the audit with its kind and what is said of it.

A phrase follows the name of who did it. In braces stand the facts that were written down
with the act: codes and counts, never what somebody said. A test holds the table against
every act in the code.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What sort of act it is, as the trail is filtered by."""

    OPENED = "opened"
    CHANGED = "changed"
    SIGNED = "signed"
    GIVEN_OUT = "given_out"
    REFUSED = "refused"
    SIGN_IN = "sign_in"
    CLINIC = "clinic"


KIND_WORDS = {
    Kind.OPENED: "Opened",
    Kind.CHANGED: "Changed",
    Kind.SIGNED: "Signed and decided",
    Kind.GIVEN_OUT: "Told outside",
    Kind.REFUSED: "Refused",
    Kind.SIGN_IN: "Signing in",
    Kind.CLINIC: "Clinic, staff and rules",
}

# Lists of a chart, by the word that their verbs begin with.
LISTS = {
    "allergy": "an allergy",
    "condition": "a condition",
    "medicine": "another medicine",
    "support": "a support person",
    "contact": "a way to reach the person",
}
LIST_ACTS = {
    "listed": "listed {list}",
    "ended": "ended {list}",
    "corrected": "took out {list} that never held",
    "restored": "put back {list}",
    "name_put_right": "put right the name of {list}",
}

SENTENCES: dict[str, tuple[Kind, str]] = {
    "access.refused": (Kind.REFUSED, "was refused a page: {page}"),
    "act.refused": (Kind.REFUSED, "was refused what others decide: {page}"),
    "aid_text.written": (Kind.CLINIC, "wrote words of the decision aid"),
    "allergy.none_known": (Kind.CHANGED, "asked about allergies: none known"),
    "assessment.amended": (Kind.CHANGED, "amended an assessment: {instrument}"),
    "assessment.entered_in_error": (
        Kind.CHANGED,
        "marked an assessment as entered in error",
    ),
    "assessment.recorded": (Kind.CHANGED, "recorded an assessment: {instrument}"),
    "audit.exported": (Kind.GIVEN_OUT, "exported the audit, lines: {lines}"),
    "care.admitted": (Kind.CHANGED, "admitted the person to treatment"),
    "care.came_back": (Kind.CHANGED, "took the person back in: episode {number}"),
    "care.coming_back_undone": (
        Kind.CHANGED,
        "took back that the person came back",
    ),
    "care.contacts_allowed": (Kind.CHANGED, "allowed contacts after leaving again"),
    "care.contacts_declined": (
        Kind.CHANGED,
        "wrote down that contacts after leaving are declined",
    ),
    "care.held": (Kind.CHANGED, "put care on hold: {kind}"),
    "care.hold_ended": (Kind.CHANGED, "took care up again after a hold: {kind}"),
    "care.left": (Kind.CHANGED, "let the person leave care: {how}"),
    "care.leaving_taken_back": (Kind.CHANGED, "took a leaving back"),
    "alert.acknowledged": (Kind.CHANGED, "acknowledged an alert"),
    "alert.ended": (Kind.CHANGED, "ended an alert: {why}"),
    "alert.passed_on": (Kind.CHANGED, "passed an alert on"),
    "alert.raised": (Kind.CHANGED, "raised an alert"),
    "alert.taken_up": (Kind.CHANGED, "took an alert up again"),
    "care_team.joined": (Kind.CHANGED, "changed the care team: {part}"),
    "caseload.exported": (Kind.GIVEN_OUT, "exported the caseload"),
    "chart.viewed": (Kind.OPENED, "opened the chart: {page}"),
    "messages.agreed": (Kind.CHANGED, "kept what somebody wants to be written about"),
    "messages.ended": (Kind.CHANGED, "ended the messages to somebody"),
    "feed.made": (Kind.CHANGED, "made a calendar address of their own"),
    "feed.ended": (Kind.CHANGED, "ended their calendar address"),
    "place.kept": (Kind.CHANGED, "kept a place of the directory: {kind}"),
    "referral.begun": (Kind.CHANGED, "referred the person: {kind}"),
    "referral.given": (Kind.CHANGED, "gave a referral to a colleague"),
    "referral.step": (Kind.CHANGED, "recorded how far a referral has come: {stage}"),
    "referral.step_taken_back": (
        Kind.CHANGED,
        "took a step of a referral back: {stage}",
    ),
    "check_in.answered": (Kind.CHANGED, "took answers to a check-in"),
    "check_in.closed": (
        Kind.REFUSED,
        "closed a check-in link: the date of birth was wrong too often",
    ),
    "check_in.made": (Kind.CHANGED, "made a check-in link"),
    "check_in.opened": (Kind.OPENED, "let a check-in link open"),
    "check_in.revoked": (Kind.CHANGED, "withdrew a check-in link"),
    "check_in.wrong_birth": (
        Kind.REFUSED,
        "refused a check-in: the date of birth was wrong",
    ),
    "clinic.opened": (Kind.CLINIC, "opened the clinic"),
    "chart.opened_in_emergency": (
        Kind.OPENED,
        "opened a closed chart in an emergency: {reason}",
    ),
    "chart.opening_reviewed": (Kind.CLINIC, "judged an emergency opening: {judgement}"),
    "patient.merged": (Kind.CHANGED, "took another record of the person into this one"),
    "patient.went_over": (Kind.CHANGED, "merged this record into another"),
    "patient.taken_apart": (Kind.CHANGED, "took two merged records apart"),
    "chart.restricted": (Kind.CHANGED, "closed the chart to others"),
    "chart.restriction_lifted": (Kind.CHANGED, "opened the chart again"),
    "clinic.changed": (Kind.CLINIC, "changed the clinic: {after}; before: {before}"),
    "clinic.mail_tried": (Kind.CLINIC, "had a mail sent to see whether it arrives"),
    "clinic.day_added": (Kind.CLINIC, "named a day of the clinic: {day}"),
    "clinic.day_removed": (Kind.CLINIC, "took a day of the clinic out: {day}"),
    "clinic.factor_policy_set": (
        Kind.CLINIC,
        "said who needs a second step: {roles} from {since}",
    ),
    "clinic.kind_dropped": (Kind.CLINIC, "dropped the change of the clinic’s kind"),
    "clinic.kind_proposed": (Kind.CLINIC, "proposed another kind of clinic"),
    "clinic.opened_for_people": (Kind.CLINIC, "opened the clinic for people"),
    "consent.asked": (Kind.CHANGED, "wrote a consent: {kind}"),
    "consent.changed": (Kind.CHANGED, "changed a consent that is not signed"),
    "consent.declined": (Kind.SIGNED, "wrote down that a consent was declined: {kind}"),
    "consent.discarded": (Kind.CHANGED, "discarded a consent that is not signed"),
    "consent.ended": (Kind.SIGNED, "ended a consent: {reason}"),
    "consent.given": (Kind.SIGNED, "took a consent: {how}"),
    "disclosure.made": (Kind.GIVEN_OUT, "gave out: {thing}, {ground}"),
    "disclosure.stopped": (Kind.REFUSED, "was stopped by the gate: {thing}"),
    "disclosure_list.asked": (Kind.CHANGED, "wrote down that the list was asked for"),
    "disclosure_list.given": (
        Kind.GIVEN_OUT,
        "gave the person the list of disclosures",
    ),
    "follow_ups.moved_by_clinic": (
        Kind.CHANGED,
        "moved follow-ups off closed days: {moved}",
    ),
    "hand_over.assigned": (Kind.CHANGED, "assigned the person’s care: {part}"),
    "hand_over.away": (Kind.CLINIC, "said who covers while somebody is away"),
    "hand_over.made": (Kind.CHANGED, "handed the person over: {kind}"),
    "hand_over.taken_back": (Kind.CHANGED, "took a hand-over of the person back"),
    "hand_over.cover_ended": (Kind.CLINIC, "ended a cover"),
    "saved_view.deleted": (Kind.CLINIC, "deleted a saved view of the caseload"),
    "saved_view.restored": (Kind.CLINIC, "took the deletion of a saved view back"),
    "saved_view.saved": (Kind.CLINIC, "saved a view of the caseload"),
    "follow_up.taken_back": (Kind.CHANGED, "took a follow-up back that was just added"),
    "role.asked": (Kind.CLINIC, "asked for a colleague’s role: {role}"),
    "role.confirmed": (Kind.CLINIC, "confirmed a colleague’s role: {role}"),
    "role.declined": (Kind.CLINIC, "declined a colleague’s role: {role}"),
    "role.withdrawn": (Kind.CLINIC, "withdrew what was asked for a role: {role}"),
    "staff.factors_reset": (Kind.CLINIC, "reset a colleague’s second step"),
    "staff.handed_over": (Kind.CLINIC, "handed over a leaving colleague’s work"),
    "staff.invited_again": (Kind.CLINIC, "invited a colleague again"),
    "staff.leaving_announced": (Kind.CLINIC, "said that a colleague leaves: {on}"),
    "staff.leaving_confirmed": (Kind.CLINIC, "confirmed that a colleague leaves"),
    "staff.code_app_added": (Kind.SIGN_IN, "added an app for codes"),
    "staff.code_app_removed": (Kind.SIGN_IN, "removed an app for codes"),
    "staff.passkey_added": (Kind.SIGN_IN, "added a passkey"),
    "staff.passkey_removed": (Kind.SIGN_IN, "removed a passkey"),
    "staff.recovery_codes_made": (Kind.SIGN_IN, "made recovery codes"),
    "staff.proof_failed": (Kind.SIGN_IN, "failed to prove who they are: {way}"),
    "staff.proved": (Kind.SIGN_IN, "proved who they are: {way}"),
    "staff.roles_given_alone": (
        Kind.CLINIC,
        "gave roles with nobody there to confirm: {roles}",
    ),
    "staff.session_ended": (Kind.SIGN_IN, "ended a session of their own"),
    "staff.sessions_ended": (Kind.SIGN_IN, "ended sessions of their own: {count}"),
    "staff.successors_named": (Kind.CLINIC, "named who takes over: {named}"),
    "cohort.imported": (Kind.CHANGED, "imported people: {people}"),
    "concern.raised": (Kind.CHANGED, "raised a concern: {kind}"),
    "concern.resolved": (Kind.CHANGED, "closed a concern: {kind}"),
    "death.confirmed": (Kind.SIGNED, "confirmed that the person has died"),
    "death.corrected": (Kind.SIGNED, "put a recorded death right"),
    "death.correction_asked": (Kind.CHANGED, "asked to put a recorded death right"),
    "death.dropped": (Kind.CHANGED, "took the report of a death back"),
    "death.reported": (Kind.CHANGED, "reported that the person has died"),
    "dose.recorded": (Kind.CHANGED, "recorded a dose: {kind}"),
    "event.corrected": (Kind.CHANGED, "corrected an event: {kind}"),
    "event.derived": (Kind.CHANGED, "found an event in the record: {kind}"),
    "event.recorded": (Kind.CHANGED, "recorded an event: {kind}"),
    "event.taken_back": (Kind.CHANGED, "took an event back: {kind}"),
    "follow_up.added": (Kind.CHANGED, "added a follow-up: {kind}"),
    "follow_up.cancelled": (Kind.CHANGED, "cancelled a follow-up"),
    "follow_up.done": (Kind.CHANGED, "closed a follow-up as done"),
    "follow_up.moved": (Kind.CHANGED, "moved a follow-up, days: {days}"),
    "follow_ups.called_for": (Kind.CHANGED, "called for follow-ups: {added}"),
    "follow_ups.scheduled": (Kind.CHANGED, "scheduled follow-ups: {added}"),
    "follow_up.reopened": (Kind.CHANGED, "took back the closing of a follow-up"),
    "follow_up.given": (Kind.CHANGED, "gave a follow-up to {role}"),
    "follow_ups.reckoned": (Kind.CHANGED, "worked out anew what is owed"),
    "follow_ups.taken_up": (Kind.CHANGED, "took up follow-ups again: {opened}"),
    "care.leaving_settled": (Kind.CHANGED, "settled what goes along with a leaving"),
    "follow_ups.settled": (Kind.CHANGED, "settled follow-ups: {closed}"),
    "goal.changed": (Kind.CHANGED, "changed a goal of the plan"),
    "hard_days.agreed": (Kind.SIGNED, "agreed on a plan for bad days: {kind}"),
    "hard_days.link_made": (Kind.CHANGED, "made a link to a plan for bad days"),
    "hard_days.part_saved": (Kind.CHANGED, "wrote in a plan for bad days: {part}"),
    "hard_days.reviewed": (Kind.CHANGED, "looked at a plan for bad days: {kind}"),
    "hard_days.started": (Kind.CHANGED, "began a plan for bad days: {kind}"),
    "handover.answered": (Kind.CHANGED, "took answers on a tablet"),
    "handover.continued": (Kind.CHANGED, "went on with answers on a tablet"),
    "handover.handed_back": (Kind.CHANGED, "got a tablet back"),
    "handover.put_aside": (Kind.CHANGED, "put answers on a tablet aside"),
    "handover.started": (Kind.CHANGED, "handed over a tablet"),
    "handover.wrong_pin": (Kind.REFUSED, "was refused a tablet: wrong PIN"),
    "intake.answer_cleared": (Kind.CHANGED, "took out an answer of the intake"),
    "intake.answered": (Kind.CHANGED, "answered a question of the intake"),
    "intake.completed": (Kind.SIGNED, "completed the intake"),
    "intake.confirmed": (Kind.CHANGED, "confirmed an answer of the intake"),
    "intake.started": (Kind.CHANGED, "started an intake"),
    "intervention.accepted": (Kind.CHANGED, "accepted a line of the plan"),
    "intervention.added": (Kind.CHANGED, "added a line to the plan"),
    "intervention.changed": (Kind.CHANGED, "changed a line of the plan"),
    "intervention.declined": (Kind.CHANGED, "declined a line of the plan"),
    "intervention.removed": (Kind.CHANGED, "removed a line of the plan"),
    "intervention.suggested": (Kind.CHANGED, "left a line of the plan open again"),
    "group.attendance": (Kind.CHANGED, "recorded who came to a group: {count}"),
    "group.cancelled": (Kind.CHANGED, "cancelled a session of a group"),
    "group.joined": (Kind.CHANGED, "put the person on the roster of a group"),
    "group.kept": (Kind.CLINIC, "kept a group"),
    "group.left": (Kind.CHANGED, "took the person off the roster of a group"),
    "group.moved": (Kind.CHANGED, "moved a session of a group"),
    "job.cancelled": (Kind.CLINIC, "stopped a job: {kind}"),
    "queue.paused": (Kind.CLINIC, "paused the workers: {queue}"),
    "queue.goes_on": (Kind.CLINIC, "let the workers go on: {queue}"),
    "job.try_again": (Kind.CLINIC, "had a job tried again: {step}"),
    "knowledge.impact_asked": (Kind.CLINIC, "asked what a rule would change: {rule}"),
    "knowledge.impact_exported": (
        Kind.GIVEN_OUT,
        "exported what a rule would change",
    ),
    "knowledge.signed_off": (Kind.CLINIC, "signed off rule {rule}: {stance}"),
    "knowledge.subject_signed_off": (Kind.CLINIC, "signed off {about}"),
    "knowledge.taken_over": (Kind.CLINIC, "signed off {about} as {site} had signed it"),
    "list.seen": (Kind.OPENED, "saw a list: {page}"),
    "measures.exported": (Kind.GIVEN_OUT, "exported {what}"),
    "kit.recorded": (Kind.CHANGED, "recorded of a reversal kit: {kind}"),
    "kit.taken_back": (Kind.CHANGED, "took back what was recorded of a kit: {kind}"),
    "medication.decided": (Kind.SIGNED, "recorded the decision about medication"),
    "need.added": (Kind.CHANGED, "added a need to the plan"),
    "need.set_aside": (Kind.CHANGED, "set a need of the plan aside"),
    "need.taken_up": (Kind.CHANGED, "took a need of the plan up again"),
    "observation.entered_in_error": (
        Kind.CHANGED,
        "marked a result as entered in error",
    ),
    "observation.recorded": (Kind.CHANGED, "recorded a result: {code}"),
    "options.exported": (Kind.GIVEN_OUT, "printed the options of everybody in care"),
    "outreach.calling": (Kind.CHANGED, "said that they are calling now"),
    "outreach.recorded": (Kind.CHANGED, "recorded a contact: {outcome}"),
    "outreach.taken_back": (Kind.CHANGED, "took a recorded contact back"),
    "patient.details_changed": (Kind.CHANGED, "changed details: {fields}"),
    "patient.moved_in": (Kind.CHANGED, "registered the person as moved from {site}"),
    "patient.moved_out": (Kind.GIVEN_OUT, "moved the person to {site}"),
    "patient.registered": (Kind.CHANGED, "registered the person"),
    "patient.status_changed": (Kind.CHANGED, "changed the status: {status}"),
    "plan.closed": (Kind.SIGNED, "closed the plan"),
    "plan.discarded": (Kind.CHANGED, "discarded the draft of plan {version}"),
    "plan.drafted": (Kind.CHANGED, "drafted plan {version}"),
    "plan.level_of_care": (Kind.CHANGED, "set the level of care"),
    "plan.new_version": (Kind.CHANGED, "began plan {version}"),
    "plan.review_taken_back": (Kind.CHANGED, "took a review of the plan back"),
    "plan.reviewed": (
        Kind.SIGNED,
        "reviewed the plan, nothing changes; moved: {count}",
    ),
    "plan.signed": (Kind.SIGNED, "signed the plan"),
    "plan.signed_by_patient": (Kind.SIGNED, "took the person’s signature of the plan"),
    "plan.suggestions_accepted": (Kind.CHANGED, "accepted lines of the plan: {count}"),
    "record.checked": (Kind.CLINIC, "checked the record, faults: {faults}"),
    "repeat.added": (Kind.CHANGED, "repeated a follow-up: {kind}"),
    "repeat.ended": (Kind.CHANGED, "ended a repeated follow-up"),
    "repeat.resumed": (Kind.CHANGED, "took the end of a repeated follow-up back"),
    "regimen.started": (Kind.SIGNED, "ordered a medicine"),
    "regimen.stopped": (Kind.SIGNED, "stopped a medicine"),
    "results_file.kept": (Kind.CHANGED, "kept results of a file: {kept}"),
    "results_file.put_aside": (Kind.CHANGED, "put a file of results aside"),
    "results_file.read": (Kind.CHANGED, "had a file of results read, lines: {lines}"),
    "staff.access_ended": (Kind.CLINIC, "ended a colleague’s access"),
    "staff.invited": (Kind.CLINIC, "invited a colleague: {roles}"),
    "staff.password_set": (Kind.SIGN_IN, "set a new password"),
    "staff.roles_changed": (Kind.CLINIC, "changed a colleague’s roles: {after}"),
    "staff.sign_in_failed": (Kind.SIGN_IN, "failed to sign in"),
    "staff.signed_in": (Kind.SIGN_IN, "signed in"),
    "staff.signed_out": (Kind.SIGN_IN, "signed out"),
    "staff.signed_out_everywhere": (Kind.SIGN_IN, "signed out everywhere"),
    "talk.handed_back": (Kind.CHANGED, "got the tablet with the choice back"),
    "talk.handed_over": (Kind.CHANGED, "handed over the choice of medicines"),
    "talk.opened": (Kind.OPENED, "opened the talk about medicines"),
    "talk.sent": (Kind.CHANGED, "took what the person chose"),
    "talk.wrong_pin": (Kind.REFUSED, "was refused the tablet: wrong PIN"),
    "toxicology.recorded": (Kind.CHANGED, "recorded a drug test"),
    **{
        f"{key}.{act}": (Kind.CHANGED, phrase.format(list=words))
        for key, words in LISTS.items()
        for act, phrase in LIST_ACTS.items()
    },
}
_FACT = re.compile(r"\{(\w+)\}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# What joins the parts of a code, not what stands in a number or an hour.
_JOINT = re.compile(r"(?<!\d)[.:]|[.:](?!\d)")
_WHICH = re.compile(r": \{\w+\}$")


@dataclass(frozen=True, slots=True)
class Said:
    """One act in words."""

    kind: Kind
    phrase: str


def say(verb: str, facts: Mapping[str, object], *, is_for_charts: bool = True) -> Said:
    """The words for an act; one of an older version, which has none, by its own name.

    What was recorded (which instrument, which result) is left out for those who open no
    charts.
    """
    kind, phrase = SENTENCES.get(verb, (Kind.CHANGED, f"did: {_plain(verb)}"))
    if not is_for_charts and kind in (Kind.CHANGED, Kind.SIGNED):
        phrase = _WHICH.sub("", phrase)
    return Said(kind, _FACT.sub(lambda found: _plain(facts.get(found[1])), phrase))


def verbs_of(kind: Kind) -> list[str]:
    return [verb for verb, (its, _) in SENTENCES.items() if its is kind]


def verbs_saying(words: str) -> list[str]:
    """Verbs whose sentence holds these words, whatever the case."""
    return [
        verb
        for verb, (_, phrase) in SENTENCES.items()
        if words.casefold() in _FACT.sub("", phrase).casefold()
    ]


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    if isinstance(value, dict):
        return "; ".join(f"{_plain(key)} {_plain(one)}" for key, one in value.items())
    if value is None:
        return "not said"
    return ("no", "yes")[value] if isinstance(value, bool) else _of_text(str(value))


def _of_text(text: str) -> str:
    if _DAY.fullmatch(text):
        day = date.fromisoformat(text)
        return f"{day.day} {day:%b %Y}"
    return _JOINT.sub(
        lambda found: ", " if found[0] == ":" else " ", text.replace("_", " ")
    )
