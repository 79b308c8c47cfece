"""Pages of the staff: invitations, roles, ended access."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts import actions, notices
from accounts.access import StaffRequest, posted, requires
from accounts.doors import act, acting_now, editing, shown_in, status_of
from accounts.forms import EndAccessForm, InviteForm, RolesForm
from accounts.models import Membership, Staff
from accounts.permissions import Permission, Role
from accounts.refusals import as_shown

PAGE = 50
# What a change of roles is a change of.
ROLES = ["roles_here"]


@requires(Permission.STAFF_MANAGE, "GET")
def staff(request: StaffRequest) -> HttpResponse:
    clinic = request.acting.clinic
    page = Paginator(Staff.objects.at_clinic(clinic), PAGE).get_page(
        request.GET.get("page")
    )
    held: dict[int, list[str]] = {}
    for membership in Membership.objects.filter(clinic=clinic, staff__in=list(page)):
        held.setdefault(membership.staff_id, []).append(Role(membership.role).label)
    rows = [(person, ", ".join(sorted(held[person.pk]))) for person in page]
    return render(request, "accounts/staff.html", {"page": page, "rows": rows})


@requires(Permission.STAFF_MANAGE)
def invite(request: StaffRequest) -> HttpResponse:
    form = InviteForm(posted(request))
    if act(request, lambda: _invite(request, form), form=form):
        return redirect("accounts:staff")
    return render(
        request,
        "accounts/invite.html",
        {"form": form},
        status=status_of(form),
    )


def _invite(request: StaffRequest, form: InviteForm) -> None:
    person = actions.invite_staff(
        clinic=request.acting.clinic, **acting_now(request), **form.cleaned_data
    )
    if not person.has_usable_password():
        notices.send_invitation(person)
    messages.success(request, f"{person.name} was invited by e-mail.")


def _here(request: StaffRequest, pk: int) -> Staff:
    return get_object_or_404(Staff.objects.at_clinic(request.acting.clinic), pk=pk)


@requires(Permission.STAFF_MANAGE)
def member(request: StaffRequest, pk: int) -> HttpResponse:
    """One person's roles here, with the way to end their access."""
    person = _here(request, pk)
    person.roles_here = _roles_of(request, person)
    form = RolesForm(posted(request), initial={"roles": person.roles_here.split()})
    editing(form, person, ROLES)
    if act(
        request,
        lambda: _change_roles(request, person, form),
        form=form,
        done=f"{person.name} has these roles now.",
    ):
        return redirect("accounts:staff")
    context = {"person": person, "form": form, "ending": EndAccessForm()}
    return render(request, "accounts/member.html", context, status=status_of(form))


def _roles_of(request: StaffRequest, person: Staff) -> str:
    held = person.memberships.filter(clinic=request.acting.clinic).order_by("role")
    return " ".join(held.values_list("role", flat=True))


def _change_roles(request: StaffRequest, person: Staff, form: RolesForm) -> None:
    """One change of a clinic's roles at a time: what was shown still holds then."""
    actions.hold_roles(clinic=request.acting.clinic)
    person.roles_here = _roles_of(request, person)
    as_shown(person, shown_in(request), ROLES)
    actions.change_roles(
        staff=person,
        clinic=request.acting.clinic,
        roles=form.cleaned_data["roles"],
        **acting_now(request),
    )


@requires(Permission.STAFF_MANAGE, "POST")
def end_access(request: StaffRequest, pk: int) -> HttpResponse:
    person = _here(request, pk)
    form = EndAccessForm(request.POST)
    if act(
        request,
        lambda: actions.end_access(
            staff=person,
            clinic=request.acting.clinic,
            why=form.cleaned_data["why"],
            **acting_now(request),
        ),
        form=form,
        done=f"{person.name} can no longer sign in here.",
    ):
        return redirect("accounts:staff")
    context = {"person": person, "form": RolesForm(), "ending": form}
    return render(request, "accounts/member.html", context, status=400)


@requires(Permission.STAFF_MANAGE, "POST")
def invite_again(request: StaffRequest, pk: int) -> HttpResponse:
    person = _here(request, pk)
    notices.send_invitation(person)
    messages.success(request, f"A new link went to {person.name}.")
    return redirect("accounts:member", pk)
