"""The chart's header, on pages of every app.

Pages of lower apps show what higher apps know (follow-ups, plan) without
importing them: their templates name this tag (docs/adr/0006).
"""

from django import template
from django.utils import timezone

from accounts.tenancy import day_here
from aftercare.events.dangers import dangers_of
from patients.models import Patient
from reports.chart.header import header_of

register = template.Library()

TABS = (
    ("overview", "Overview", "reports:chart"),
    ("intake", "Intake", "assessments:intake"),
    ("measures", "Measures", "reports:measures"),
    ("medication", "Medication", "medications:decision"),
    ("plan", "Plan", "plans:current"),
    ("aftercare", "Aftercare", "aftercare:of_patient"),
    ("contacts", "Contacts & consent", "patients:contacts"),
    ("history", "History", "reports:history"),
)


@register.inclusion_tag("components/chart_header.html", takes_context=True)
def chart_header(
    context: template.Context, patient: Patient, tab: str = ""
) -> dict[str, object]:
    """The header; a page that has read it already hands it over as `header`, one that
    has put the person's facts together as `subject`, one that has read the events what
    they warn of as `dangers`."""
    now = timezone.now()
    header = context.get("header") or header_of(
        patient, at=now, subject=context.get("subject")
    )
    today, dangers = day_here(now), context.get("dangers")
    return {
        "patient": patient,
        "dangers": dangers_of(patient.pk, today) if dangers is None else dangers,
        "may": context.get("may", ()),
        "age": patient.age_on(today),
        "header": header,
        "tab": tab,
        "tabs": TABS,
    }
