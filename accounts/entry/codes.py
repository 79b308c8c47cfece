"""One-time codes of an app, and recovery codes: made, read and compared."""

import secrets
from datetime import datetime

import pyotp
import segno

ISSUER = "Mainstay"
# Codes of the half minutes beside this one are taken too: clocks go wrong.
NEAR = (0, -1, 1)
PERIOD = 30
# No letter or digit that is taken for another one.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
RECOVERY_CODES, GROUPS, GROUP = 10, 4, 4


def new_secret() -> str:
    return pyotp.random_base32()


def step_of(at: datetime) -> int:
    return int(at.timestamp()) // PERIOD


def step_of_code(secret: str, typed: str, *, at: datetime) -> int | None:
    """The half minute that a code is of; None where it is of none near this one."""
    code, totp = _digits(typed), pyotp.TOTP(secret, interval=PERIOD)
    found = None
    for near in NEAR:
        step = step_of(at) + near
        # Each is compared, so that the time taken tells nothing.
        if secrets.compare_digest(totp.generate_otp(step), code) and found is None:
            found = step
    return found


def _digits(typed: str) -> str:
    return "".join(c for c in typed if c in "0123456789")[:12]


def address_of(secret: str, email: str) -> str:
    """What an app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def picture(secret: str, email: str) -> str:
    """The same as SVG, to be scanned."""
    code = segno.make(address_of(secret, email), error="m")
    return code.svg_inline(scale=4, border=2, title="Code to scan with the app")


def in_groups(secret: str) -> str:
    """To be typed where nothing can be scanned."""
    return " ".join(secret[at : at + GROUP] for at in range(0, len(secret), GROUP))


def new_recovery_codes() -> list[str]:
    return [
        "-".join(
            "".join(secrets.choice(ALPHABET) for _ in range(GROUP))
            for _ in range(GROUPS)
        )
        for _ in range(RECOVERY_CODES)
    ]


def as_recovery_code(typed: str) -> str:
    """As it was given out, however it was typed; empty where it is none."""
    letters = "".join(c for c in typed.casefold() if c in ALPHABET)
    if len(letters) != GROUPS * GROUP:
        return ""
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))
