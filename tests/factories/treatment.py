import factory

from tests.conftest import NOON
from tests.factories.patients import PatientFactory
from treatment.models import DoseEvent, Regimen, ToxicologyResult


class RegimenFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Regimen

    patient = factory.SubFactory(PatientFactory)
    clinic = factory.SelfAttribute("patient.clinic")
    medication = "MTD"
    started_on = NOON.date()


class DoseEventFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DoseEvent

    patient = factory.SubFactory(PatientFactory)
    clinic = factory.SelfAttribute("patient.clinic")
    medication = "MTD"
    kind = "administered"
    on = NOON.date()
    recorded_at = NOON


class ToxicologyResultFactory(factory.django.DjangoModelFactory):
    """One analyte of a specimen, read when it was collected."""

    class Meta:
        model = ToxicologyResult

    patient = factory.SubFactory(PatientFactory)
    clinic = factory.SelfAttribute("patient.clinic")
    analyte = "fentanyl"
    result = "positive"
    collected_at = NOON
    recorded_at = factory.SelfAttribute("collected_at")
