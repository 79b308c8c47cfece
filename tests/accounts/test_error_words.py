"""Errors of forms in words: at the field, and in the summary above."""

import pytest
from django import forms
from django.template.loader import render_to_string

from tests.conftest import markup


class Everything(forms.Form):
    what = forms.ChoiceField(label="What for?", choices=[("a", "A")])
    some = forms.MultipleChoiceField(label="Which of them:", choices=[("a", "A")])
    day = forms.DateField(label="Last day")
    when = forms.DateTimeField()
    file = forms.FileField()
    sure = forms.BooleanField(label="I am sure")
    why = forms.CharField(label="Why …")
    number = forms.IntegerField(max_value=3)
    short = forms.CharField(max_length=3)


@pytest.fixture
def summary():
    form = Everything({"number": "7", "short": "abcde"}, {})
    return render_to_string("bootstrap5/errors.html", {"form": form})


@pytest.mark.parametrize(
    "line",
    [
        "What for: Choose one.",
        "Which of them: Choose at least one.",
        "Last day: Say which day.",
        "When: Say when.",
        "File: Choose a file.",
        "I am sure: Tick it to go on.",
        "Why: Fill this in.",
        "Number: Ensure this value is less than or equal to 3.",
        "Short: Too long by 2: at most 3 characters.",
    ],
)
def test_a_line_of_the_summary_says_what_to_do(summary, line):
    assert f">{line}</a>" in summary


def test_at_the_field_too(as_admin):
    page = markup(as_admin.post("/caseload/export/", {}))

    assert "What for: Choose one." in page
    assert "<span>Choose one.</span>" in page
    assert "This field is required" not in page
