"""Forms of the board of the workers."""

from django import forms
from django.http import QueryDict

from accounts.forms import plain_helper
from jobs.queues import QUEUES

ALL_BUT_SAFETY = "all"
LONGEST_REASON = 200
# A week: what rests for longer has been forgotten.
MOST_MINUTES = 7 * 24 * 60


class PauseForm(forms.Form):
    """Which queue rests, for how long, and why."""

    queue = forms.ChoiceField(label="What rests")
    minutes = forms.IntegerField(
        label="Minutes",
        required=False,
        min_value=1,
        max_value=MOST_MINUTES,
        help_text="Empty: until somebody lets it go on.",
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    reason = forms.CharField(
        label="Why",
        max_length=LONGEST_REASON,
        help_text="Everybody who sees the workers reads it. Nobody's name.",
    )
    helper = plain_helper("queue", "minutes", "reason")

    def __init__(self, data: QueryDict | None = None, *, queue: str = "") -> None:
        super().__init__(data, initial={"queue": queue or ALL_BUT_SAFETY})
        self.fields["queue"].choices = [  # type: ignore[attr-defined]
            (ALL_BUT_SAFETY, "Everything but what lives hang on"),
            *((name, _words(name)) for name in QUEUES),
        ]

    @property
    def queues(self) -> list[str]:
        chosen: str = self.cleaned_data["queue"]
        if chosen != ALL_BUT_SAFETY:
            return [chosen]
        return [name for name, queue in QUEUES.items() if not queue.is_safety]


def _words(name: str) -> str:
    queue = QUEUES[name]
    if queue.rests_at_most is None:
        return queue.title
    minutes = int(queue.rests_at_most.total_seconds() // 60)
    return f"{queue.title} ({minutes} minutes at most)"
