"""Rows of forms that were sent: claimed before the act, kept with its answer."""

from datetime import datetime, timedelta

from django.db import connection

from accounts.models import Clinic, SentForm, Staff

KEPT_FOR = timedelta(days=3)


def claim(
    *, clinic: Clinic, staff: Staff, token: str, digest: str, at: datetime
) -> int | None:
    """Write the token down; None where it stands there already.

    One that is being answered at this moment is waited for: PostgreSQL holds the
    second writer of a unique value until the first one's transaction is over.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_sentform"
            " (clinic_id, staff_id, token, digest, at, status, headers, messages, body)"
            " VALUES (%s, %s, %s, %s, %s, 0, '{}', '[]', '')"
            " ON CONFLICT DO NOTHING RETURNING id",
            [clinic.pk, staff.pk, token, digest, at],
        )
        row: tuple[int] | None = cursor.fetchone()
    return row[0] if row else None


def earlier(staff: Staff, token: str) -> SentForm | None:
    return SentForm.objects.visible_to(staff).filter(token=token).first()


def keep(pk: int, answer: SentForm) -> None:
    """Keep the answer that the act got, in the transaction of the act."""
    SentForm.objects.filter(pk=pk).update(
        status=answer.status,
        headers=answer.headers,
        messages=answer.messages,
        body=answer.body,
    )


def forget(pk: int) -> None:
    SentForm.objects.filter(pk=pk).delete()


def forget_old(*, at: datetime) -> int:
    """Remove rows that nobody will send again; returns how many."""
    return SentForm.objects.filter(at__lt=at - KEPT_FOR).delete()[0]
