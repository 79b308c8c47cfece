"""The form that signs a subject of the knowledge off, with the clinic's own days."""

from django import forms

from accounts.doors import SHOWN
from medications.knowledge_pages.statements import RoomSubject
from medications.knowledge_pages.subject_signoffs import shown_of
from medications.models import SubjectSignOff


class SubjectForm(forms.Form):
    """A number of days for each that a clinic may choose."""

    def __init__(
        self, *args: object, subject: RoomSubject, signed: SubjectSignOff | None
    ) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        own = signed.numbers if signed else {}
        for name, choice in subject.choices().items():
            self.fields[name] = forms.IntegerField(
                label=choice.meaning,
                initial=own.get(name, choice.days),
                help_text=f"{choice.unit.capitalize()}, {choice.permitted.words}. {choice.days} as it ships.",
            )
        self.fields[SHOWN] = forms.CharField(
            required=False,
            max_length=100,
            widget=forms.HiddenInput,
            initial=shown_of(subject, signed),
        )
