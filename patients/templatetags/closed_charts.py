"""Word of a closed chart on a page: that there is one of this record number, no more."""

from django import template

from accounts.access import Acting
from patients.chart_access import closed_chart
from patients.models import ChartRestriction

register = template.Library()


@register.simple_tag
def closed_chart_of(acting: Acting, text: str) -> ChartRestriction | None:
    """The closed chart whose whole record number was looked for."""
    return closed_chart(acting.clinic, text) if text else None
