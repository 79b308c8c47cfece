"""Context of every page's shell: the bar with the alerts that whoever acts was told of."""

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.access import Acting
from accounts.permissions import Permission
from aftercare.record.alerts import AlertBar, alert_bar_of

# That nobody calls is not asked anew for this long: the bar asks by itself each minute,
# and the e-mail waits for no page.
QUIET_SECONDS = 10


def with_alert_bar(request: HttpRequest) -> dict[str, object]:
    """Read where a page shows it; of nobody who reads no charts."""
    acting: Acting | None = getattr(request, "acting", None)
    if acting is None or not acting.may(Permission.PATIENT_VIEW):
        return {}
    return {"alert_bar": SimpleLazyObject(lambda: _bar_of(acting))}


def _bar_of(acting: Acting) -> AlertBar | None:
    """On a quiet day no statement of the page's: most pages are read on such days."""
    key = f"no-alert:{acting.clinic.pk}:{acting.staff.pk}"
    if cache.get(key):
        return None
    found = alert_bar_of(acting)
    if found is None:
        cache.set(key, "yes", QUIET_SECONDS)
    return found
