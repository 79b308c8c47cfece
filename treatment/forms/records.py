"""Starting and stopping a medicine, the dose log, toxicology."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from crispy_forms.layout import Div
from django import forms
from django.utils import timezone

from accounts.forms import PlainText, plain_helper, side_by_side
from assessments.facts import FACTS
from knowledge.formulary.lines import asked_above
from knowledge.wording.amounts import listed, milligrams
from medications.forms.fields import DayField, MomentField, amount_field
from medications.models.medicines import medicine_choices
from treatment.models import DoseEvent, ToxicologyResult

ANALYTES = FACTS["udt"].choices
TESTED = (
    ("", "Not tested"),
    (ToxicologyResult.Result.NEGATIVE, "Not found"),
    (ToxicologyResult.Result.POSITIVE, "Present"),
    (ToxicologyResult.Result.INVALID, "Not valid"),
)


def analyte_words(analyte: str) -> str:
    """`Norfentanyl`, `EDDP`."""
    words = analyte.replace("_", " ")
    return words.upper() if analyte == "eddp" else words.capitalize()


# A digit too many or too few makes an amount about ten times another; half of that is
# asked about.
SLIP = 5
# Beyond what is usual, nobody's dose is raised by as much as half of it at once.
STEP = Decimal("1.5")
# Others may be the amount of several days.
OF_ONE_DOSE = ("", DoseEvent.Kind.PRESCRIBED, DoseEvent.Kind.ADMINISTERED)


class DoseAsked(forms.Form):
    """An amount that may be a slip of the hand: asked about once, then taken."""

    sure = forms.BooleanField(
        label="It is so: I have checked it", required=False, widget=forms.HiddenInput
    )

    def ask_if_unusual(
        self, name: str, medication: str, before: Decimal | None = None
    ) -> None:
        """Compare with the amount `before` it, or else with the formulary."""
        amount, most = self.cleaned_data.get(name), asked_above(medication)
        if amount is None or self.cleaned_data.get("sure"):
            return
        is_over = most is not None and amount > most
        if before and before / SLIP < amount < before * (STEP if is_over else SLIP):
            return
        if not before and not is_over:
            return
        compared = (("the last amount was", before), ("usual is at most", most))
        beside = listed([f"{words}{milligrams(mg)}" for words, mg in compared if mg])
        self.fields["sure"].widget = forms.CheckboxInput()
        self.add_error(
            name, f"{milligrams(amount).strip()} is unusual: {beside}. Check it."
        )


class StartForm(DoseAsked):
    """The first days of a medicine; tasks that come first are ticked off."""

    started_on = DayField(label="First day")
    product = PlainText(
        max_length=80, required=False, help_text="For example: film 8/2 mg."
    )
    dose_mg = amount_field(required=False)
    schedule = PlainText(
        label="How often",
        max_length=80,
        required=False,
        help_text="Daily at the clinic.",
    )
    is_low_dose_overlap = forms.BooleanField(
        label="Low-dose start while another opioid medicine goes on", required=False
    )
    reason = PlainText(
        label="Why it is given before these are answered",
        max_length=200,
        required=False,
    )
    confirmed = forms.MultipleChoiceField(
        label="Done before the first dose",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        *args: object,
        tasks: Iterable[Mapping[str, str]],
        may_overlap: bool,
        medication: str,
        unanswered: Sequence[str] = (),
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.medication = medication
        self.fields["reason"].help_text = " ".join(unanswered)
        choices = [(task["rule"], f"{task['text']} ({task['rule']})") for task in tasks]
        self.fields["confirmed"].choices = choices  # type: ignore[attr-defined]
        for name, wanted in (
            ("confirmed", choices),
            ("is_low_dose_overlap", may_overlap),
            ("reason", unanswered),
        ):
            if not wanted:
                del self.fields[name]
        self.order_fields([name for name in self.fields if name != "sure"])
        self.helper = plain_helper(*self.fields)

    def clean(self) -> dict[str, object]:
        values: dict[str, object] = super().clean() or {}
        self.ask_if_unusual("dose_mg", self.medication)
        values.pop("sure", None)
        return values


class StopForm(forms.Form):
    stopped_on = DayField(label="First day without it")
    reason = PlainText(label="Why", max_length=200)
    helper = plain_helper("stopped_on", "reason")


class DoseForm(DoseAsked):
    medication = forms.ChoiceField(choices=medicine_choices)
    kind = forms.ChoiceField(label="What happened", choices=DoseEvent.Kind)
    on = DayField(label="Day")
    hour = forms.TimeField(
        label="Time",
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    amount_mg = amount_field(required=False)
    note = PlainText(max_length=120, required=False)
    again = forms.BooleanField(
        label="Yes, one more of the same", required=False, widget=forms.HiddenInput
    )
    helper = plain_helper(
        side_by_side("medication", "kind"),
        side_by_side("on", "hour", "amount_mg"),
        "note",
        "again",
        "sure",
    )

    def __init__(
        self, *args: object, last: Mapping[str, Decimal | None], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.last = last

    def clean(self) -> dict[str, object]:
        values: dict[str, object] = super().clean() or {}
        medication = str(values.get("medication", ""))
        if medication and values.get("kind") in OF_ONE_DOSE:
            self.ask_if_unusual("amount_mg", medication, self.last.get(medication))
        values.pop("sure", None)
        return values

    def taken_at(self) -> datetime | None:
        """The moment, where the time is known; else only the day is."""
        hour = self.cleaned_data["hour"]
        if hour is None:
            return None
        return timezone.make_aware(datetime.combine(self.cleaned_data["on"], hour))


class ToxicologyForm(forms.Form):
    """One specimen; what is left alone was not tested for."""

    collected_at = MomentField(label="Collected")
    method = forms.ChoiceField(
        choices=ToxicologyResult.Method, widget=forms.RadioSelect, initial="screen"
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for analyte in ANALYTES:
            self.fields[f"of_{analyte}"] = forms.ChoiceField(
                label=analyte_words(analyte),
                required=False,
                choices=TESTED,
                widget=forms.RadioSelect,
            )
        panel = Div(*(f"of_{a}" for a in ANALYTES), css_class="mst-cols is-2 mst-tight")
        self.helper = plain_helper("collected_at", "method", panel)

    def results(self) -> dict[str, str]:
        """Each analyte that was tested for, with what was found."""
        found = {a: self.cleaned_data[f"of_{a}"] for a in ANALYTES}
        return {analyte: result for analyte, result in found.items() if result}
