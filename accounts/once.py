"""The once-only token of a form, and the answer that is given again.

Each form carries a fresh token (`accounts.templatetags.once`), each part that saves
itself sends one as a header. It is written down with its answer in the transaction of
the act: sent again, even at the same moment, it is answered and not done again.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.crypto import salted_hmac

from accounts import submissions, unsent
from accounts.access import Acting
from accounts.models import SentForm
from accounts.typed_text import typed_in

FIELD, HEADER = "once", "X-Once"
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
BYTES = 18
BAD, GONE, CONFLICT = 400, 404, 409
# They say how the request was made, not what it asks for.
NOT_CONTENT = ("csrfmiddlewaretoken", FIELD)

type Handler = Callable[[HttpRequest], HttpResponse]


def fresh_token() -> str:
    return secrets.token_urlsafe(BYTES)


def repeatable[View](why: str) -> Callable[[View], View]:
    """Let a view be asked again without a token; `why` says what makes that harmless."""

    def mark(view: View) -> View:
        view.repeatable = why  # type: ignore[attr-defined]
        return view

    return mark


def answered_once(
    request: HttpRequest, acting: Acting, get_response: Handler, *, at: datetime
) -> HttpResponse:
    """Answer an unsafe request, or give the answer that it got before."""
    if is_repeatable(request):
        return get_response(request)
    token = _token_of(request)
    if not token:
        return refused(request, "accounts/no_token.html", BAD)
    digest = _digest_of(request)
    row = submissions.claim(
        clinic=acting.clinic,
        staff=acting.staff,
        token=token,
        digest=digest,
        at=at,
    )
    if row is None:
        return _again(request, acting, token, digest)
    response = get_response(request)
    if response.status_code == GONE and any(f.is_shown for f in typed_in(request.POST)):
        response = refused(request, "accounts/gone.html", GONE)
    taken = _is_taken(request, response)
    _keep(request, row, response)
    waiting = request.POST.get("unsent", "")
    if taken and waiting.isdecimal() and len(waiting) < len(str(2**62)):
        unsent.drop(acting.staff, int(waiting))
    return response


def _is_taken(request: HttpRequest, response: HttpResponse) -> bool:
    """It was done, or its page shows what was typed, with what is wrong in it; one that
    leads on to a refusal did neither."""
    is_refusal = any(m.level >= messages.ERROR for m in _queued(request))
    return response.status_code <= BAD and not is_refusal


def _queued(request: HttpRequest) -> Iterable[Message]:
    """What the next page will say."""
    return getattr(messages.get_messages(request), "_queued_messages", ())


def is_repeatable(request: HttpRequest) -> bool:
    """Whether the view may be asked again: nothing is lost where it was not answered."""
    if request.method in SAFE:
        return True
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return True
    return hasattr(view, "repeatable")


def is_form_sent(request: HttpRequest, acting: Acting, *, at: datetime) -> bool:
    """Whether the form around a part that saves itself has been taken: what is late for
    it belongs to nothing. One that is being answered at this moment is waited for."""
    token = request.POST.get(FIELD, "")
    if not TOKEN.fullmatch(token):
        return False
    row = submissions.claim(
        clinic=acting.clinic, staff=acting.staff, token=token, digest="", at=at
    )
    if row is None:
        return True
    submissions.forget(row)
    return False


def _token_of(request: HttpRequest) -> str:
    text = request.headers.get(HEADER) or request.POST.get(FIELD, "")
    return text if TOKEN.fullmatch(text) else ""


def _digest_of(request: HttpRequest) -> str:
    """Where it goes and what it says; keyed, since it may say a password."""
    fields = sorted(
        (name, values)
        for name, values in request.POST.lists()
        if name not in NOT_CONTENT
    )
    files = []
    for name, of_field in sorted(request.FILES.lists()):
        for file in of_field:
            content = hashlib.sha256()
            for chunk in file.chunks():
                content.update(chunk)
            file.seek(0)
            files.append((name, content.hexdigest()))
    text = json.dumps([request.method, request.get_full_path(), fields, files])
    return salted_hmac("accounts.once", text, algorithm="sha256").hexdigest()


def _again(
    request: HttpRequest, acting: Acting, token: str, digest: str
) -> HttpResponse:
    """What the first got, for the same content; for other content what was typed."""
    before = submissions.earlier(acting.staff, token)
    if before is None or before.digest != digest:
        return refused(request, "accounts/sent_already.html", CONFLICT)
    for level, words, tags in before.messages:
        messages.add_message(request, level, words, extra_tags=tags)
    if "Location" in before.headers:
        return HttpResponseRedirect(before.headers["Location"])
    return HttpResponse(before.body, status=before.status, headers=before.headers)


def _keep(request: HttpRequest, row: int, response: HttpResponse) -> None:
    """Write the answer down; what did nothing may be sent again, corrected."""
    if response.status_code >= BAD or response.streaming:
        if response.status_code < 500:
            submissions.forget(row)
        return
    kept = {
        name: value
        for name, value in response.headers.items()
        if name in ("Location", "Content-Type") or name.startswith("HX-")
    }
    submissions.keep(
        row,
        SentForm(
            status=response.status_code,
            headers=kept,
            messages=[
                (m.level, _clear(str(m)), m.extra_tags or "") for m in _queued(request)
            ],
            body=_clear(response.text),
        ),
    )


def _clear(text: str) -> str:
    """Without what no column of text can hold."""
    return text.replace("\x00", "")


def refused(
    request: HttpRequest, template: str, status: int, *, shows_typed: bool = True
) -> HttpResponse:
    """A page that says why a form was not taken, with what was typed into it."""
    part = "#part" if request.headers.get("HX-Request") == "true" else ""
    typed = typed_in(request.POST) if shows_typed else []
    context = {
        "typed": typed,
        "path": request.get_full_path(),
        "has_files": bool(request.FILES),
    }
    response = render(request, f"{template}{part}", context, status=status)
    # Read by static/js/mainstay.js, which says it where a part of a page was to come.
    response["X-Not-Done"] = "once"
    return response
