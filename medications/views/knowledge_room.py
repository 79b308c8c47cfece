"""Everything in the knowledge that is no rule, by subject."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, requires
from accounts.doors import act, as_seen, status_of, values_of
from accounts.entry.step_up import step_up
from accounts.permissions import Permission
from knowledge.before_use import of_subject
from medications.actions.sign_subjects import sign_subject
from medications.forms.subject_signoff import SubjectForm
from medications.knowledge_pages.room import SUBJECTS
from medications.knowledge_pages.statements import RoomSubject
from medications.knowledge_pages.subject_signoffs import signatures_of
from medications.models import SubjectSignOff


def _named(subject: str) -> RoomSubject:
    found = SUBJECTS.get(subject)
    if found is None:
        raise Http404
    return found


@requires(Permission.KNOWLEDGE_VIEW, "GET")
def subject(request: StaffRequest, subject: str) -> HttpResponse:
    """The statements of one subject that hold the words searched for."""
    found = _named(subject)
    form = SubjectForm(subject=found, signed=_signed(request, found))
    return _page(request, found, form)


@requires(Permission.KNOWLEDGE_SIGN, "POST")
@step_up("sign rules for your clinic")
def sign(request: StaffRequest, subject: str) -> HttpResponse:
    """Sign a subject off as it was shown, with the clinic's own days."""
    found = _named(subject)
    form = SubjectForm(request.POST, subject=found, signed=_signed(request, found))
    if act(
        request,
        lambda: sign_subject(
            clinic=request.acting.clinic,
            subject=found,
            numbers=values_of(form),  # type: ignore[arg-type]
            **as_seen(request),
        ),
        form=form,
        done=f"Signed off: {found.title}.",
    ):
        return redirect("medications:subject", found.key)
    return _page(request, found, form)


def _signed(request: StaffRequest, subject: RoomSubject) -> SubjectSignOff | None:
    return signatures_of(request.acting.clinic.pk).get(subject.key)


def _page(
    request: StaffRequest, subject: RoomSubject, form: SubjectForm
) -> HttpResponse:
    text = request.GET.get("q", "").replace("\x00", "")[:100]
    signed = _signed(request, subject)
    own = signed.numbers if signed else {}
    parts = of_subject(subject.key)
    choices = subject.choices()
    context = {
        "subject": subject,
        "subjects": SUBJECTS.values(),
        "statements": subject.found(text),
        "text": text,
        "total": len(subject.found("")),
        "signed": signed,
        "is_due": signed is None or signed.digest != subject.digest,
        # What was chosen once may be no clinic's to choose any more.
        "own": [(choices[n].meaning, own[n]) for n in own if n in choices],
        "before_use": [part for part in parts if part.is_held],
        "not_held": [part for part in parts if not part.is_held],
        "form": form,
    }
    status = status_of(form)
    return render(request, "medications/room.html", context, status=status)
