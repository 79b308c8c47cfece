"""Pages of the staff: invitations, roles, second steps, ended access."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts import actions
from accounts.access import StaffRequest, posted, requires
from accounts.doors import (
    act,
    acting_now,
    editing,
    outcome_of,
    row_of_clinic,
    shown_in,
    status_of,
)
from accounts.entry.actions import factors
from accounts.entry.actions import roles as role_acts
from accounts.entry.actions.roles import RolesGiven
from accounts.entry.forms import FactorPolicyForm
from accounts.entry.step_up import step_up
from accounts.entry_rows import RoleRequest
from accounts.forms import EndAccessForm, InviteForm, RolesForm
from accounts.models import Clinic, Membership, Staff
from accounts.permissions import Permission, Role
from accounts.refusals import as_shown
from accounts.second_step import has_factor

PAGE = 50
# What a change of roles is a change of.
ROLES, WAIT = ["roles_here"], " waiting: "
POLICY = ["factor_required_roles", "factor_required_from"]


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
    waiting = role_acts.waiting_roles(clinic, at=request.at)
    context = {"page": page, "rows": rows, "waiting": waiting}
    return render(request, "accounts/staff.html", context)


@requires(Permission.ROLE_CONFIRM, "GET")
def role_requests(request: StaffRequest) -> HttpResponse:
    """Roles that wait for a second person."""
    waiting = role_acts.waiting_roles(request.acting.clinic, at=request.at)
    return render(request, "accounts/roles.html", {"waiting": waiting})


@requires(Permission.ROLE_CONFIRM, "POST")
@step_up("confirm a role")
def confirm_role(request: StaffRequest, role: int) -> HttpResponse:
    asked = row_of_clinic(request, RoleRequest.objects, pk=role)
    act(
        request,
        lambda: role_acts.confirm_role(request=asked, **acting_now(request)),
        row=asked,
        done="Confirmed. They are told by e-mail.",
    )
    return redirect("accounts:role_requests")


@requires(Permission.ROLE_CONFIRM, "POST")
@step_up("decline a role")
def decline_role(request: StaffRequest, role: int) -> HttpResponse:
    asked = row_of_clinic(request, RoleRequest.objects, pk=role)
    act(
        request,
        lambda: role_acts.decline_role(request=asked, **acting_now(request)),
        row=asked,
        done="Nothing was given.",
    )
    return redirect("accounts:role_requests")


@requires(Permission.STAFF_MANAGE)
@step_up("invite a colleague")
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
    clinic = request.acting.clinic
    person = actions.invite_staff(
        clinic=clinic, **acting_now(request), **form.cleaned_data
    )
    waiting = role_acts.waiting_roles(clinic, at=request.at, staff=person)
    # As it was typed: what another clinic calls somebody is not told here.
    name = form.cleaned_data["name"]
    messages.success(
        request,
        f"{name} is not invited yet: the e-mail goes once the role is confirmed by"
        f" {waiting[0].confirmers}."
        if waiting
        else f"{name} was invited by e-mail.",
    )


def _here(request: StaffRequest, pk: int) -> Staff:
    return get_object_or_404(Staff.objects.at_clinic(request.acting.clinic), pk=pk)


@requires(Permission.STAFF_MANAGE)
@step_up("change a colleague's roles")
def member(request: StaffRequest, pk: int) -> HttpResponse:
    """One person's roles here, with the way to end their access."""
    person = _here(request, pk)
    person.roles_here = _roles_of(request, person)
    form = RolesForm(
        posted(request), initial={"roles": person.roles_here.partition(WAIT)[0].split()}
    )
    editing(form, person, ROLES)
    became = outcome_of(
        request, lambda: _change_roles(request, person, form), form=form
    )
    if became is not None:
        messages.success(request, _said(person, became))
        return redirect("accounts:staff")
    return _member(request, person, form, EndAccessForm(), status_of(form))


def _member(
    request: StaffRequest,
    person: Staff,
    form: RolesForm,
    ending: EndAccessForm,
    status: int,
) -> HttpResponse:
    context = {
        "person": person,
        "form": form,
        "ending": ending,
        "waiting": role_acts.waiting_roles(
            request.acting.clinic, at=request.at, staff=person
        ),
        "has_factor": has_factor(person),
    }
    return render(request, "accounts/member.html", context, status=status)


def _said(person: Staff, became: RolesGiven) -> str:
    if became.waiting:
        names = ", ".join(str(Role(role).label) for role in became.waiting)
        return f"{names} of {person.name} waits for a second person."
    if became.is_exception:
        return (
            f"{person.name} has these roles now. Nobody else could confirm it:"
            " the audit says so."
        )
    return f"{person.name} has these roles now."


def _roles_of(request: StaffRequest, person: Staff) -> str:
    """Those that somebody has, then those that wait for a second person."""
    held = person.memberships.filter(clinic=request.acting.clinic).order_by("role")
    asked = RoleRequest.objects.visible_to(request.acting).filter(staff=person)
    waiting = asked.waiting(at=request.at).order_by("role")
    return WAIT.join(
        " ".join(rows.values_list("role", flat=True)) for rows in (held, waiting)
    )


def _change_roles(request: StaffRequest, person: Staff, form: RolesForm) -> RolesGiven:
    """One change of a clinic's roles at a time: what was shown still holds then."""
    actions.hold_roles(clinic=request.acting.clinic)
    person.roles_here = _roles_of(request, person)
    as_shown(person, shown_in(request), ROLES)
    return actions.change_roles(
        staff=person,
        clinic=request.acting.clinic,
        roles=form.cleaned_data["roles"],
        **acting_now(request),
    )


@requires(Permission.STAFF_MANAGE, "POST")
@step_up("end a colleague's access")
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
    return _member(request, person, RolesForm(), form, 400)


@requires(Permission.STAFF_MANAGE, "POST")
@step_up("send a link to set a password")
def invite_again(request: StaffRequest, pk: int) -> HttpResponse:
    person = _here(request, pk)
    act(
        request,
        lambda: actions.invite_again(
            staff=person, clinic=request.acting.clinic, **acting_now(request)
        ),
        done=f"A new link goes to {person.name}.",
    )
    return redirect("accounts:member", pk)


@requires(Permission.STAFF_MANAGE, "POST")
@step_up("take a colleague's second step away")
def reset_factors(request: StaffRequest, pk: int) -> HttpResponse:
    person = _here(request, pk)
    act(
        request,
        lambda: factors.reset_factors(
            staff=person, clinic=request.acting.clinic, **acting_now(request)
        ),
        done=f"{person.name} signs in with the password, then sets a second step up.",
    )
    return redirect("accounts:member", pk)


@requires(Permission.STAFF_MANAGE)
@step_up("change who needs a second step")
def factor_policy(request: StaffRequest) -> HttpResponse:
    """Who needs a second step at this clinic, and from when."""
    clinic = Clinic.objects.get(pk=request.acting.clinic.pk)
    form = FactorPolicyForm(
        posted(request),
        initial={
            "roles": clinic.factor_required_roles,
            "grace_until": clinic.factor_required_from,
        },
    )
    editing(form, clinic, POLICY)
    if act(
        request,
        lambda: factors.set_factor_policy(
            clinic=clinic,
            roles=form.cleaned_data["roles"],
            grace_until=form.cleaned_data["grace_until"],
            **acting_now(request),
        ),
        form=form,
        row=clinic,
        fields=POLICY,
        done="Saved.",
    ):
        return redirect("accounts:staff")
    return render(
        request, "accounts/factor_policy.html", {"form": form}, status=status_of(form)
    )
