"""Everything in the knowledge that is no rule, by subject."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import StaffRequest, requires
from accounts.permissions import Permission
from medications.knowledge_pages.room import SUBJECTS


@require_GET
@requires(Permission.KNOWLEDGE_VIEW)
def subject(request: StaffRequest, subject: str) -> HttpResponse:
    """The statements of one subject that hold the words searched for."""
    found = SUBJECTS.get(subject)
    if found is None:
        raise Http404
    text = request.GET.get("q", "").replace("\x00", "")[:100]
    context = {
        "subject": found,
        "subjects": SUBJECTS.values(),
        "statements": found.found(text),
        "text": text,
        "total": len(found.found("")),
    }
    return render(request, "medications/room.html", context)
