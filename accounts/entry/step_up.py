"""The second look at who is there: asked at doors that sign, decide, order, hand out
rights or files. Good for ten minutes; what was typed comes back with the answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial, wraps
from typing import Concatenate

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from accounts.access import StaffRequest, way_back
from accounts.entry import passkeys
from accounts.entry.actions.proofs import (
    CODE,
    PASSKEY,
    PASSWORD,
    RECOVERY,
    Proof,
    ProofResult,
    prove,
)
from accounts.entry.passkeys import answer_in
from accounts.entry_rows import CodeApp, Passkey
from accounts.models import Staff
from accounts.once import SAFE
from accounts.refusals import NotConfirmed
from accounts.typed_text import typed_in

CONFIRMED_AT = "confirmed_at"
FORBIDDEN, BAD, OK = 403, 400, 200
# Their names say that they are secret (`typed_text.SECRET`): never shown, never kept.
FIELDS = {
    "proof_passkey": PASSKEY,
    "proof_code": CODE,
    "proof_recovery": RECOVERY,
    "proof_password": PASSWORD,
}


@dataclass(frozen=True, slots=True)
class WaysToProve:
    """What a page that asks for a proof offers to this person."""

    has_app: bool
    passkey_options: str
    refused: ProofResult | None


def is_confirmed(request: HttpRequest, *, at: datetime) -> bool:
    """Whether who is there proved it lately, by signing in too."""
    confirmed = request.session.get(CONFIRMED_AT, 0)
    return bool(at.timestamp() - confirmed < settings.CONFIRMED_SECONDS)


def note_confirmed(request: HttpRequest, *, at: datetime) -> None:
    request.session[CONFIRMED_AT] = at.timestamp()


def proof_in(request: HttpRequest, ways: Mapping[str, str] = FIELDS) -> Proof | None:
    """The proof that came with a form; None where none did."""
    for field, way in ways.items():
        typed = request.POST.get(field, "")
        if typed:
            answer = answer_in(request, field) if way == PASSKEY else None
            return Proof(way, "" if answer else typed, answer)
    return None


def ways_to_prove(
    request: HttpRequest, staff: Staff, refused: ProofResult | None = None
) -> WaysToProve:
    held = list(Passkey.objects.filter(staff=staff))
    return WaysToProve(
        CodeApp.objects.filter(staff=staff).exists(),
        passkeys.to_use(request, held) if held else "",
        refused,
    )


def step_up[**P](
    words: str, *, to_look: bool = False
) -> Callable[
    [Callable[Concatenate[StaffRequest, P], HttpResponse]],
    Callable[Concatenate[StaffRequest, P], HttpResponse],
]:
    """Have a view done by who proved lately that it is them; `words` say what is done.

    A page may be looked at without, unless `to_look`. What is wrong with a form is said
    first, by the view itself: the act alone asks (`accounts.doors`). Stands below
    `requires`.
    """

    def decorate(
        view: Callable[Concatenate[StaffRequest, P], HttpResponse],
    ) -> Callable[Concatenate[StaffRequest, P], HttpResponse]:
        @wraps(view)
        def asked(
            request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponse:
            do = partial(view, request, *args, **kwargs)
            looks = request.method in SAFE
            if is_confirmed(request, at=request.at) or (looks and not to_look):
                return do()
            if looks:
                query = urlencode({"next": way_back(request)})
                return redirect(f"{reverse('accounts:confirm')}?{query}")
            result = _proven(request)
            if result is not None and result.holds:
                return do()
            return _not_yet(request, words, result, None if to_look else do)

        asked.step_up = words  # type: ignore[attr-defined]
        return asked

    return decorate


def _not_yet(
    request: StaffRequest,
    words: str,
    refused: ProofResult | None,
    view: Callable[[], HttpResponse] | None,
) -> HttpResponse:
    """What a view has against what was typed; the question who is there where it would
    act, or where there is no view to ask in front."""
    try:
        return (
            _short_of_acting(request, view) if view else _asks(request, words, refused)
        )
    except NotConfirmed as act:
        return _asks(request, words, refused, act.about)


def _short_of_acting(
    request: StaffRequest, view: Callable[[], HttpResponse]
) -> HttpResponse:
    """What a view has against what was typed; `NotConfirmed` where it would act.

    The doors do nothing meanwhile. A view that finds nothing wrong and gets to its end
    without them is undone.
    """
    request.is_unproven = True  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            response = view()
            if response.status_code < BAD:
                raise NotConfirmed
    finally:
        request.is_unproven = False  # type: ignore[attr-defined]
    return response


def _proven(request: StaffRequest) -> ProofResult | None:
    proof = proof_in(request)
    if proof is None:
        return None
    result = prove(staff=request.user, proof=proof, at=request.at)
    if result.holds:
        note_confirmed(request, at=request.at)
    return result


def _asks(
    request: StaffRequest,
    words: str,
    refused: ProofResult | None,
    about: Sequence[str] = (),
) -> HttpResponse:
    """The same form once more, hidden, beside the question who is there."""
    part = "#part" if request.headers.get("HX-Request") == "true" else ""
    typed = typed_in(request.POST)
    context = {
        "words": words,
        "about": about,
        "typed": typed,
        "shows_typed": any(one.is_shown for one in typed),
        "path": request.get_full_path(),
        "ways": ways_to_prove(request, request.user, refused),
        "has_files": bool(request.FILES),
        "unsent": request.POST.get("unsent", ""),
    }
    response = render(
        request, f"accounts/step_up.html{part}", context, status=FORBIDDEN
    )
    # Read by static/js/mainstay.js, which says it where a part of a page was to come.
    response["X-Not-Done"] = "step-up"
    return response


def confirm_page(request: StaffRequest, path: str) -> HttpResponse:
    """The question alone, in front of a page that is not shown without."""
    result = _proven(request) if request.method == "POST" else None
    if result is not None and result.holds:
        return redirect(path)
    context = {
        "words": "",
        "typed": [],
        "next": path,
        "path": reverse("accounts:confirm"),
        "ways": ways_to_prove(request, request.user, result),
    }
    status = OK if request.method in SAFE else BAD
    return render(request, "accounts/step_up.html", context, status=status)
