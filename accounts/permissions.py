"""Permissions and roles: the whole table, in one place, in words that staff can read."""

from enum import StrEnum

from django.db import models


class Permission(StrEnum):
    """One thing a person on the staff may be allowed to do."""

    SELF = "self"
    PATIENT_VIEW = "patient_view"
    PATIENT_EDIT = "patient_edit"
    ASSESS = "assess"
    PLAN_EDIT = "plan_edit"
    PLAN_SIGN = "plan_sign"
    MEDICATION_DECIDE = "medication_decide"
    CONCERN_RESOLVE = "concern_resolve"
    CARE_END = "care_end"
    FOLLOW_UP_WORK = "follow_up_work"
    CASELOAD_VIEW = "caseload_view"
    CASELOAD_EXPORT = "caseload_export"
    CASELOAD_SHARE = "caseload_share"
    JOBS_VIEW = "jobs_view"
    JOBS_PAUSE = "jobs_pause"
    KNOWLEDGE_VIEW = "knowledge_view"
    KNOWLEDGE_SIGN = "knowledge_sign"
    STAFF_MANAGE = "staff_manage"
    ROLE_CONFIRM = "role_confirm"
    CLINIC_VIEW = "clinic_view"
    CLINIC_CHANGE = "clinic_change"
    AUDIT_VIEW = "audit_view"
    DISCLOSE = "disclose"
    ACCESS_REVIEW = "access_review"


PERMISSION_WORDS = {
    Permission.SELF: "Sign in, switch clinic, change own password and second step",
    Permission.PATIENT_VIEW: "Find people and read their charts",
    Permission.PATIENT_EDIT: "Register people and keep their details",
    Permission.ASSESS: "Take the intake and record measures",
    Permission.PLAN_EDIT: "Draft and change treatment plans",
    Permission.PLAN_SIGN: "Sign treatment plans",
    Permission.MEDICATION_DECIDE: "Record the medication decision, order doses, decide a plan's lines about medicine",
    Permission.CONCERN_RESOLVE: "Say that a concern about safety or course was dealt with",
    Permission.CARE_END: "Let people leave care, confirm a death or put one right, as a second person",
    Permission.FOLLOW_UP_WORK: "Record contacts; add, move and close follow-ups",
    Permission.CASELOAD_VIEW: "See the caseload",
    Permission.CASELOAD_EXPORT: "Export the caseload as a file; who reads no charts gets record numbers and dates alone",
    Permission.CASELOAD_SHARE: "See the load of the care managers and even it out",
    Permission.JOBS_VIEW: "See what the background workers did and will do",
    Permission.JOBS_PAUSE: "Pause the background workers, each with a reason, and let them go on",
    Permission.KNOWLEDGE_VIEW: "Read the rules, numbers and their sources",
    Permission.KNOWLEDGE_SIGN: "Sign off rules, choose the clinic's own numbers",
    Permission.STAFF_MANAGE: "Invite staff, ask for roles, end access, say who needs a second step",
    Permission.ROLE_CONFIRM: "Confirm, as a second person, a role that somebody asked for",
    Permission.CLINIC_VIEW: "See the clinic's settings; agree to a change of its kind",
    Permission.CLINIC_CHANGE: "Change the clinic's settings, open it for people",
    Permission.AUDIT_VIEW: "Read the audit trail",
    Permission.DISCLOSE: "Give out papers, files and words about a person, through the gate",
    Permission.ACCESS_REVIEW: "See who opened charts, judge emergency openings",
}


class Role(models.TextChoices):
    """What a person is at one clinic; the same person may be several."""

    PRESCRIBER = "prescriber", "Clinician, prescriber"
    CLINICIAN = "clinician", "Clinician"
    CARE_MANAGER = "care_manager", "Care manager"
    PEER = "peer", "Peer specialist"
    ADMIN = "admin", "Admin"
    MEDICAL_DIRECTOR = "medical_director", "Medical director"


_EVERYONE = frozenset(
    {
        Permission.SELF,
        Permission.PATIENT_VIEW,
        Permission.CASELOAD_VIEW,
        Permission.KNOWLEDGE_VIEW,
        Permission.JOBS_VIEW,
    }
)
_CLINICIAN = _EVERYONE | {
    Permission.PATIENT_EDIT,
    Permission.ASSESS,
    Permission.PLAN_EDIT,
    Permission.PLAN_SIGN,
    Permission.CONCERN_RESOLVE,
    Permission.CARE_END,
    Permission.FOLLOW_UP_WORK,
    Permission.DISCLOSE,
}

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.PRESCRIBER: _CLINICIAN | {Permission.MEDICATION_DECIDE},
    Role.CLINICIAN: _CLINICIAN,
    Role.CARE_MANAGER: _EVERYONE
    | {
        Permission.PATIENT_EDIT,
        Permission.ASSESS,
        Permission.FOLLOW_UP_WORK,
        Permission.CASELOAD_SHARE,
        Permission.DISCLOSE,
    },
    Role.PEER: _EVERYONE | {Permission.FOLLOW_UP_WORK},
    Role.ADMIN: frozenset(
        {
            Permission.SELF,
            Permission.CASELOAD_EXPORT,
            Permission.CASELOAD_SHARE,
            Permission.JOBS_VIEW,
            Permission.JOBS_PAUSE,
            Permission.KNOWLEDGE_VIEW,
            Permission.STAFF_MANAGE,
            Permission.ROLE_CONFIRM,
            Permission.CLINIC_VIEW,
            Permission.CLINIC_CHANGE,
            Permission.AUDIT_VIEW,
        }
    ),
    Role.MEDICAL_DIRECTOR: frozenset(
        {
            Permission.SELF,
            Permission.PATIENT_VIEW,
            Permission.CASELOAD_VIEW,
            Permission.CASELOAD_EXPORT,
            Permission.KNOWLEDGE_VIEW,
            Permission.KNOWLEDGE_SIGN,
            Permission.ROLE_CONFIRM,
            Permission.CLINIC_VIEW,
            Permission.ACCESS_REVIEW,
        }
    ),
}

ROLE_WORDS = {
    Role.PRESCRIBER: "Physician, psychiatrist, obstetrician, NP or PA: everything clinical, with the medication decision.",
    Role.CLINICIAN: "Psychologist, therapist, counselor or nurse: intake, plans and signatures.",
    Role.CARE_MANAGER: "Works the caseload: contacts, follow-ups, details of people in care.",
    Role.PEER: "Walks beside people: reads charts, records contacts, works follow-ups; assesses and plans nothing.",
    Role.ADMIN: "Staff, audit and exports by record number; does not open charts.",
    Role.MEDICAL_DIRECTOR: "Answers for the rules in use here; often a prescriber as well.",
}


def permissions_of(roles: frozenset[str]) -> frozenset[Permission]:
    """Everything that any of `roles` allows."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))
