"""The door of the text gateway: replies come in here."""

import hmac
import json
from collections.abc import Sequence

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from accounts import tenancy
from aftercare.actions.text_replies import find_texters, take_reply, unknown_number
from aftercare.models import MessageWish
from patients.telephones import machine_form

# A text message is at most ten parts of 160 signs.
LONGEST_TEXT, LONGEST_BODY, LONGEST_NAME = 2_000, 10_000, 200
EXPECTED = "A reply is JSON with from, text and id, each a text; the text has at most 2000 signs."


# The gateway has no page and no cookie: its token is the proof.
@csrf_exempt
@require_POST
@sensitive_variables()
def take(request: HttpRequest) -> HttpResponse:
    """Take one reply in, and say what to text back."""
    if not settings.TEXT_REPLY_TOKEN:
        raise Http404
    shown = request.headers.get("Authorization", "")
    wanted = f"Bearer {settings.TEXT_REPLY_TOKEN}"
    if not hmac.compare_digest(shown.encode(), wanted.encode()):
        return JsonResponse({"error": "Not the token of the gateway."}, status=401)
    told = _told_in(request)
    if told is None:
        return JsonResponse({"error": EXPECTED}, status=400)
    number, text, name = told
    found = find_texters(machine_form(number))
    return JsonResponse({"reply": _take(found, text, name)})


def _take(found: Sequence[tuple[int, int]], text: str, name: str) -> str:
    if not found:
        return unknown_number()
    clinics, rows = zip(*found, strict=True)
    with tenancy.clinics(sorted(set(clinics)), actor="text gateway"):
        wishes = (
            MessageWish.objects.filter(pk__in=rows)
            .select_related("patient__clinic")
            .order_by("-agreed_at", "-pk")
        )
        return take_reply(wishes=list(wishes), text=text, key=name, at=timezone.now())


def _told_in(request: HttpRequest) -> tuple[str, str, str] | None:
    """Number, text and name of a reply; None where it is none."""
    if len(request.body) > LONGEST_BODY:
        return None
    try:
        told = json.loads(request.body)
    except ValueError:
        return None
    parts = told if isinstance(told, dict) else {}
    said = [parts.get(part) for part in ("from", "text", "id")]
    if not all(isinstance(part, str) and part.strip() for part in said):
        return None
    number, text, name = map(str, said)
    try:
        f"{number}{name}".encode()
    except UnicodeEncodeError:
        # Half a sign, which no key can be made of.
        return None
    is_short = len(text) <= LONGEST_TEXT and len(name) <= LONGEST_NAME
    return (number, text, name) if is_short else None
