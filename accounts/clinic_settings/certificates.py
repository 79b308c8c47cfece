"""Certificates of a clinic and the days that they have left."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from accounts.models import Clinic

# Days before its end at which the admins are reminded of a certificate.
REMINDED_AT = (90, 30, 7, 0)


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate that ends on a day."""

    key: str
    name: str
    until: date

    def days_left(self, on: date) -> int:
        return (self.until - on).days

    def reminder(self, on: date) -> int | None:
        """The reminder that is due: the least number of days that it has come to."""
        left = self.days_left(on)
        return min((step for step in REMINDED_AT if left <= step), default=None)


def certificates_of(clinic: Clinic) -> tuple[Certificate, ...]:
    """Those with a known end, the first to end first."""
    return tuple(sorted(_known(clinic), key=lambda one: one.until))


def ending(clinic: Clinic, on: date) -> tuple[Certificate, ...]:
    """Those that are over or soon will be."""
    return tuple(one for one in certificates_of(clinic) if one.reminder(on) is not None)


def _known(clinic: Clinic) -> Iterator[Certificate]:
    of_program = (
        ("program_until", "Opioid treatment program certificate", clinic.program_until),
        ("accredited_until", "Accreditation", clinic.accredited_until),
    )
    of_injections = (
        ("sublocade_until", "Sublocade REMS", clinic.sublocade_until),
        ("brixadi_until", "Brixadi REMS", clinic.brixadi_until),
    )
    held = (of_program if clinic.is_otp else ()) + (
        of_injections if clinic.is_rems_certified else ()
    )
    for key, name, until in held:
        if until is not None:
            yield Certificate(key, name, until)
