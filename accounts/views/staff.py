"""Who works here and what they may do."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts import actions, notices
from accounts.access import StaffRequest, posted, requires
from accounts.forms import EndAccessForm, InviteForm, RolesForm
from accounts.models import Membership, Staff
from accounts.permissions import Permission, Role

PAGE = 50


@require_GET
@requires(Permission.STAFF_MANAGE)
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
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.invite_staff(
                clinic=request.acting.clinic,
                by=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except actions.StaffAlreadyHere as refusal:
            form.add_error("email", str(refusal))
        else:
            if not person.has_usable_password():
                notices.send_invitation(person)
            messages.success(request, f"{person.name} was invited by e-mail.")
            return redirect("accounts:staff")
    return render(
        request,
        "accounts/invite.html",
        {"form": form},
        status=400 if form.errors else 200,
    )


def _here(request: StaffRequest, pk: int) -> Staff:
    return get_object_or_404(Staff.objects.at_clinic(request.acting.clinic), pk=pk)


@requires(Permission.STAFF_MANAGE)
def member(request: StaffRequest, pk: int) -> HttpResponse:
    """One person's roles here, with the way to end their access."""
    person = _here(request, pk)
    held = person.memberships.filter(clinic=request.acting.clinic)
    form = RolesForm(
        posted(request), initial={"roles": list(held.values_list("role", flat=True))}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_roles(
                staff=person,
                clinic=request.acting.clinic,
                roles=form.cleaned_data["roles"],
                by=request.user,
                at=timezone.now(),
            )
        except (actions.LastAdmin, actions.OwnAccess) as refusal:
            form.add_error("roles", str(refusal))
        else:
            messages.success(request, f"{person.name} has these roles now.")
            return redirect("accounts:staff")
    context = {"person": person, "form": form, "ending": EndAccessForm()}
    return render(
        request, "accounts/member.html", context, status=400 if form.errors else 200
    )


@require_POST
@requires(Permission.STAFF_MANAGE)
def end_access(request: StaffRequest, pk: int) -> HttpResponse:
    person = _here(request, pk)
    form = EndAccessForm(request.POST)
    if form.is_valid():
        try:
            actions.end_access(
                staff=person,
                clinic=request.acting.clinic,
                why=form.cleaned_data["why"],
                by=request.user,
                at=timezone.now(),
            )
        except (actions.LastAdmin, actions.OwnAccess) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{person.name} can no longer sign in here.")
            return redirect("accounts:staff")
    context = {"person": person, "form": RolesForm(), "ending": form}
    return render(request, "accounts/member.html", context, status=400)


@require_POST
@requires(Permission.STAFF_MANAGE)
def invite_again(request: StaffRequest, pk: int) -> HttpResponse:
    person = _here(request, pk)
    notices.send_invitation(person)
    messages.success(request, f"A new link went to {person.name}.")
    return redirect("accounts:member", pk)
