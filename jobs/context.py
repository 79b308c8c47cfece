"""Context of every page's shell: the bar that says that the workers are silent."""

from datetime import datetime

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.access import Acting
from accounts.permissions import Role
from jobs.health import WorkSigns, work_signs

# Everybody at a clinic is told the same, and it is asked once in so many seconds.
ASKED_ANEW_SECONDS = 15


def with_work_signs(request: HttpRequest) -> dict[str, object]:
    """Of those who are called where something is silent: admins and the duty role."""
    acting: Acting | None = getattr(request, "acting", None)
    if acting is None or not is_called(acting):
        return {}
    at: datetime = request.at  # type: ignore[attr-defined]
    return {"work_signs": SimpleLazyObject(lambda: signs_here(acting.clinic.pk, at=at))}


def is_called(acting: Acting) -> bool:
    return bool({Role.ADMIN.value, acting.clinic.duty_role} & acting.roles)


def signs_here(clinic_id: int, *, at: datetime) -> WorkSigns:
    """In no statement of most pages."""
    key = key_of(clinic_id)
    known: WorkSigns | None = cache.get(key)
    if known is None:
        known = work_signs(clinic_id, at=at)
        cache.set(key, known, ASKED_ANEW_SECONDS)
    return known


def forget(clinic_id: int) -> None:
    """What was changed here is told on the next page."""
    cache.delete(key_of(clinic_id))


def key_of(clinic_id: int) -> str:
    return f"work-signs:{clinic_id}"
