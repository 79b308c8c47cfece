"""Sign-offs of a sister clinic, to be taken over item by item."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, posted, requires
from accounts.doors import acting_now, outcome_of, status_of
from accounts.entry.step_up import step_up
from accounts.permissions import Permission
from accounts.sites import sister_of
from medications.actions import take_over as actions
from medications.forms.take_over import TakeOverForm
from medications.knowledge_pages.sister_signoffs import sister_sign_offs


@requires(Permission.KNOWLEDGE_SIGN, "GET", "HEAD", "POST")
@step_up("sign rules for your clinic")
def take_over(request: StaffRequest, sister: int) -> HttpResponse:
    """What a sister clinic signed, beside what is signed here: choose, and sign it here."""
    needed = Permission.KNOWLEDGE_SIGN
    there = sister_of(request.acting, sister, needed, on=request.today)
    if there is None:
        raise Http404
    here = request.acting.clinic
    signed = sister_sign_offs(here, there.clinic, by=request.user, on=request.today)
    form = TakeOverForm(posted(request), ready=signed.ready)
    taken = outcome_of(
        request,
        lambda: actions.take_over(
            clinic=here,
            sister=there.clinic,
            shown=form.shown,
            **acting_now(request),
        ),
        form=form,
    )
    if taken is not None:
        name = there.clinic.name
        messages.success(request, f"Signed off here as {name} did: {len(taken)}.")
        return redirect("medications:take_over", there.clinic.pk)
    page = {
        "form": form,
        "site": there.clinic,
        "signed": signed,
        "all": request.GET.getlist("all"),
    }
    return render(request, "medications/take_over.html", page, status=status_of(form))
