"""Own words of a person, by what they are about."""

from assessments.models import IntakeAnswer
from patients.models import Patient

PREFIX = "words_"


def own_words_of(patient: Patient) -> dict[str, str]:
    """What the person said, by topic, the newest last said."""
    answers = IntakeAnswer.objects.filter(
        patient=patient, question__startswith=PREFIX, is_known=True
    ).order_by("answered_at", "pk")
    return {
        answer.question.removeprefix(PREFIX): str(answer.value)
        for answer in answers
        if answer.value
    }
