"""The caseload on a page, and as a file."""

from dataclasses import replace
from itertools import chain

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from accounts.access import StaffRequest, posted, requires
from accounts.doors import acting_now, as_file, outcome_of, status_of
from accounts.entry.step_up import step_up
from accounts.giving import GivesOut, gives_out
from accounts.once import repeatable
from accounts.permissions import Permission
from aftercare.models import OutreachAttempt
from patients.actions.registry import note_list
from patients.models import ContactPoint, Patient
from patients.views.registry import note_view
from reports.caseload import csv_file
from reports.caseload import rows as cases
from reports.caseload.danger import PersonInDanger, in_danger
from reports.caseload.everywhere import common_caseload
from reports.caseload.export_form import ExportForm
from reports.caseload.rows import CaseloadQuery, Filter, Sort
from reports.caseload.wording import groups

# Asked too often, or for too much at once.
TOO_MANY = 429


@requires(Permission.CASELOAD_VIEW, "GET")
def caseload(request: StaffRequest) -> HttpResponse:
    """One row a person: the next action and why, done from the row."""
    at = request.at
    asked = _asked(request.GET)
    people, has_more = cases.people(request.acting, asked, at=at)
    counts = cases.counts(request.acting, asked, at=at)
    endangered = _in_danger(request, asked)
    note_list(
        people=sorted(
            {person.patient_id for person in people}
            | {one.patient.pk for one in endangered}
        ),
        page="caseload",
        clinic=request.acting.clinic,
        **acting_now(request),
    )
    context = {
        "in_danger": endangered,
        "groups": groups(people, at=at),
        "people": people,
        "asked": asked,
        "first": (asked.page - 1) * cases.PAGE + 1,
        "last": (asked.page - 1) * cases.PAGE + len(people),
        "has_more": has_more and asked.page < cases.LAST_PAGE,
        "chips": [
            (key, words, _capped(counts[key]))
            for key, words in cases.FILTER_WORDS.items()
        ],
        "sorts": cases.SORT_WORDS,
        "everyone": _capped(counts[Filter.EVERYONE]),
        "outcomes": OutreachAttempt.Outcome.choices,
        "back": _without_open(request),
        **_opened(request, {person.patient_id for person in people}),
    }
    return render(request, "reports/caseload.html", context)


def _in_danger(request: StaffRequest, asked: CaseloadQuery) -> list[PersonInDanger]:
    """Who cannot wait, above the first page for those who open charts."""
    if asked.page > 1 or not request.acting.may(Permission.PATIENT_VIEW):
        return []
    return in_danger(request.acting)


@requires(Permission.CASELOAD_VIEW, "GET")
def everywhere(request: StaffRequest) -> HttpResponse:
    """One list of all clinics where this person works; a row opens at its own clinic."""
    asked = replace(_asked(request.GET), page=1)
    found = common_caseload(request.acting, asked, at=request.at)
    context = {"found": found, "asked": asked, "filters": cases.FILTER_WORDS.items()}
    return render(request, "reports/caseload_everywhere.html", context)


def _asked(told: QueryDict) -> CaseloadQuery:
    """What the address asks for; nonsense counts as not said."""
    page = told.get("page", "")
    number = int(page) if page.isascii() and page.isdigit() and len(page) <= 4 else 1
    show, sort = told.get("show", ""), told.get("sort", "")
    return CaseloadQuery(
        filter=Filter(show) if show in Filter else Filter.TODAY,
        sort=Sort(sort) if sort in Sort else Sort.URGENCY,
        mine=told.get("mine") == "yes",
        page=min(max(number, 1), cases.LAST_PAGE),
    )


def _capped(count: int | None) -> str:
    if count is None:
        return ""
    return f"{cases.MOST:,}+" if count >= cases.MOST else str(count)


def _without_open(request: StaffRequest) -> str:
    kept = request.GET.copy()
    kept.pop("open", None)
    return f"{request.path}?{kept.urlencode()}" if kept else request.path


def _opened(request: StaffRequest, on_page: set[int]) -> dict[str, object]:
    """The row whose contact form is open, with how to reach the person safely."""
    told = request.GET.get("open", "")
    pk = int(told) if told.isascii() and told.isdigit() and len(told) <= 18 else 0
    if pk not in on_page or not request.acting.may(Permission.FOLLOW_UP_WORK):
        return {"opened": None}
    note_view(request, Patient(pk=pk, clinic=request.acting.clinic), "safe_contact")
    points = ContactPoint.objects.visible_to(request.acting)
    return {
        "opened": pk,
        "contact_points": points.filter(patient=pk, is_current=True),
    }


@repeatable("the page stays, and each file is another day's: audited as one of its own")
@gives_out(GivesOut.MANY_FOR_A_REASON, "our own work; the reason stands in the audit")
@requires(Permission.CASELOAD_EXPORT)
@step_up("take the caseload as a file")
def export(request: StaffRequest) -> HttpResponse:
    """The whole caseload as CSV, for a reason, written down before it is sent."""
    form, at = ExportForm(posted(request)), request.at
    begun = outcome_of(
        request, lambda: csv_file.caseload(request.acting, at=at), form=form
    )
    if begun is None:
        status = TOO_MANY if form.non_field_errors() else status_of(form)
        return render(request, "reports/export.html", {"form": form}, status=status)
    csv_file.note_export(
        clinic=request.acting.clinic, **form.cleaned_data, by=request.user, at=at
    )
    content = chain(begun, csv_file.along())
    return as_file(content, csv_file.filename(request.today))
