"""Context of every page's shell: who acts, and where they may go."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from accounts.access import Acting
from accounts.permissions import Permission


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the main navigation."""

    label: str
    url: str
    permission: Permission
    is_current: bool = False


# Labels, URL names and what they need; names alone, since these apps lie above.
NAV_ITEMS = (
    ("Home", "reports:home", Permission.SELF),
    ("Caseload", "reports:caseload", Permission.CASELOAD_VIEW),
    ("Referrals", "aftercare:loops", Permission.CASELOAD_VIEW),
    ("People", "patients:search", Permission.PATIENT_VIEW),
    ("Knowledge", "medications:knowledge", Permission.KNOWLEDGE_VIEW),
    ("Workers", "jobs:board", Permission.JOBS_VIEW),
    ("Staff", "accounts:staff", Permission.STAFF_MANAGE),
    ("Clinic", "accounts:clinic_settings", Permission.CLINIC_VIEW),
    ("Audit", "reports:audit", Permission.AUDIT_VIEW),
)


def navigation(request: HttpRequest) -> dict[str, object]:
    acting: Acting | None = getattr(request, "acting", None)
    if acting is None:
        return {"acting": None, "places": (), "may": frozenset()}
    return {
        "acting": acting,
        "places": tuple(
            NavItem(label, reverse(name), needed, request.path == reverse(name))
            for label, name, needed in NAV_ITEMS
            if acting.may(needed)
        ),
        "may": frozenset(str(p) for p in Permission if acting.may(p)),
    }
