"""Check-in links as staff see them: making, showing once, taking back, sending anew."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, posted, requires
from accounts.clinic_settings.languages import offered
from accounts.doors import act, acting_now, outcome_of, row_of_clinic, status_of
from accounts.permissions import Permission
from aftercare.actions import check_ins as acts
from aftercare.actions.message_wishes import may_write_to
from aftercare.check_ins.instruments import wanted_in
from aftercare.check_ins.listing import shown_check_in
from aftercare.check_ins.mail_text import link_of
from aftercare.check_ins.tokens import token_for
from aftercare.forms.check_ins import CheckInForm
from aftercare.models import CheckIn, FollowUp
from assessments.views.beside import Button, beside
from patients.models import ContactPoint, Patient
from patients.views.registry import of_clinic

# The session names the link that may be shown, once, to who made it.
SHOWN_ONCE = "check_in_link"


@requires(Permission.ASSESS)
def new(request: StaffRequest, pk: int) -> HttpResponse:
    """Choose what is asked and how the link reaches the person."""
    patient = of_clinic(request, pk)
    points = ContactPoint.objects.visible_to(request.acting).filter(patient=patient)
    form = CheckInForm(
        posted(request),
        safe=[point for point in points if may_write_to(point)],
        initial={
            "give": wanted_in(request.GET.get("give", "").split(",")),
            "language": patient.page_language,
        },
    )
    offered(form, request.acting.clinic)
    made = outcome_of(request, lambda: _send(request, patient, form), form=form)
    if made is not None:
        return _shown_once(request, made)
    return beside(
        request,
        patient,
        title="Send a link",
        inner="aftercare/new_check_in.html",
        buttons=[Button("Make the link", icon="msg")],
        status=status_of(form),
        form=form,
        has_unsafe=any(point.kind == "email" for point in points) and not form.safe,
    )


def _send(request: StaffRequest, patient: Patient, form: CheckInForm) -> CheckIn:
    wanted = request.GET.get("follow_up", "")
    owed = FollowUp.objects.visible_to(request.acting).filter(patient=patient)
    small = wanted.isdecimal() and len(wanted) < len(str(2**62))
    return acts.send_check_in(
        patient=patient,
        instruments=form.cleaned_data["give"],
        language=form.cleaned_data["language"],
        to=form.address,
        follow_up=owed.filter(pk=int(wanted)).first() if small else None,
        **acting_now(request),
    )


def _shown_once(request: StaffRequest, check_in: CheckIn) -> HttpResponse:
    request.session[SHOWN_ONCE] = check_in.pk
    return redirect("aftercare:check_in", check_in.patient_id, check_in.pk)


def _found(request: StaffRequest, patient: Patient, pk: int) -> CheckIn:
    rows = CheckIn.objects.select_related("patient__clinic", "created_by", "mail__to")
    return row_of_clinic(request, rows, pk=pk, patient=patient)


@requires(Permission.ASSESS, "GET")
def look(request: StaffRequest, pk: int, check_in: int) -> HttpResponse:
    """How far a link has come; the link itself is shown once, after it was made."""
    patient = of_clinic(request, pk)
    found = _found(request, patient, check_in)
    link = ""
    if request.session.get(SHOWN_ONCE) == found.pk:
        del request.session[SHOWN_ONCE]
        token = token_for(found.nonce, found.token_digest)
        link = link_of(token) if token else ""
    context = {
        "patient": patient,
        "tab": "aftercare" if found.shows else "measures",
        "shown": shown_check_in(found, at=request.at),
        "link": link,
    }
    return render(request, "aftercare/check_in.html", context)


@requires(Permission.ASSESS, "POST")
def revoke(request: StaffRequest, pk: int, check_in: int) -> HttpResponse:
    found = _found(request, of_clinic(request, pk), check_in)
    act(
        request,
        lambda: acts.revoke_check_in(check_in=found, **acting_now(request)),
        done="Taken back. The link opens nothing any more.",
    )
    return redirect("aftercare:check_in", pk, found.pk)


@requires(Permission.ASSESS, "POST")
def again(request: StaffRequest, pk: int, check_in: int) -> HttpResponse:
    """A new link in the place of this one."""
    found = _found(request, of_clinic(request, pk), check_in)
    made = outcome_of(
        request,
        lambda: acts.send_check_in_again(check_in=found, **acting_now(request)),
        done="A new link is made; the one before opens nothing.",
    )
    if made is None:
        return redirect("aftercare:check_in", pk, found.pk)
    return _shown_once(request, made)
