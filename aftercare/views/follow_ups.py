"""Pages of what is owed to one person: looking, adding, moving, closing."""

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import StaffRequest, posted, requires
from accounts.doors import (
    act,
    acting_now,
    editing,
    row_of_clinic,
    status_of,
    values_of,
)
from accounts.models import Staff
from accounts.permissions import Permission, permissions_of
from aftercare.actions import follow_ups, repeats
from aftercare.check_ins.listing import check_ins_of
from aftercare.forms.follow_ups import (
    SPOKEN_CHANNELS,
    CloseForm,
    FollowUpOfPersonForm,
    MoveForm,
    WhoForm,
)
from aftercare.models import CareRepeat, FollowUp, OutreachAttempt, SiteMove
from aftercare.record.alerts import with_alert
from aftercare.record.calendar import calendar_of
from aftercare.record.measures import owed_measures
from aftercare.record.reaching import points_to_call
from aftercare.record.row_acts import act_here
from assessments.models import Concern
from assessments.picture.assemble import subject_of
from assessments.picture.own_sources import TOLD
from knowledge.schedule.kinds import KeptBy, follow_up_kind
from knowledge.schedule.standing import referral_steps
from patients.actions import registry
from patients.models import Patient
from patients.views.registry import death_waits, of_clinic

# What somebody decides on; that a sweep marks it due or missed overtakes nobody.
# Asked for in so many words, a follow-up that a deed closes can be cancelled too.
BY_HAND = "by_hand"
SHOWN_OF_IT = ("title", "due_on", "assigned_role", "assigned_to_id", "closed_at")


def page(
    request: StaffRequest, patient: Patient, *, status: int = 200, **drawer: object
) -> HttpResponse:
    """The aftercare of one person, with a drawer beside it where something is done."""
    now = request.at
    today = request.today
    subject = subject_of(patient, at=now, only=TOLD)
    calendar = calendar_of(patient, today=today)
    owed = [line.follow_up for line in calendar.lines]
    may = permissions_of(request.acting.roles)
    concerns = list(
        with_alert(Concern.objects.open())
        .filter(patient=patient)
        .select_related("observation")
        .pressing_first()
    )
    context = {
        "patient": patient,
        "tab": "aftercare",
        "subject": subject,
        "today": today,
        "measures": owed_measures(
            patient, owed, on=today, subject=subject, concerns=concerns
        ),
        "check_ins": check_ins_of(patient, at=now),
        "concerns": concerns,
        "open_concerns": concerns,
        "calendar": calendar,
        "acts": {
            one.pk: act_here(one.kind, patient.pk, one.pk, may)
            for one in (*owed, *calendar.later)
        },
        "open_follow_ups": calendar.by_day,
        "death_waits": death_waits(patient),
        # Beside an open form the page stays as short as its statements.
        "moves": () if drawer else _moves_of(patient),
        "contact_points": points_to_call(patient.pk, at=now),
        "tries": referral_steps().tries,
        "outcomes": OutreachAttempt.by_phone(),
        "channels": SPOKEN_CHANNELS,
        **drawer,
    }
    return render(request, "aftercare/of_patient.html", context, status=status)


def _moves_of(patient: Patient) -> QuerySet[SiteMove]:
    return SiteMove.objects.filter(patient=patient).select_related("other_clinic")


@requires(Permission.PATIENT_VIEW, "GET")
def of_patient(request: StaffRequest, pk: int) -> HttpResponse:
    patient = of_clinic(request, pk)
    registry.note_chart_view(
        patient=patient, page="aftercare", by=request.user, at=request.at
    )
    return page(request, patient)


@requires(Permission.FOLLOW_UP_WORK)
def add(request: StaffRequest, pk: int) -> HttpResponse:
    patient = of_clinic(request, pk)
    staff = Staff.objects.active().who_may(
        Permission.FOLLOW_UP_WORK, request.acting.clinic
    )
    form = FollowUpOfPersonForm(posted(request), today=request.today, staff=staff)
    if act(
        request,
        lambda: _add(request, patient, form),
        form=form,
        done="Follow-up added.",
    ):
        return redirect("aftercare:of_patient", pk)
    return _drawer(request, patient, form, title="Add a follow-up", button="Add")


def _add(request: StaffRequest, patient: Patient, form: FollowUpOfPersonForm) -> object:
    """Once, or again every so many weeks."""
    if form.is_repeated:
        told = form.repeat()
        return repeats.add_repeat(patient=patient, told=told, **acting_now(request))
    return follow_ups.add_follow_up(
        patient=patient,
        **acting_now(request),
        **form.values(),  # type: ignore[arg-type]
    )


@requires(Permission.FOLLOW_UP_WORK, "POST")
def end_repeat(request: StaffRequest, pk: int, repeat: int) -> HttpResponse:
    """Repeat it no more; the message offers to take that back."""
    row = _repeat(request, pk, repeat)
    if act(request, lambda: repeats.end_repeat(repeat=row, **acting_now(request))):
        undo = reverse("aftercare:resume_repeat", args=[pk, row.pk])
        messages.success(request, "Not repeated any more.", extra_tags=undo)
    return redirect("aftercare:of_patient", pk)


