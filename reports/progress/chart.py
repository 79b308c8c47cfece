"""A chart as a page or a file takes it: drawn twice, described once, with its key."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from textwrap import wrap

from django.utils.safestring import SafeString

from knowledge.wording.dates import whole_day
from reports.progress.drawing import svg
from reports.progress.drawing.canvas import Drawing, Numbered, draw, marks_in
from reports.progress.drawing.frame import BROAD, NARROW, WIDE, FrameForm
from reports.progress.drawing.span import Span
from reports.progress.drawing.styles import FITS, style_of
from reports.progress.model import AxisFit, Doses, ProgressStory, Series

MANY = 12
# Of what goes along with a file, in characters.
LONGEST_LINE = 150


@dataclass(frozen=True, slots=True)
class ChartPicture:
    """One drawing for one width of the page."""

    name: str
    drawing: Drawing
    shapes: SafeString


@dataclass(frozen=True, slots=True)
class Sign:
    """A line of the key: what a line or a sign stands for."""

    icon: str
    words: str

    @property
    def shapes(self) -> SafeString:
        return svg.sign_of_key(self.icon)


@dataclass(frozen=True, slots=True)
class Chart:
    """The pictures, and in words what they show."""

    title: str
    desc: str
    pictures: tuple[ChartPicture, ...]
    key: tuple[Sign, ...]
    marks: tuple[Numbered, ...]
    span: Span
    today: date
    is_empty: bool

    @property
    def until(self) -> date:
        """The last day that there is anything to see of."""
        return min(self.span.until, self.today)


def chart_of(
    story: ProgressStory,
    span: Span,
    series: tuple[Series, ...],
    *,
    is_broad: bool = False,
) -> Chart:
    """The chart for a wide and for a narrow page."""
    forms = (("wide", BROAD if is_broad else WIDE), ("narrow", NARROW))
    return Chart(
        title_of(span, story),
        described(story, span, series),
        tuple(_picture(name, story, span, series, form) for name, form in forms),
        tuple(_key(story, series)),
        tuple(marks_in(story, span)),
        span,
        story.today,
        not any(one.within(span.since, span.until).readings for one in series),
    )


def _picture(
    name: str,
    story: ProgressStory,
    span: Span,
    series: tuple[Series, ...],
    form: FrameForm,
) -> ChartPicture:
    drawing = draw(story, span, series, form)
    return ChartPicture(name, drawing, svg.shapes(drawing))


def file_of(
    story: ProgressStory,
    span: Span,
    series: tuple[Series, ...],
    along: Iterable[str] = (),
) -> str:
    """The broad chart as a file of its own, with its title and key written in, and what
    has to go along."""
    drawing = draw(story, span, series, BROAD)
    return svg.document(
        drawing,
        title=title_of(span, story),
        desc=described(story, span, series),
        key=tuple((sign.icon, sign.words) for sign in _key(story, series)),
        words=tuple(
            f"{one.number}: {one.mark.words}, {whole_day(one.mark.on)}"
            for one in marks_in(story, span)
        ),
        along=tuple(line for words in along for line in wrap(words, LONGEST_LINE)),
    )


def title_of(span: Span, story: ProgressStory) -> str:
    until = min(span.until, story.today)
    return f"Measures from {whole_day(span.since)} to {whole_day(until)}"


def described(story: ProgressStory, span: Span, series: tuple[Series, ...]) -> str:
    """What a reader hears in the place of the picture."""
    seen = [one.within(span.since, span.until) for one in series]
    parts = [_series_words(one) for one in seen if one.readings]
    parts += [_dose_words(one) for one in story.doses]
    parts += list(_sign_words(story, span))
    return " ".join([*parts, "The table below holds every value."])


def _series_words(series: Series) -> str:
    words = [reading.words for reading in series.readings]
    if len(words) > MANY:
        values = sorted(series.readings, key=lambda one: one.value)
        return (
            f"{series.title}: {len(words)} values from {words[0]} to {words[-1]},"
            f" lowest {values[0].words}, highest {values[-1].words}."
        )
    return f"{series.title} {', '.join(words)}."


def _dose_words(doses: Doses) -> str:
    amounts = [f"{step.mg.normalize():f}" for step in doses.steps if step.mg]
    told = amounts[0] if len(set(amounts)) == 1 else f"{amounts[0]} to {amounts[-1]}"
    return f"{doses.title} {told} {doses.unit}."


def _sign_words(story: ProgressStory, span: Span) -> Iterator[str]:
    odd = [s for s in story.specimens if s.fit is AxisFit.UNEXPECTED]
    counts = {
        "unexpected toxicology": sum(span.holds(s.on) for s in odd),
        "missed days": sum(map(span.holds, story.missed)),
        "visits": sum(map(span.holds, story.visits)),
    }
    said = [f"{count} {words}" for words, count in counts.items() if count]
    if said:
        yield f"{', '.join(said).capitalize()}."


def _key(story: ProgressStory, series: tuple[Series, ...]) -> Iterator[Sign]:
    """Only what is drawn."""
    for place, one in enumerate(series):
        yield Sign(style_of(place).letter, one.title)
    fits = {specimen.fit for specimen in story.specimens}
    for fit in FITS:
        if fit in fits:
            yield Sign(FITS[fit], fit.value)
    if story.missed or story.visits_missed:
        yield Sign("miss", "missed")
    if story.visits:
        yield Sign("visit", "visit kept")
