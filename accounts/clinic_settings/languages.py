"""Languages in which a clinic offers pages and papers."""

from collections.abc import Iterable
from typing import cast

from django import forms

from accounts.models import Clinic


def offered[F: forms.Form](form: F, clinic: Clinic) -> F:
    """Let a form's `language` be one of those that the clinic offers; where the person's
    own is not, the first is chosen."""
    language = form.fields["language"]
    assert isinstance(language, forms.ChoiceField)  # noqa: S101 - narrows the type
    every = cast("Iterable[tuple[str, str]]", language.choices)
    here = [(key, words) for key, words in every if key in clinic.languages]
    language.choices = here
    if form.initial.get("language") not in clinic.languages:
        form.initial["language"] = here[0][0]
    return form
