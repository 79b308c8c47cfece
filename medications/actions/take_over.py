"""Signing here what a sister clinic signed: by whoever acts here, noting whence."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.access import may_at
from accounts.models import Clinic, Staff
from accounts.permissions import Permission
from accounts.refusals import Refused, RightMissing
from accounts.tenancy import clinic_day
from knowledge.cards import Card
from knowledge.editions import knowledge
from medications.actions.editions import keep_edition
from medications.knowledge_pages.sister_signoffs import (
    Signature,
    SisterItem,
    sister_sign_offs,
)
from medications.models import RuleSignOff, SubjectSignOff


class NotSignedThere(Refused):
    """The sister clinic signed no such thing, or what it signed differs here."""


class NotAsListed(Refused):
    """What the list showed was signed or changed meanwhile, here or there."""


@transaction.atomic
def take_over(
    *,
    clinic: Clinic,
    sister: Clinic,
    shown: Mapping[str, str],
    by: Staff,
    at: datetime,
) -> list[Signature]:
    """Answer here for what the sister clinic signed, item by item, each as it was
    `shown`; one that may not be taken over is refused, and with it all of them."""
    for site in (clinic, sister):
        if not may_at(by, site.pk, Permission.KNOWLEDGE_SIGN):
            raise RightMissing(f"You do not sign at {site.name}.")
    # One signing at a time: the second has to see the first.
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    signed = sister_sign_offs(clinic, sister, by=by, on=clinic_day(clinic, at))
    chosen = [_item(signed.items, key, digest) for key, digest in shown.items()]
    keep_edition(clinic_id=clinic.pk, known=knowledge(), at=at)
    return [_sign(clinic, sister, one, by, at) for one in chosen]


def _item(items: tuple[SisterItem, ...], key: str, shown: str) -> SisterItem:
    found = next((one for one in items if one.key == key), None)
    if found is None:
        raise NotSignedThere(f"Nobody signed {key} there.")
    if found.shown != shown:
        raise NotAsListed(
            f"Not signed: {key} was signed or has changed meanwhile. The list shows it"
            " as it is now; read it, then sign."
        )
    if not found.is_ready:
        raise NotSignedThere(f"{key} differs here. Read it and sign it by itself.")
    return found


def _sign(
    clinic: Clinic, sister: Clinic, item: SisterItem, by: Staff, at: datetime
) -> Signature:
    row = _row_of(item)
    row.clinic, row.taken_from = clinic, sister
    row.knowledge_digest = knowledge().digest
    row.signed_at, row.signed_by = at, by
    row.save()
    audit.record(
        "knowledge.taken_over",
        row,
        by=by,
        at=at,
        about=item.key,
        site=sister.name,
        site_id=sister.pk,
        signature=item.signature.pk,
    )
    return row


def _row_of(item: SisterItem) -> Signature:
    """What is signed here: the rule as it ships, or the subject with this clinic's days,
    which are theirs."""
    if isinstance(item.about, Card):
        return RuleSignOff(
            rule=item.key,
            version=item.about.version,
            stance=RuleSignOff.Stance.AS_IS,
        )
    return SubjectSignOff(
        subject=item.key,
        digest=item.about.digest,
        numbers=item.signature.numbers,
    )
