"""The chart's header, on pages of every app.

Pages of lower apps show what higher apps know (follow-ups, plan) without
importing them: their templates name this tag (docs/adr/0006).
"""

from datetime import datetime

from django import template
from django.utils import timezone

from accounts.tenancy import day_here
from aftercare.record.events.dangers import dangers_of
from patients.models import Patient
from reports.chart.header import Header, header_of
from reports.chart.left import for_stage

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


def _header(context: template.Context, patient: Patient, now: datetime) -> Header:
    return header_of(
        patient,
        at=now,
        subject=context.get("subject"),
        owed=context.get("open_follow_ups"),
        concerns=context.get("open_concerns"),
    )


@register.inclusion_tag("components/chart_header.html", takes_context=True)
def chart_header(
    context: template.Context, patient: Patient, tab: str = ""
) -> dict[str, object]:
    """The header; a page that has read it already hands it over as `header`, one that
    has put the person's facts together as `subject`, one that has read what is owed and
    the concerns as `open_follow_ups` and `open_concerns`, one that has read the events
    what they warn of as `event_dangers`."""
    now = timezone.now()
    header = context.get("header") or for_stage(
        _header(context, patient, now), patient, now
    )
    today = day_here(now)
    dangers = context.get("event_dangers", getattr(header, "dangers", None))
    return {
        "patient": patient,
        "dangers": dangers_of(patient.pk, today) if dangers is None else dangers,
        "may": context.get("may", ()),
        "age": patient.age_on(today),
        "header": header,
        "tab": tab,
        "tabs": TABS,
    }
