"""Context of every page's shell: the bar with the alerts that whoever acts was told of."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.access import Acting
from accounts.permissions import Permission
from aftercare.record.alerts import alert_bar_of


def with_alert_bar(request: HttpRequest) -> dict[str, object]:
    """Read where a page shows it; of nobody who reads no charts."""
    acting: Acting | None = getattr(request, "acting", None)
    if acting is None or not acting.may(Permission.PATIENT_VIEW):
        return {}
    return {"alert_bar": SimpleLazyObject(lambda: alert_bar_of(acting))}
