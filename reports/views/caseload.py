"""The caseload on a page, and as a file."""

from dataclasses import replace
from itertools import chain

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import Acting, StaffRequest, posted, requires
from accounts.doors import acting_now, as_file, outcome_of, status_of
from accounts.entry.step_up import step_up
from accounts.giving import GivesOut, gives_out
from accounts.once import repeatable
from accounts.permissions import Permission
from aftercare.models import CaseloadLine, OutreachAttempt, SavedView
from aftercare.record.covers import covers_of, hands_here
from aftercare.record.reaching import points_to_call
from patients.actions.registry import note_list
from patients.models import Patient
from patients.views.registry import note_view
from reports.caseload import csv_file
from reports.caseload import day_sheet as sheets
from reports.caseload import rows as cases
from reports.caseload.asked import asked_in, choices_of, query_of
from reports.caseload.everywhere import common_caseload
from reports.caseload.export_form import ExportForm
from reports.caseload.rows import Filter
from reports.caseload.wording import groups

# Asked too often, or for too much at once.
TOO_MANY = 429
# Saved views that a page shows at most.
VIEWS = 24


@requires(Permission.CASELOAD_VIEW, "GET")
def caseload(request: StaffRequest) -> HttpResponse:
    """One row a person, danger first: the next act and why, done from the row."""
    at, acting = request.at, request.acting
    asked = asked_in(request.GET)
    covers = covers_of(acting.staff.pk, acting.clinic.pk, on=request.today)
    people, has_more = cases.people(acting, asked, at=at, covers=covers)
    counts = cases.counts(acting, asked, at=at, covers=covers)
    on_page = [person.patient_id for person in people]
    note_list(
        people=sorted(on_page),
        page="caseload",
        clinic=acting.clinic,
        **acting_now(request),
    )
    first = (asked.page - 1) * cases.PAGE
    context = {
        "groups": groups(people, acting, at=at, hands=hands_here(covers, on_page)),
        "people": people,
        "asked": asked,
        "first": first + 1,
        "last": first + len(people),
        "has_more": has_more and asked.page < cases.LAST_PAGE,
        "views": [
            (key, words, _capped(counts[key]))
            for key, words in cases.FILTER_WORDS.items()
        ],
        "faults": _faults(acting),
        "is_being_made": not counts[Filter.EVERYONE] and _has_people(acting),
        "everyone": _capped(counts[Filter.EVERYONE]),
        "outcomes": OutreachAttempt.by_phone(),
        "back": _without_open(request),
        "focused": _number(request.GET.get("after", "")),
        "covers": covers.hand_overs,
        "all_of_these": _capped(counts[asked.filter]),
        **_saved(acting, asked),
        **choices_of(asked, covers=bool(covers)),
        **_opened(request, on_page),
    }
    return render(request, "reports/caseload.html", context)


def _saved(acting: Acting, asked: cases.CaseloadQuery) -> dict[str, object]:
    """Tabs of one's own and of the clinic, and which of them this is."""
    query = query_of(asked)
    rows = SavedView.objects.visible_to(acting).filter(
        Q(owner=acting.staff) | Q(is_shared=True), deleted_at=None
    )
    saved = list(rows[:VIEWS])
    return {
        "saved_views": saved,
        "query": query,
        "this_view": next((one for one in saved if one.query == query), None),
    }


def _has_people(acting: Acting) -> bool:
    """Whether somebody is in care whose line was not written yet: after an upgrade, or a
    file of people, the workers take a moment."""
    return Patient.objects.visible_to(acting).in_care().exists()


def _faults(acting: Acting) -> int:
    """How many have no next step though somebody owes them one."""
    return CaseloadLine.objects.visible_to(acting).without_next_step().count()


@requires(Permission.CASELOAD_VIEW, "GET")
def everywhere(request: StaffRequest) -> HttpResponse:
    """One list of all clinics where this person works; a row opens at its own clinic."""
    asked = replace(asked_in(request.GET), page=1)
    found = common_caseload(request.acting, asked, at=request.at)
    context = {"found": found, "asked": asked, "filters": cases.FILTER_WORDS.items()}
    return render(request, "reports/caseload_everywhere.html", context)


def _capped(count: int | None) -> str:
    if count is None:
        return ""
    return f"{cases.MOST:,}+" if count >= cases.MOST else str(count)


def _without_open(request: StaffRequest) -> str:
    kept = request.GET.copy()
    kept.pop("open", None)
    kept.pop("after", None)
    return f"{request.path}?{kept.urlencode()}" if kept else request.path


def _number(told: str) -> int:
    return int(told) if told.isascii() and told.isdigit() and len(told) <= 18 else 0


def _opened(request: StaffRequest, on_page: list[int]) -> dict[str, object]:
    """The row whose contact form is open, with how to reach the person safely, and where
    one goes on once it is recorded."""
    pk = _number(request.GET.get("open", ""))
    if pk not in on_page or not request.acting.may(Permission.FOLLOW_UP_WORK):
        return {"opened": None}
    person = Patient(pk=pk, clinic=request.acting.clinic)
    note_view(request, person, "safe_contact")
    back, place = _without_open(request), on_page.index(pk)
    next_row = on_page[place + 1] if place + 1 < len(on_page) else on_page[place - 1]
    return {
        "opened": pk,
        "here": request.get_full_path(),
        "contact_points": points_to_call(pk, at=request.at),
        "go_on": f"{back}{'&' if '?' in back else '?'}after={next_row}",
    }


@requires(Permission.CASELOAD_VIEW, "GET")
def day_sheet(request: StaffRequest) -> HttpResponse:
    """Who needs someone today, for paper: in the morning, or what is left of the day."""
    asked = replace(asked_in(request.GET), filter=Filter.TODAY)
    is_evening = request.GET.get("sheet") == "evening"
    sheet = sheets.day_sheet(
        request.acting, asked, at=request.at, is_evening=is_evening
    )
    note_list(
        people=sorted(sheet.patient_ids),
        page="day sheet",
        clinic=request.acting.clinic,
        **acting_now(request),
    )
    context = {"sheet": sheet, "asked": asked, "is_evening": is_evening}
    return render(request, "reports/day_sheet.html", context)


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
