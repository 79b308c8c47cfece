"""Words in sight at first paint, page by page over the demo clinic, beside the budgets.

Counted in the HTML as sent: what `main` shows before anything is opened. Left out: the
chart header and its tabs (outside `main`), closed folds but for their summary, drawers
that are shut, what is hidden or for screen readers alone, drawings, and what stands in
fields.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from statistics import median

from django.test import Client

# Pages of one person, each with its budget of words (design, part 6).
BUDGETS: Mapping[str, tuple[str, int]] = {
    "overview": ("/people/{pk}/", 170),
    "decision": ("/people/{pk}/medication/", 370),
    "plan": ("/people/{pk}/plan/", 500),
    "aftercare": ("/people/{pk}/aftercare/", 250),
}
VOID = frozenset(["br", "hr", "img", "input", "link", "meta", "use", "path", "circle"])
UNSEEN_TAGS = frozenset(
    ["script", "style", "template", "noscript", "svg", "select", "textarea", "title"]
)
UNSEEN_CLASSES = frozenset(["visually-hidden", "is-shut", "mst-sprite"])


@dataclass(slots=True)
class _Element:
    tag: str
    is_unseen: bool
    # A fold that is closed: of it only the summary is in sight.
    is_closed: bool


@dataclass(slots=True)
class _Counter(HTMLParser):
    """Counts the words of `main` that are in sight."""

    open_elements: list[_Element] = field(default_factory=list)
    words: int = 0

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        given = dict(attrs)
        classes = set((given.get("class") or "").split())
        is_unseen = tag in UNSEEN_TAGS or "hidden" in given
        is_unseen = is_unseen or bool(classes & UNSEEN_CLASSES)
        is_closed = tag == "details" and "open" not in given
        self.open_elements.append(_Element(tag, is_unseen, is_closed))

    def handle_endtag(self, tag: str) -> None:
        while self.open_elements and tag not in VOID:
            if self.open_elements.pop().tag == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._is_in_sight():
            self.words += len(data.split())

    def _is_in_sight(self) -> bool:
        tags = [one.tag for one in self.open_elements]
        if "main" not in tags or any(one.is_unseen for one in self.open_elements):
            return False
        for nth, one in enumerate(self.open_elements):
            if one.is_closed and "summary" not in tags[nth + 1 : nth + 2]:
                return False
        return True


def words_in_sight(page: str) -> int:
    """How many words a page shows before anything of it is opened."""
    counter = _Counter()
    counter.feed(page)
    return counter.words


@dataclass(frozen=True, slots=True)
class PageWords:
    """The words of one page over many people."""

    name: str
    counts: tuple[int, ...]
    budget: int

    def __str__(self) -> str:
        middle = round(median(self.counts)) if self.counts else 0
        mark = "ok" if middle <= self.budget else "over"
        most = max(self.counts, default=0)
        return (
            f"{self.name:<12}{middle:>5} of {self.budget:>3}  {mark:<5}"
            f"most {most}, {len(self.counts)} people"
        )


def page_words(client: Client, people: Iterable[int]) -> Iterator[PageWords]:
    """The pages of these people, as this browser sees them."""
    listed = list(people)
    for name, (path, budget) in BUDGETS.items():
        pages = (client.get(path.format(pk=pk), follow=True) for pk in listed)
        counts = tuple(
            words_in_sight(page.content.decode())
            for page in pages
            if page.status_code == 200
        )
        yield PageWords(name, counts, budget)
