"""Saving the caseload's filters under a name, and deleting them."""

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import Clinic, Staff
from accounts.refusals import Refused
from aftercare.models import SavedView

# Tabs that one person sees at most: more is no choice any longer.
MOST = 12


class NameTaken(Refused):
    """A view of this name is there already."""

    field = "name"


class TooManyViews(Refused):
    """There is no room for another."""


class ViewNotDeleted(Refused):
    """It is there."""


@transaction.atomic
def save_view(
    *, clinic: Clinic, name: str, query: str, is_shared: bool, by: Staff, at: datetime
) -> SavedView:
    """Keep filters, as the address has them, for oneself or for the clinic."""
    Staff.objects.select_for_update(of=("self",)).get(pk=by.pk)
    own = SavedView.objects.filter(clinic=clinic, owner=by, deleted_at=None)
    if own.filter(name__iexact=name).exists():
        raise NameTaken("You have a view of this name. Choose another.")
    if own.count() >= MOST:
        raise TooManyViews(f"You have {MOST} views. Delete one first.")
    view = SavedView.objects.create(
        clinic=clinic,
        name=name,
        query=query,
        owner=by,
        is_shared=is_shared,
        saved_at=at,
    )
    audit.record("saved_view.saved", view, by=by, at=at, is_shared=is_shared)
    return view


@transaction.atomic
def delete_view(*, view: SavedView, by: Staff, at: datetime) -> None:
    """Take a view of one's own off the list, for everybody who saw it."""
    view = _held(view)
    if view.deleted_at is None:
        view.deleted_at = at
        view.save(update_fields=["deleted_at"])
        audit.record("saved_view.deleted", view, by=by, at=at)


@transaction.atomic
def restore_view(*, view: SavedView, by: Staff, at: datetime) -> None:
    """Take a deletion back."""
    view = _held(view)
    if view.deleted_at is None:
        raise ViewNotDeleted("This view is there.")
    same = SavedView.objects.filter(
        clinic=view.clinic_id, owner=by, name__iexact=view.name, deleted_at=None
    )
    if same.exists():
        raise NameTaken("You have another view of this name by now.")
    view.deleted_at = None
    view.save(update_fields=["deleted_at"])
    audit.record("saved_view.restored", view, by=by, at=at)


def _held(view: SavedView) -> SavedView:
    return SavedView.objects.select_for_update(of=("self",)).get(pk=view.pk)
