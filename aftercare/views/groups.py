"""Groups of the clinic: the list, one group with its roster, sessions and who came."""

from datetime import date

from django.core.paginator import Paginator
from django.forms import model_to_dict
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

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
from accounts.permissions import Permission
from aftercare.actions import groups as acts
from aftercare.forms.groups import (
    AttendanceForm,
    AttendanceLine,
    ChangeSessionForm,
    GroupForm,
    JoinForm,
    LeaveForm,
)
from aftercare.models import CareGroup, GroupMember
from aftercare.record.groups import (
    groups_of,
    roster_of,
    session_on,
    sessions_around,
)
from knowledge.schedule.groups import SessionDay
from patients.actions.registry import note_list
from patients.views.registry import looked_at_chart, of_clinic

PAGE, LONGEST = 50, 80


@requires(Permission.CASELOAD_VIEW, "GET")
def groups(request: StaffRequest) -> HttpResponse:
    """Every group that is held, found by name, language, leader."""
    text = request.GET.get("text", "")[:LONGEST].replace("\x00", "")
    found = groups_of(request.acting, text=text)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "text": text}
    return render(request, "aftercare/groups.html", context)


def _group(request: StaffRequest, pk: int) -> CareGroup:
    rows = CareGroup.objects.select_related("clinic", "leader")
    return row_of_clinic(request, rows, pk=pk)


@requires(Permission.CASELOAD_VIEW, "GET")
def group(request: StaffRequest, pk: int) -> HttpResponse:
    """One group: who is on its roster, and its sessions around today; it prints."""
    found = _group(request, pk)
    roster = roster_of(found)
    note_list(
        people=sorted(line.member.patient_id for line in roster),
        page="roster of a group",
        clinic=request.acting.clinic,
        **acting_now(request),
    )
    context = {
        "group": found,
        "roster": roster,
        "sessions": sessions_around(found, today=request.today),
        "today": request.today,
    }
    return render(request, "aftercare/group.html", context)


@requires(Permission.FOLLOW_UP_WORK)
def add_group(request: StaffRequest) -> HttpResponse:
    return _keep(request, None)


@requires(Permission.FOLLOW_UP_WORK)
def edit_group(request: StaffRequest, pk: int) -> HttpResponse:
    """Say a group anew; whoever is on the roster follows."""
    return _keep(request, _group(request, pk))


def _keep(request: StaffRequest, found: CareGroup | None) -> HttpResponse:
    staff = Staff.objects.active().at_clinic(request.acting.clinic)
    form = GroupForm(
        posted(request),
        staff=staff,
        taken=found.members.current().count() if found else 0,
        initial=model_to_dict(found) if found else {"leader": request.user.pk},
    )
    if found is not None:
        editing(form, found)
    if act(
        request,
        lambda: acts.keep_group(
            clinic=request.acting.clinic,
            values=values_of(form),
            group=found,
            **acting_now(request),
        ),
        form=form,
        row=found,
        done="Kept.",
    ):
        return redirect("aftercare:groups")
    context = {"form": form, "group": found}
    return render(request, "aftercare/group_form.html", context, status=status_of(form))


def _session(request: StaffRequest, group: CareGroup, session_day: str) -> SessionDay:
    """A session around today, or a 404."""
    try:
        planned_on = date.fromisoformat(session_day)
    except ValueError:
        raise Http404 from None
    found = session_on(group, planned_on, today=request.today)
    if found is None:
        raise Http404
    return found


@requires(Permission.FOLLOW_UP_WORK)
def attendance(request: StaffRequest, pk: int, session_day: str) -> HttpResponse:
    """Who came to one session: the whole roster, one save."""
    found = _group(request, pk)
    session = _session(request, found, session_day)
    lines = roster_of(found, planned_on=session.planned_on)
    shown = {"shown_marks": acts.digest_of_marks(lines)}
    asked = [
        AttendanceLine(one.member.patient_id, one.member.patient.shown_name, one.mark)
        for one in lines
    ]
    form = AttendanceForm(posted(request), lines=asked, initial=shown)
    if act(
        request,
        lambda: acts.save_attendance(
            group=found,
            planned_on=session.planned_on,
            marks=form.marks(),
            shown=form.cleaned_data["shown_marks"],
            **acting_now(request),
        ),
        form=form,
        done="Attendance kept.",
    ):
        return redirect("aftercare:group", pk)
    context = {"form": form, "group": found, "session": session}
    return render(request, "aftercare/attendance.html", context, status=status_of(form))


@requires(Permission.FOLLOW_UP_WORK)
def change_session(request: StaffRequest, pk: int, session_day: str) -> HttpResponse:
    """Another day for one session, or none; the roster is told."""
    found = _group(request, pk)
    session = _session(request, found, session_day)
    form = ChangeSessionForm(posted(request), session=session, today=request.today)
    if act(
        request,
        lambda: acts.change_session(
            group=found,
            planned_on=session.planned_on,
            **acting_now(request),
            **values_of(form),  # type: ignore[arg-type]
        ),
        form=form,
        done="Kept. Whoever looks after the roster is owed to tell them.",
    ):
        return redirect("aftercare:group", pk)
    context = {"form": form, "group": found, "session": session}
    return render(
        request, "aftercare/group_session.html", context, status=status_of(form)
    )


@requires(Permission.FOLLOW_UP_WORK)
def of_person(request: StaffRequest, pk: int) -> HttpResponse:
    """The groups of one person, and joining another."""
    patient = looked_at_chart(request, pk, "groups")
    members = GroupMember.objects.filter(patient=patient).select_related(
        "group__leader"
    )
    form = JoinForm(posted(request), groups=groups_of(request.acting))
    if act(
        request,
        lambda: acts.join_group(
            patient=patient, group=form.cleaned_data["group"], **acting_now(request)
        ),
        form=form,
        done="On the roster.",
    ):
        return redirect("aftercare:groups_of_person", pk)
    context = {"patient": patient, "tab": "aftercare", "form": form, "members": members}
    return render(
        request, "aftercare/groups_of_person.html", context, status=status_of(form)
    )


@requires(Permission.FOLLOW_UP_WORK, "POST")
def leave(request: StaffRequest, pk: int, member: int) -> HttpResponse:
    """Off the roster."""
    rows = GroupMember.objects.filter(patient=of_clinic(request, pk))
    found = row_of_clinic(request, rows, pk=member)
    form = LeaveForm(request.POST)
    form.is_valid()
    act(
        request,
        lambda: acts.leave_group(
            member=found, why=form.cleaned_data.get("why", ""), **acting_now(request)
        ),
        done="Off the roster.",
    )
    return redirect("aftercare:groups_of_person", pk)
