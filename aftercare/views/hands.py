"""The page of somebody's absence: from when until when, who covers, what to know."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.access import StaffRequest, posted, requires
from accounts.doors import act, acting_now, status_of
from accounts.models import Staff
from accounts.permissions import Permission
from aftercare.actions import hands
from aftercare.actions.holdings import colleagues_of
from aftercare.forms.hands import AwayForm
from aftercare.models import HandOver


@requires(Permission.FOLLOW_UP_WORK)
def away(request: StaffRequest, pk: int) -> HttpResponse:
    """One's own absence; of a colleague who fell ill, where one may change teams."""
    clinic = request.acting.clinic
    staff = get_object_or_404(Staff.objects.active().at_clinic(clinic), pk=pk)
    colleagues = colleagues_of(clinic, staff)
    form = AwayForm(
        posted(request),
        colleagues=colleagues,
        today=request.today,
        initial={"since_on": request.today},
    )
    if act(
        request,
        lambda: hands.go_away(
            clinic=clinic, staff=staff, **form.values(), **acting_now(request)
        ),
        form=form,
        done="Kept. It ends by itself.",
    ):
        return redirect("aftercare:away", pk)
    known = HandOver.objects.visible_to(request.acting).not_over(on=request.today)
    context = {
        "person": staff,
        "form": form,
        "covers": known.filter(from_staff=staff, kind=HandOver.Kind.AWAY)
        .select_related("to_staff")
        .order_by("since_on", "pk"),
        "covered": known.filter(to_staff=staff)
        .select_related("from_staff")
        .order_by("until_on", "pk"),
    }
    return render(request, "aftercare/away.html", context, status=status_of(form))
