"""Query of the address: which series, which days; nonsense counts as not said."""

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict

from reports.progress.drawing.span import Span, between, latest
from reports.progress.model import ProgressStory, Series

PRESETS = {"90": "90 days", "admission": "Since admission", "all": "All"}
SHORT, ADMISSION, ALL = PRESETS
MOST_SHOWN = 6
# What is drawn where nobody chose: these, or else whatever was given most.
USUAL = ("bam.risk", "phq9")
SHOW = "show"


@dataclass(frozen=True, slots=True)
class Asked:
    """The series by key, the days, and whether every row of the table is wanted."""

    keys: tuple[str, ...]
    preset: str
    span: Span
    is_long: bool = False

    def toggled(self, key: str) -> "Asked":
        """The same with a series more, or without it."""
        if key in self.keys:
            return replace(self, keys=tuple(k for k in self.keys if k != key))
        return replace(self, keys=(*self.keys, key)[-MOST_SHOWN:])

    def over(self, span: Span) -> "Asked":
        return replace(self, span=span, preset="")

    @property
    def query(self) -> str:
        """The address of this very page, after the question mark."""
        told = [(SHOW, key) for key in self.keys] or [(SHOW, "")]
        if self.preset:
            told.append(("range", self.preset))
        else:
            told += [("from", f"{self.span.since}"), ("to", f"{self.span.until}")]
        if self.is_long:
            told.append(("rows", "all"))
        return urlencode(told)


def asked(told: QueryDict, story: ProgressStory) -> Asked:
    """What the address says of what there is."""
    preset = told.get("range", "")
    first, last = _day(told.get("from", "")), _day(told.get("to", ""))
    keys = _keys(told, story)
    is_long = told.get("rows") == "all"
    if first and last:
        return Asked(keys, "", between(first, last), is_long)
    chosen = preset if preset in PRESETS else _usual_range(story)
    return Asked(keys, chosen, span_of(chosen, story), is_long)


def _usual_range(story: ProgressStory) -> str:
    return ADMISSION if story.admitted_on else ALL


def span_of(preset: str, story: ProgressStory) -> Span:
    """The days of a preset; a little is left after today, so that it can be seen."""
    if preset == SHORT:
        return _with_edge(latest(90, story.today))
    begun = story.admitted_on if preset == ADMISSION else None
    return _with_edge(between(begun or story.first, story.today))


def _with_edge(span: Span) -> Span:
    edge = max(round(span.days * 0.015), 1)
    return Span(span.moved(-edge / span.days).since, span.moved(edge / span.days).until)


def _keys(told: QueryDict, story: ProgressStory) -> tuple[str, ...]:
    there = [series.key for series in story.series]
    if SHOW in told:
        wanted = told.getlist(SHOW)
        return tuple(key for key in there if key in wanted)[:MOST_SHOWN]
    usual = tuple(key for key in there if key in USUAL)
    if usual:
        return usual
    return _most_given(story.series)


def _most_given(series: tuple[Series, ...]) -> tuple[str, ...]:
    by_count = sorted(series, key=lambda one: -len(one.readings))
    return tuple(one.key for one in by_count[:2])


def _day(text: str) -> date | None:
    """A day in its usual form, between the years that a chart may be about."""
    if len(text) != 10 or not text.isascii():
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None
