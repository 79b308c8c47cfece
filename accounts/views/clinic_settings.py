"""Pages of the clinic's settings: panels that save themselves, days, and its kind."""

from dataclasses import dataclass
from datetime import date, timedelta

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import StaffRequest, requires
from accounts.clinic_settings import actions
from accounts.clinic_settings.certificates import ending
from accounts.clinic_settings.consequences import digest_of, foretold
from accounts.clinic_settings.days import open_days_of
from accounts.clinic_settings.duty import duty_gap
from accounts.clinic_settings.forms import PANELS, DayForm, KindForm, PanelForm
from accounts.doors import act, acting_now, editing, row_of_clinic, status_of
from accounts.models import Clinic, ClinicDay, KindProposal
from accounts.permissions import Permission

# Closed days that the page names.
AHEAD = timedelta(days=120)


@requires(Permission.CLINIC_VIEW, "GET")
def settings(request: StaffRequest) -> HttpResponse:
    return _page(request)


def _page(
    request: StaffRequest, *, sent: str = "", form: forms.Form | None = None
) -> HttpResponse:
    """The whole page; the form that was sent stands with what is to be put right."""
    clinic = request.acting.clinic
    proposal = actions.open_proposal(clinic)
    other = proposal.is_otp if proposal else not clinic.is_otp
    change = actions.change_of_kind(clinic, is_otp=other, on=request.today)
    moved = foretold(change)
    context = {
        "panels": [(key, _panel(clinic, key, sent, form)) for key in PANELS],
        "ahead": _ahead(request),
        "day_form": form if isinstance(form, DayForm) else DayForm(first=request.today),
        "kind_form": form if isinstance(form, KindForm) else KindForm(),
        "proposal": proposal,
        "moved": moved,
        "moved_digest": digest_of(moved),
        "gap": duty_gap(clinic),
        "ending": [
            (one, one.days_left(request.today)) for one in ending(clinic, request.today)
        ],
        "sent": sent,
        "told": _not_told(form),
        "told_digest": digest_of(_not_told(form)),
    }
    status = status_of(form) if form is not None else 200
    if form is not None and context["told"]:
        # It stands in its own note, as a list; nothing of it is wrong.
        form.errors.pop(NON_FIELD_ERRORS, None)
    return render(request, "accounts/clinic_settings.html", context, status=status)


def _panel(clinic: Clinic, key: str, sent: str, form: forms.Form | None) -> PanelForm:
    if key == sent and isinstance(form, PanelForm):
        return form
    made = PANELS[key](clinic=clinic)
    return editing(made, clinic, made.columns)


@dataclass(frozen=True, slots=True)
class DayAhead:
    """A day that differs from the week, with the row that says so, where one does."""

    day: date
    name: str
    row: ClinicDay | None

    @property
    def key(self) -> str:
        return f"day-{self.row.pk}" if self.row else ""


def _ahead(request: StaffRequest) -> list[DayAhead]:
    clinic = request.acting.clinic
    days = open_days_of(clinic)
    rows = {one.day: one for one in ClinicDay.objects.visible_to(request.acting)}
    last = request.today + AHEAD
    named = {
        day: days.why_closed(day)
        for day in days.closed_between(request.today, last)
        if days.weekdays is None or day.isoweekday() in days.weekdays
    }
    ahead = {day: row for day, row in rows.items() if day >= request.today}
    return [
        DayAhead(day, named.get(day) or ahead[day].name, ahead.get(day))
        for day in sorted(named.keys() | ahead.keys())
    ]


def _told(request: StaffRequest) -> str:
    """The digest of the consequences that stood on the page."""
    return str(request.POST.get("told", ""))


def _not_told(form: forms.Form | None) -> tuple[str, ...]:
    """What a change would move that nobody had seen."""
    refusal = getattr(form, "refusal", None)
    return refusal.words if isinstance(refusal, actions.NotTold) else ()


def _back(section: str) -> HttpResponse:
    return redirect(f"{reverse('accounts:clinic_settings')}#{section}")


@requires(Permission.CLINIC_CHANGE, "POST")
def save_panel(request: StaffRequest, section: str) -> HttpResponse:
    """Save one panel, and no more than what stood in it."""
    if section not in PANELS:
        raise Http404
    clinic = request.acting.clinic
    form = PANELS[section](request.POST, clinic=clinic)
    columns = form.columns
    editing(form, clinic, columns)

    if act(
        request,
        lambda: actions.change_settings(
            clinic=clinic,
            values=form.settings(),
            told=_told(request),
            **acting_now(request),
        ),
        form=form,
        row=clinic,
        fields=columns,
        done=f"{form.title}: saved.",
    ):
        return _back(section)
    return _page(request, sent=section, form=form)


@requires(Permission.CLINIC_CHANGE, "POST")
def add_day(request: StaffRequest) -> HttpResponse:
    form = DayForm(request.POST, first=request.today)
    if act(
        request,
        lambda: actions.add_day(
            clinic=request.acting.clinic,
            told=_told(request),
            **form.cleaned_data,
            **acting_now(request),
        ),
        form=form,
        done="The day is on the list.",
    ):
        return _back("days")
    return _page(request, sent="day", form=form)


@requires(Permission.CLINIC_CHANGE, "POST")
def remove_day(request: StaffRequest, pk: int) -> HttpResponse:
    row = row_of_clinic(request, ClinicDay.objects, pk=pk)
    form = forms.Form(request.POST)
    if act(
        request,
        lambda: actions.remove_day(row=row, told=_told(request), **acting_now(request)),
        form=form,
        done="The day is as the week says.",
    ):
        return _back("days")
    return _page(request, sent=f"day-{pk}", form=form)


@requires(Permission.CLINIC_CHANGE, "POST")
def propose_kind(request: StaffRequest) -> HttpResponse:
    """Propose the other kind: it waits for a second person."""
    clinic = request.acting.clinic
    form = KindForm(request.POST)
    if act(
        request,
        lambda: actions.propose_kind(
            clinic=clinic,
            is_otp=not clinic.is_otp,
            told=_told(request),
            **form.cleaned_data,
            **acting_now(request),
        ),
        form=form,
        done="Proposed. Somebody else has to agree.",
    ):
        return _back("kind")
    return _page(request, sent="kind", form=form)


@requires(Permission.CLINIC_VIEW, "POST")
def agree_to_kind(request: StaffRequest, pk: int) -> HttpResponse:
    proposal = row_of_clinic(request, KindProposal.objects, pk=pk)
    form = forms.Form(request.POST)
    if act(
        request,
        lambda: actions.agree_to_kind(
            proposal=proposal, told=_told(request), **acting_now(request)
        ),
        form=form,
        done="The clinic's kind was changed.",
    ):
        return _back("kind")
    return _page(request, sent="agree", form=form)


@requires(Permission.CLINIC_VIEW, "POST")
def drop_kind(request: StaffRequest, pk: int) -> HttpResponse:
    proposal = row_of_clinic(request, KindProposal.objects, pk=pk)
    act(
        request,
        lambda: actions.drop_kind(proposal=proposal, **acting_now(request)),
        done="Dropped: the clinic stays as it is.",
    )
    return _back("kind")
