"""Opening of an empty site by whoever holds its key, and of a clinic for people."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts import actions, audit
from accounts.models import Clinic, FirstRunKey, Staff
from accounts.permissions import Role
from accounts.refusals import Refused

KEY_BYTES = 24
# Long enough to walk to the machine, short enough that a log does not keep the door open.
KEY_LIVES = timedelta(hours=24)


class SiteInUse(Refused):
    """There is a clinic already: the first page is shut for good."""


class KeyRefused(Refused):
    """No key of this site, or one that was used or is too old."""

    field = "key"


class StepsOpen(Refused):
    """Something that has to be set before people are registered is not."""


def is_empty() -> bool:
    """Whether nobody has begun here yet."""
    return not Clinic.objects.exists()


@transaction.atomic
def make_key(*, at: datetime) -> str:
    """A new key, told once; older ones hold no longer."""
    if not is_empty():
        raise SiteInUse("There is a clinic here already: no key is needed.")
    FirstRunKey.objects.filter(used_at=None).delete()
    key = secrets.token_urlsafe(KEY_BYTES)
    FirstRunKey.objects.create(
        digest=_digest(key), made_at=at, expires_at=at + KEY_LIVES
    )
    return key


def _digest(key: str) -> str:
    return hashlib.sha256(key.strip().encode()).hexdigest()


@transaction.atomic
def open_site(
    *, key: str, clinic: Mapping[str, Any], admin: Mapping[str, str], at: datetime
) -> Staff:
    """Open the first clinic with its first admin, who still has to set a password.

    The key is held first: two at once are one clinic.
    """
    held = FirstRunKey.objects.select_for_update().filter(digest=_digest(key)).first()
    if held is None or held.used_at is not None or held.expires_at <= at:
        raise KeyRefused(
            "This key does not open the site: it is mistyped, used, or older than a day."
        )
    if not is_empty():
        raise SiteInUse("There is a clinic here already.")
    held.used_at = at
    held.save(update_fields=["used_at"])
    opened = actions.open_clinic(**clinic, at=at)
    return actions.invite_staff(
        clinic=opened, **admin, credentials="", roles=[Role.ADMIN], by=None, at=at
    )


@transaction.atomic
def open_for_people(
    *, clinic: Clinic, waiting: list[str], by: Staff, at: datetime
) -> Clinic:
    """Let people be registered, once nothing that this needs is waiting."""
    if waiting:
        raise StepsOpen(f"First: {', '.join(waiting)}.")
    clinic = Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    if not clinic.takes_people:
        clinic.takes_people = True
        clinic.save(update_fields=["takes_people"])
        audit.record("clinic.opened_for_people", clinic, by=by, at=at, clinic=clinic)
    return clinic
