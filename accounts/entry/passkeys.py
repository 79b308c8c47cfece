"""Passkeys: what a browser is asked, and what it answered, checked.

The challenge stands in the session until it is answered once.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

import webauthn
from django.http import HttpRequest
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.entry_rows import Passkey

SITE = "Mainstay"
CHALLENGE = "passkey_challenge"
LONGEST = 20_000
# What a device says that cannot be read at all.
UNREADABLE = (
    *(WebAuthnException, ValueError, TypeError, KeyError, AttributeError),
    RecursionError,
)
CREDENTIAL = re.compile(r"[A-Za-z0-9_-]{1,1400}")


@dataclass(frozen=True, slots=True)
class PasskeyAnswer:
    """What a browser sent, with what it was asked and on which site."""

    text: str
    challenge: bytes
    host: str
    origin: str

    @property
    def credential(self) -> str:
        """Which key it says it is of; empty where it says nothing."""
        try:
            read = json.loads(self.text)
        except (ValueError, RecursionError):
            return ""
        found = str(read.get("id")) if isinstance(read, dict) else ""
        return found if CREDENTIAL.fullmatch(found) else ""


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """The public half of a key that was just made."""

    credential: str
    public_key: str
    sign_count: int


def answer_in(request: HttpRequest, field: str) -> PasskeyAnswer | None:
    """What came in a field; its challenge is used up with it."""
    text = request.POST.get(field, "")[:LONGEST]
    if not text:
        return None
    challenge = request.session.pop(CHALLENGE, "")
    return PasskeyAnswer(text, base64url_to_bytes(challenge), *_site(request))


def _site(request: HttpRequest) -> tuple[str, str]:
    host = request.get_host()
    return host.rpartition(":")[0] or host, f"{request.scheme}://{host}"


def _challenge(request: HttpRequest) -> bytes:
    """Of this session: the same on every page of it until it is answered."""
    if CHALLENGE not in request.session:
        fresh = webauthn.helpers.generate_challenge()
        request.session[CHALLENGE] = bytes_to_base64url(fresh)
    return base64url_to_bytes(request.session[CHALLENGE])


def to_make(
    request: HttpRequest, handle: bytes, email: str, name: str, held: Iterable[Passkey]
) -> str:
    """What a browser needs to make a key for this person, as JSON."""
    asked = webauthn.generate_registration_options(
        rp_id=_site(request)[0],
        rp_name=SITE,
        user_id=handle,
        user_name=email,
        user_display_name=name,
        challenge=_challenge(request),
        exclude_credentials=_named(held),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    return webauthn.options_to_json(asked)


def to_use(request: HttpRequest, held: Iterable[Passkey], *, seen: bool = False) -> str:
    """What a browser needs to prove one of these keys, any where none is named, as JSON;
    `seen`: the device has to look who is there."""
    look = UserVerificationRequirement.REQUIRED
    asked = webauthn.generate_authentication_options(
        rp_id=_site(request)[0],
        challenge=_challenge(request),
        allow_credentials=_named(held),
        user_verification=look if seen else UserVerificationRequirement.PREFERRED,
    )
    return webauthn.options_to_json(asked)


def _named(held: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential))
        for one in held
    ]


def made_key(answer: PasskeyAnswer) -> NewPasskey | None:
    """The key that the browser made; None where it does not fit what was asked."""
    try:
        made = webauthn.verify_registration_response(
            credential=answer.text,
            expected_challenge=answer.challenge,
            expected_rp_id=answer.host,
            expected_origin=answer.origin,
        )
    except UNREADABLE:
        return None
    return NewPasskey(
        bytes_to_base64url(made.credential_id),
        bytes_to_base64url(made.credential_public_key),
        made.sign_count,
    )


def proven_count(answer: PasskeyAnswer, key: Passkey, *, seen: bool) -> int | None:
    """How often the key says it was used; None where the answer does not prove it."""
    try:
        used = webauthn.verify_authentication_response(
            credential=answer.text,
            expected_challenge=answer.challenge,
            expected_rp_id=answer.host,
            expected_origin=answer.origin,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
            require_user_verification=seen,
        )
    except UNREADABLE:
        return None
    return used.new_sign_count
