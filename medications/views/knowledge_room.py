"""Everything in the knowledge that is no rule, by subject."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts.access import StaffRequest, requires
from accounts.doors import act, as_seen
from accounts.permissions import Permission
from medications.actions.sign_subjects import sign_subject
from medications.knowledge_pages.room import SUBJECTS, RoomSubject
from medications.knowledge_pages.subject_signoffs import signatures_of


def _named(subject: str) -> RoomSubject:
    found = SUBJECTS.get(subject)
    if found is None:
        raise Http404
    return found


@requires(Permission.KNOWLEDGE_VIEW, "GET")
def subject(request: StaffRequest, subject: str) -> HttpResponse:
    """The statements of one subject that hold the words searched for."""
    found = _named(subject)
    signed = signatures_of(request.acting.clinic.pk).get(found.key)
    text = request.GET.get("q", "").replace("\x00", "")[:100]
    context = {
        "subject": found,
        "subjects": SUBJECTS.values(),
        "statements": found.found(text),
        "text": text,
        "total": len(found.found("")),
        "signed": signed,
        "is_due": signed is None or signed.digest != found.digest,
        "digest": found.digest,
    }
    return render(request, "medications/room.html", context)


@requires(Permission.KNOWLEDGE_SIGN, "POST")
def sign(request: StaffRequest, subject: str) -> HttpResponse:
    """Sign a subject off as it was shown."""
    found = _named(subject)
    act(
        request,
        lambda: sign_subject(
            clinic=request.acting.clinic, subject=found, **as_seen(request)
        ),
        done=f"Signed off: {found.title}.",
    )
    return redirect("medications:subject", found.key)
