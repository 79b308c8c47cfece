"""The audit: who did what, about whom, in words."""

from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import StaffRequest, requires
from accounts.doors import BAD, OK, acting_now, as_file, outcome_of
from accounts.entry.step_up import step_up
from accounts.forms import PlainText, plain_helper
from accounts.giving import GivesOut, gives_out
from accounts.kept_words import number_of, words_of
from accounts.once import repeatable
from accounts.permissions import Permission
from accounts.sentences import KIND_WORDS
from plans.models import RecordCheck
from reports.audit import export as files
from reports.audit.trail import MACHINE, AuditQuery, staff_of, trail
from reports.audit.unusual import week_of

DAYS = {1: "Today", 7: "Last 7 days", 30: "Last 30 days", 365: "Last year"}
LONGEST_NUMBER = 18


class AuditFilterForm(forms.Form):
    """Filters of the trail; nothing chosen shows everything."""

    words = PlainText(required=False, max_length=60)
    staff = forms.RegexField(
        rf"^(\d{{1,{LONGEST_NUMBER}}}|{MACHINE})?$", required=False
    )
    kind = forms.ChoiceField(
        required=False, choices=[("", "Anything"), *KIND_WORDS.items()]
    )
    days = forms.TypedChoiceField(
        required=False,
        choices=[("", "Any time"), *((str(n), words) for n, words in DAYS.items())],
        coerce=int,
        empty_value=None,
    )
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)


class AuditExportForm(forms.Form):
    why = PlainText(
        label="Why",
        max_length=200,
        error_messages={"required": "Say what the file is for, in a few words."},
    )
    helper = plain_helper("why")


@repeatable("asks the trail: it changes nothing, and may be sent again")
@requires(Permission.AUDIT_VIEW, "GET", "HEAD", "POST")
def audit(request: StaffRequest) -> HttpResponse:
    """A page of the trail; an MRN or a name that was typed stands in no address."""
    if request.method == "POST":
        return redirect(_without_words(request))
    return _page(request, AuditExportForm())


def _page(request: StaffRequest, to_export: AuditExportForm) -> HttpResponse:
    clinic, at = request.acting.clinic, request.at
    form, asked = _asked(request, request.GET)
    staff = staff_of(clinic)
    found = trail(request.acting, asked, staff, at=at)
    checks = RecordCheck.objects.visible_to(request.acting).order_by("-checked_at")
    context = {
        "trail": found,
        "asked": asked,
        "form": form,
        "find": request.GET.get("find", ""),
        "staff": staff,
        "week": week_of(clinic, staff, at=at),
        "check": checks.first(),
        "to_export": to_export,
        "is_asked": bool(request.GET),
    }
    is_in_order = form.is_valid() and not to_export.errors
    return render(
        request, "reports/audit.html", context, status=OK if is_in_order else BAD
    )


def _asked(
    request: StaffRequest, told: QueryDict
) -> tuple[AuditFilterForm, AuditQuery]:
    form = AuditFilterForm(told)
    person = words_of(request, told.get("find", ""))
    if not form.is_valid():
        return form, AuditQuery(person=person)
    return form, AuditQuery(person=person, **form.cleaned_data)


def _without_words(request: StaffRequest) -> str:
    """The address of what is asked, with the number of the person's words in it."""
    told = {
        "find": number_of(request, request.POST.get("person", "")),
        **{name: request.POST.get(name, "") for name in ("words", "staff", "kind")},
        "days": request.POST.get("days", ""),
    }
    query = urlencode({name: value for name, value in told.items() if value})
    return f"{reverse('reports:audit')}{'?' if query else ''}{query}"


@repeatable("the page stays, and each file is an export of its own, with its reason")
@gives_out(GivesOut.MANY_FOR_A_REASON, "acts by record number; the reason is kept")
@requires(Permission.AUDIT_VIEW, "POST")
@step_up("take the audit as a file")
def export(request: StaffRequest) -> HttpResponse:
    """What the page shows and all that is older, as a file, with the reason kept."""
    form = AuditExportForm(request.POST)
    _, asked = _asked(request, request.GET)
    content = outcome_of(
        request,
        lambda: files.audit_file(
            request.acting, asked, why=form.cleaned_data["why"], **acting_now(request)
        ),
        form=form,
    )
    if content is None:
        return _page(request, form)
    return as_file(content, f"audit-{request.today.isoformat()}.csv")


@gives_out(GivesOut.MANY_FOR_A_REASON, "digests alone: nothing about anybody")
@requires(Permission.AUDIT_VIEW, "GET")
@step_up("take a file", to_look=True)
def heads(request: StaffRequest) -> HttpResponse:
    """The last link of each night's check, to be printed and kept outside."""
    checks = RecordCheck.objects.visible_to(request.acting)
    lines = [
        f"{one.checked_at:%Y-%m-%d %H:%M} UTC  {one.number} acts  {one.digest}"
        for one in checks.order_by("-checked_at")[:HEADS]
    ]
    return as_file("\n".join([*lines, ""]), "audit-heads.txt", "text/plain")


HEADS = 400
