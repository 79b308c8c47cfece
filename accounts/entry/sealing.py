"""Sealed secrets: kept so that whoever reads the database alone cannot use them.

The first key seals, every key opens: a new one is put in front, the old one stays until
`manage.py seal_again` has been through.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"mainstay second factors"


class CannotOpen(Exception):
    """No key that is set opens this: MAINSTAY_FACTOR_KEYS lacks the one that sealed it."""


def seal(secret: str) -> str:
    return _keys().encrypt(secret.encode()).decode()


def opened(sealed: str) -> str:
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as reason:
        raise CannotOpen from reason


def sealed_again(sealed: str) -> str:
    """The same under the first key."""
    try:
        return _keys().rotate(sealed.encode()).decode()
    except InvalidToken as reason:
        raise CannotOpen from reason


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in settings.FACTOR_KEYS])


def _derived(key: str) -> bytes:
    """A key for this purpose alone: what else the same words are used for tells nothing."""
    made = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=PURPOSE)
    return base64.urlsafe_b64encode(made.derive(key.encode()))