@requires(Permission.FOLLOW_UP_WORK, "POST")
def resume_repeat(request: StaffRequest, pk: int, repeat: int) -> HttpResponse:
    """Take the end back."""
    row = _repeat(request, pk, repeat)
    act(
        request,
        lambda: repeats.resume_repeat(repeat=row, **acting_now(request)),
        done="Taken back. It is repeated again.",
    )
    return redirect("aftercare:of_patient", pk)


def _repeat(request: StaffRequest, pk: int, repeat: int) -> CareRepeat:
    rows = CareRepeat.objects.filter(patient=of_clinic(request, pk))
    return row_of_clinic(request, rows, pk=repeat)


def _drawer(
    request: StaffRequest,
    patient: Patient,
    form: forms.Form,
    *,
    title: str,
    button: str,
) -> HttpResponse:
    return page(
        request,
        patient,
        status=status_of(form),
        form=form,
        drawer_action=request.path,
        drawer_title=title,
        drawer_button=button,
    )


def _own(request: StaffRequest, pk: int) -> FollowUp:
    """This clinic's follow-up, or a 404."""
    rows = FollowUp.objects.select_related("patient__clinic", "clinic")
    return row_of_clinic(request, rows, pk=pk)


@requires(Permission.FOLLOW_UP_WORK)
def move(request: StaffRequest, pk: int) -> HttpResponse:
    follow_up = _own(request, pk)
    form = MoveForm(
        posted(request),
        today=request.today,
        initial={"due_on": follow_up.due_on},
    )
    editing(form, follow_up, SHOWN_OF_IT)
    if act(
        request,
        lambda: follow_ups.move_follow_up(
            follow_up=follow_up,
            due_on=form.cleaned_data["due_on"],
            **acting_now(request),
        ),
        form=form,
        row=follow_up,
        fields=SHOWN_OF_IT,
        done="Follow-up moved.",
    ):
        return redirect("aftercare:of_patient", follow_up.patient_id)
    return _drawer(
        request,
        follow_up.patient,
        form,
        title=f"Move: {follow_up.title}",
        button="Move",
    )


@requires(Permission.FOLLOW_UP_WORK)
def close(request: StaffRequest, pk: int) -> HttpResponse:
    follow_up = _own(request, pk)
    keeps = follow_up_kind(follow_up.kind).kept_by
    if request.method == "GET" and keeps is KeptBy.KIT and BY_HAND not in request.GET:
        return redirect("treatment:kit", follow_up.patient_id)
    form = CloseForm(posted(request), initial={"status": FollowUp.Status.DONE})
    editing(form, follow_up, SHOWN_OF_IT)
    if act(
        request,
        lambda: follow_ups.close_follow_up(
            follow_up=follow_up,
            **acting_now(request),
            **values_of(form),  # type: ignore[arg-type]
        ),
        form=form,
        row=follow_up,
        fields=SHOWN_OF_IT,
        done="Follow-up closed.",
    ):
        return redirect("aftercare:of_patient", follow_up.patient_id)
    return _drawer(
        request,
        follow_up.patient,
        form,
        title=f"Close: {follow_up.title}",
        button="Close it",
    )


@requires(Permission.FOLLOW_UP_WORK)
def give(request: StaffRequest, pk: int) -> HttpResponse:
    """Make it somebody else's to do."""
    follow_up = _own(request, pk)
    staff = Staff.objects.active().who_may(
        Permission.FOLLOW_UP_WORK, request.acting.clinic
    )
    form = WhoForm(
        posted(request),
        staff=staff,
        initial={"who": follow_up.assigned_to_id or follow_up.assigned_role},
    )
    editing(form, follow_up, SHOWN_OF_IT)
    if act(
        request,
        lambda: follow_ups.give_follow_up(
            follow_up=follow_up,
            **form.values(follow_up),  # type: ignore[arg-type]
            **acting_now(request),
        ),
        form=form,
        row=follow_up,
        fields=SHOWN_OF_IT,
        done="Given over.",
    ):
        return redirect("aftercare:of_patient", follow_up.patient_id)
    return _drawer(
        request,
        follow_up.patient,
        form,
        title=f"Give to: {follow_up.title}",
        button="Give it",
    )


@requires(Permission.FOLLOW_UP_WORK, "POST")
def reopen(request: StaffRequest, pk: int) -> HttpResponse:
    """Take back a closing: it is owed again."""
    follow_up = _own(request, pk)
    act(
        request,
        lambda: follow_ups.reopen_follow_up(follow_up=follow_up, **acting_now(request)),
        done="Taken back. It is owed again.",
    )
    return redirect("aftercare:of_patient", follow_up.patient_id)
