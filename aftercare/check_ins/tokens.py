"""The secret part of a check-in link: worked out, never kept.

160 bits of an HMAC over a random nonce, with the site's secret key. Who reads the
database finds the nonce and a digest, and can make no link of them.
"""

import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256

from django.conf import settings
from django.utils.crypto import salted_hmac

SALT = "aftercare.check_in"
REPLY_SALT = "aftercare.text_reply"
BYTES = 20


def new_nonce() -> str:
    return secrets.token_hex(16)


def token_of(nonce: str, *, key: str | None = None) -> str:
    """The same token for the same nonce, as long as the key is the same."""
    mac = salted_hmac(SALT, nonce, secret=key, algorithm="sha256").digest()
    return urlsafe_b64encode(mac[:BYTES]).decode().rstrip("=")


def digest_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def token_for(nonce: str, digest: str) -> str | None:
    """The token of a link made earlier, also if the key was changed since then."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    tokens = (token_of(nonce, key=key) for key in keys)
    return next((token for token in tokens if digest_of(token) == digest), None)


def digest_of_number(number: str, *, key: str | None = None) -> str:
    """A telephone number as replies find it: keyed, so that the database tells nobody
    which clinic knows a number."""
    return salted_hmac(REPLY_SALT, number, secret=key, algorithm="sha256").hexdigest()


def digests_of_number(number: str) -> list[str]:
    """The same, of whichever key it was kept with."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [digest_of_number(number, key=key) for key in keys]
