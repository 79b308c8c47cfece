import factory

from assessments.models import Assessment, Intake, IntakeAnswer, Observation
from tests.conftest import NOON
from tests.factories.patients import PatientFactory


class IntakeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Intake

    patient = factory.SubFactory(PatientFactory)
    clinic = factory.SelfAttribute("patient.clinic")
    started_at = NOON


class IntakeAnswerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = IntakeAnswer

    intake = factory.SubFactory(IntakeFactory)
    patient = factory.SelfAttribute("intake.patient")
    clinic = factory.SelfAttribute("patient.clinic")
    question = "words_goal"
    value = "Not be sick."
    answered_at = factory.SelfAttribute("intake.started_at")


class AssessmentFactory(factory.django.DjangoModelFactory):
    """A score as it stands, whatever was answered."""

    class Meta:
        model = Assessment

    patient = factory.SubFactory(PatientFactory)
    clinic = factory.SelfAttribute("patient.clinic")
    instrument = "phq9"
    instrument_version = "1"
    answers = factory.LazyFunction(dict)
    status = "complete"
    given_at = NOON


class ObservationFactory(factory.django.DjangoModelFactory):
    """A measured value, written down when it was taken."""

    class Meta:
        model = Observation

    patient = factory.SubFactory(PatientFactory)
    clinic = factory.SelfAttribute("patient.clinic")
    code = "alt"
    text = ""
    value = factory.Maybe("text", None, 41)
    effective_at = NOON
    recorded_at = factory.SelfAttribute("effective_at")
