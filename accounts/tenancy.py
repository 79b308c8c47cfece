"""The clinic is the tenant, in the database too.

PostgreSQL compares each row's `clinic_id` with the clinics named for this
transaction (row-level security, see `accounts.protection`), and hides whose chart is
closed to the person on the staff who acts. The names given here last until the transaction ends, or until the block that gave them does.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from typing import Any, Protocol, Self
from zoneinfo import ZoneInfo

from django.db import connection, models, transaction
from django.utils import timezone

from knowledge.wording.dates import day_at

SETTINGS = ("mainstay.clinics", "mainstay.system", "mainstay.actor", "mainstay.hidden")
STAFF = "staff:"


def _read() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting(%s, true), ''),"
            " coalesce(current_setting(%s, true), ''),"
            " coalesce(current_setting(%s, true), ''),"
            " coalesce(current_setting(%s, true), '')",
            SETTINGS,
        )
        row: tuple[str, ...] = cursor.fetchone()
    return row


def _write(values: tuple[str, ...]) -> None:
    pairs = [word for pair in zip(SETTINGS, values, strict=True) for word in pair]
    _set(", ".join(["set_config(%s, %s, true)"] * len(SETTINGS)), pairs)


def _set(settings: str, words: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {settings}", words)


def _name(clinics: str, system: str, actor: str) -> None:
    """Say who acts and at which clinics; with it the people whose charts are closed to
    them, or went into another record, in the same statement."""
    values = zip(SETTINGS, (clinics, system, actor), strict=False)
    hidden = "set_config(%s, mainstay_hidden_from(%s, %s), true)"
    _set(
        ", ".join([*["set_config(%s, %s, true)"] * 3, hidden]),
        [*(word for pair in values for word in pair), SETTINGS[3], clinics, actor],
    )


@contextmanager
def _scope(clinics: str, system: str, actor: str) -> Iterator[None]:
    nested = connection.in_atomic_block
    with transaction.atomic():
        before = _read() if nested else None
        _name(clinics, system, actor)
        yield
        # Inside a wider transaction its own scope comes back; on an error, or where what
        # was done is taken back, the savepoint takes the setting with it.
        if before is not None and not transaction.get_rollback():
            _write(before)


def clinics(ids: Iterable[int], *, actor: str) -> AbstractContextManager[None]:
    """Open a transaction that sees the rows of these clinics alone."""
    return _scope(",".join(str(pk) for pk in ids), "", actor)


def every_clinic(*, actor: str) -> AbstractContextManager[None]:
    """Open a transaction that sees every clinic: sweeps, imports, nothing else."""
    return _scope("", "on", actor)


def kept_as(name: str) -> Any:
    """Of a reference: what it points to cannot be removed, and knows of it by a name."""
    return {"on_delete": models.PROTECT, "related_name": name}


# The same, where what it points to does not know of it.
KEPT = kept_as("+")


def source_once(name: str) -> models.UniqueConstraint:
    """What came from elsewhere comes once, however often it is sent."""
    return models.UniqueConstraint(
        fields=["clinic", "source_key"], condition=~models.Q(source_key=""), name=name
    )


class HasTimeZone(Protocol):
    """A clinic, or what stands for one."""

    @property
    def time_zone(self) -> str: ...


def clinic_clock(clinic: HasTimeZone, at: datetime) -> datetime:
    """The same moment as the clock on the clinic's wall shows it."""
    return at.astimezone(ZoneInfo(clinic.time_zone))


def clinic_day(clinic: HasTimeZone, at: datetime) -> date:
    """The calendar day of the clinic, wherever the server stands."""
    return day_at(at, ZoneInfo(clinic.time_zone))


def day_here(at: datetime) -> date:
    """The same where a page is made: the clock of the clinic at work is the active one."""
    return day_at(at, timezone.get_current_timezone())


class ClinicOwned(models.Model):
    """A row of one clinic. Row-level security, row history and same-clinic
    references are put on every subclass after each migration."""

    # Rows of an append-only table are never changed or removed.
    append_only = False
    # SQL condition on `row`: rows for which it holds are frozen, but for the
    # columns named in `frozen_except`; no row may be added to what is frozen
    # where `frozen_adding` says so.
    frozen_when = ""
    frozen_except: tuple[str, ...] = ()
    frozen_adding = False
    # Without it the rows say nothing that anybody would look back for.
    with_history = True
    # Rows about a person are hidden from staff to whom that chart is closed; these say
    # no more than that it is, and who opened it.
    seen_when_closed = False
    # The one table of people in care, whose ids a closed chart is named by.
    is_person = False
    # Of rows about a person: where two records are made one, they go over to the other.
    moves_with_person = True

    # Not indexed by itself: every table has an index that begins with it.
    clinic = models.ForeignKey("accounts.Clinic", **KEPT, db_index=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """Kind and number alone: what is printed goes into logs, and names nobody."""
        return f"{self._meta.label_lower}:{self.pk}"


class AtClinic(Protocol):
    """Somebody at work at one clinic."""

    @property
    def clinic(self) -> models.Model: ...


class ClinicQuerySet[Row: models.Model](models.QuerySet[Row]):
    """Rows that belong to one clinic each, reached through whose they are."""

    def visible_to(self, acting: AtClinic) -> Self:
        """Those of the clinic where this person acts."""
        return self.filter(clinic=acting.clinic)


class ClinicRow(ClinicOwned):
    """A row that is reached through its clinic, and in no other way."""

    objects = ClinicQuerySet.as_manager()

    class Meta:
        abstract = True
