"""The page of a colleague who leaves: what they hold, who takes over, when access ends."""

from django import forms
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import StaffRequest, requires
from accounts.doors import act, acting_now, as_seen, editing, status_of
from accounts.models import Staff
from accounts.permissions import Permission
from aftercare.actions import leaving as actions
from aftercare.actions.holdings import colleagues_of, holdings_of, without_access
from aftercare.forms.leaving import LeavingForm, SuccessorsForm
from aftercare.models import HandOver, StaffLeaving

DAY = ("leaves_on",)


def _colleague(request: StaffRequest, pk: int) -> Staff:
    """Somebody of this clinic, or somebody who left it with parts in their hands."""
    clinic = request.acting.clinic
    gone = without_access(clinic).filter(pk=pk).first()
    return gone or get_object_or_404(Staff.objects.at_clinic(clinic), pk=pk)


def _page(
    request: StaffRequest,
    staff: Staff,
    *,
    day: forms.Form | None = None,
    successors: SuccessorsForm | None = None,
) -> HttpResponse:
    clinic = request.acting.clinic
    leaving = actions.open_leaving(clinic, staff)
    choosing = successors or (_successors(request, leaving) if leaving else None)
    context = {
        "person": staff,
        "leaving": leaving,
        "holdings": choosing.holdings if choosing else holdings_of(clinic, staff),
        "is_here": staff.memberships.filter(clinic=clinic).exists(),
        "day": day or _day(leaving),
        "choosing": choosing,
        "stands_in": HandOver.objects.not_over(on=request.today)
        .filter(clinic=clinic, to_staff=staff)
        .select_related("from_staff")
        .order_by("until_on", "pk"),
        "open": choosing.unnamed if choosing else 0,
    }
    given = [one for one in (day, successors) if one is not None]
    return render(request, "aftercare/leaving.html", context, status=status_of(*given))


def _day(leaving: StaffLeaving | None, data: QueryDict | None = None) -> LeavingForm:
    form = LeavingForm(data, initial={"leaves_on": leaving and leaving.leaves_on})
    return editing(form, leaving, DAY) if leaving else form


def _successors(
    request: StaffRequest, leaving: StaffLeaving, data: QueryDict | None = None
) -> SuccessorsForm:
    clinic = request.acting.clinic
    colleagues = colleagues_of(clinic, leaving.staff)
    form = SuccessorsForm(
        data,
        holdings=holdings_of(clinic, leaving.staff),
        colleagues=colleagues,
        named=actions.named_of(leaving, colleagues),
    )
    return editing(form, actions.with_named(leaving), actions.NAMED)


@requires(Permission.STAFF_MANAGE)
def leaving(request: StaffRequest, pk: int) -> HttpResponse:
    """What somebody holds; sent, it keeps the day on which they leave."""
    staff = _colleague(request, pk)
    if request.method != "POST":
        return _page(request, staff)
    known = actions.open_leaving(request.acting.clinic, staff)
    form = _day(known, request.POST)
    if act(
        request,
        lambda: actions.announce_leaving(
            clinic=request.acting.clinic,
            staff=staff,
            leaves_on=form.cleaned_data["leaves_on"],
            **acting_now(request),
        ),
        form=form,
        row=known,
        fields=DAY,
        done="Kept. Now choose who takes over.",
    ):
        return redirect("aftercare:leaving", pk)
    return _page(request, staff, day=form)


def _known(request: StaffRequest, staff: Staff) -> StaffLeaving:
    known = actions.open_leaving(request.acting.clinic, staff)
    if known is None:
        raise Http404
    return known


@requires(Permission.STAFF_MANAGE, "POST")
def successors(request: StaffRequest, pk: int) -> HttpResponse:
    staff = _colleague(request, pk)
    known = _known(request, staff)
    form = _successors(request, known, request.POST)
    if act(
        request,
        lambda: actions.name_successors(
            leaving=known, chosen=form.chosen(), **as_seen(request)
        ),
        form=form,
        done="Kept.",
    ):
        return redirect("aftercare:leaving", pk)
    return _page(request, staff, successors=form)


@requires(Permission.STAFF_MANAGE, "POST")
def confirm(request: StaffRequest, pk: int) -> HttpResponse:
    """Settle it: on the day everything is handed over and the access ends."""
    staff = _colleague(request, pk)
    known = _known(request, staff)
    act(
        request,
        lambda: actions.confirm_leaving(leaving=known, **acting_now(request)),
        done="Settled: nobody is left without a name.",
    )
    return redirect("accounts:staff")
