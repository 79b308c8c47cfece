"""Small words of the interface: symbols, days, and where one is."""

import re
from datetime import date, datetime
from urllib.parse import urlencode

from django import forms, template
from django.db.models import Model
from django.forms import BoundField
from django.http import QueryDict
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from accounts.refusals import revision_of
from accounts.tenancy import day_here
from knowledge.wording import dates

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A symbol from the sprite; the word stands beside it."""
    return format_html(
        '<svg class="mst-icon" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag
def shown(row: Model) -> SafeString:
    """What a button says of the row that stands beside it."""
    return format_html(
        '<input type="hidden" name="shown" value="{}">', revision_of(row)
    )


# What Django says of an empty field, and what it is to say: what to do, by kind of field.
TOO_LONG = re.compile(
    r"Ensure this value has at most (\d+) characters? \(it has (\d+)\)\."
)
REQUIRED = str(forms.Field.default_error_messages["required"])
WHAT_TO_DO: tuple[tuple[type[forms.Field], str], ...] = (
    (forms.MultipleChoiceField, "Choose at least one."),
    (forms.ModelMultipleChoiceField, "Choose at least one."),
    (forms.ChoiceField, "Choose one."),
    (forms.ModelChoiceField, "Choose one."),
    (forms.DateField, "Say which day."),
    (forms.DateTimeField, "Say when."),
    (forms.FileField, "Choose a file."),
    (forms.BooleanField, "Tick it to go on."),
)


@register.filter
def error_words(field: BoundField, error: str) -> str:
    """What is wrong at a field, in words that say what to do."""
    if long := TOO_LONG.fullmatch(error):
        most, typed = (int(number) for number in long.groups())
        return f"Too long by {typed - most}: at most {most} characters."
    if error != REQUIRED:
        return error
    kinds = (words for kind, words in WHAT_TO_DO if isinstance(field.field, kind))
    return next(kinds, "Fill this in.")


@register.filter
def summary_line(field: BoundField, error: str) -> str:
    """The same with the name of its field, for the summary above a form: a label that
    asks is no question there."""
    return f"{str(field.label).rstrip(' ?:.…')}: {error_words(field, error)}"


@register.filter
def day(value: date | datetime | None) -> str:
    """`Thu 26 Nov`, with the year only where it is not this one."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = day_here(value)
    return dates.day_named(value, day_here(timezone.now()))


@register.filter
def short_day(value: date | None) -> str:
    """The same without its weekday, for a window of days."""
    return "" if value is None else dates.short_day(value, day_here(timezone.now()))


@register.filter
def month_and_year(value: date) -> str:
    return dates.month_named(value)


@register.filter
def month_name(value: date) -> str:
    """The same without its year, beside a month that has it."""
    return dates.month_named(value).partition(" ")[0]


@register.filter
def day_and_time(value: datetime | None) -> str:
    """`Thu 26 Nov, 09:06` in the clinic's time zone, 24 hours."""
    if value is None:
        return ""
    return dates.moment_named(timezone.localtime(value), day_here(timezone.now()))


@register.filter
def clock(value: datetime | None) -> str:
    return "" if value is None else dates.clock(timezone.localtime(value))


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: object) -> str:
    """This page's query string with `changes`; None takes a parameter away."""
    query: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return "?" + urlencode(sorted(query.items()))


@register.filter
def listed(value: object) -> object:
    """A list as words with commas between; anything else as it is."""
    return ", ".join(map(str, value)) if isinstance(value, list) else value


@register.filter
def breakable(text: str) -> SafeString:
    """Words that may go on in the next line after a slash, and nowhere else."""
    return format_html_join(mark_safe("/<wbr>"), "{}", ((p,) for p in text.split("/")))


@register.filter
def get(mapping: dict[str, object], key: str) -> object:
    return mapping.get(key)
