"""Context of every page's shell: the alarm of whoever acts."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.access import Acting
from accounts.permissions import Permission
from aftercare.record.alerts import alarm_of


def alarm_bar(request: HttpRequest) -> dict[str, object]:
    """Read where a page shows it; of nobody who reads no charts."""
    acting: Acting | None = getattr(request, "acting", None)
    if acting is None or not acting.may(Permission.PATIENT_VIEW):
        return {}
    return {"alarm": SimpleLazyObject(lambda: alarm_of(acting))}
