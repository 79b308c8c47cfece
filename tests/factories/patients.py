import datetime as dt

import factory

from patients.models import CareHold, CareLeaving, DeathRecord, Episode, Patient
from patients.names import search_text_of, sort_name_of
from tests.factories.accounts import ClinicFactory, StaffFactory


class PatientFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Patient
        skip_postgeneration_save = True

    clinic = factory.SubFactory(ClinicFactory)
    mrn = factory.Sequence(lambda n: f"T-{n:05d}")
    given_name = "Alma"
    family_name = factory.Sequence(lambda n: f"Reyes {n}")
    date_of_birth = dt.date(1992, 3, 14)
    sex_at_birth = Patient.Sex.FEMALE
    referred_on = dt.date(2026, 11, 20)
    registered_at = dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC)
    search_text = factory.LazyAttribute(
        lambda p: search_text_of(p.given_name, p.family_name, mrn=p.mrn)
    )
    sort_name = factory.LazyAttribute(
        lambda p: sort_name_of(p.family_name, p.given_name)
    )

    @factory.post_generation
    def episode(self, create, given, **more):
        """The course of care that the status and the days speak of; none with False."""
        if create and given is not False:
            EpisodeFactory(patient=self, **{**_course_of(self), **more})


def _course_of(patient):
    """Whoever has left did so on the day of the referral, or of the admission."""
    days = [patient.referred_on, patient.admitted_on or patient.referred_on]
    course = {"referred_on": min(days), "admitted_on": patient.admitted_on}
    if patient.status in LEFT:
        course |= {"left_on": max(days), "leaving_class": LEFT[patient.status]}
    return course


LEFT = {"discharged": "moved", "deceased": "deceased"}


class EpisodeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Episode

    patient = factory.SubFactory(PatientFactory, episode=False)
    clinic = factory.SelfAttribute("patient.clinic")
    number = 1
    referred_on = dt.date(2026, 11, 20)
    recorded_at = dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC)


class CareHoldFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CareHold

    patient = factory.SubFactory(PatientFactory)
    clinic = factory.SelfAttribute("patient.clinic")
    episode = factory.LazyAttribute(lambda o: o.patient.episodes.first())
    kind = "hospital"
    began_on = dt.date(2026, 11, 21)
    status_before = "active"
    recorded_at = dt.datetime(2026, 11, 21, 17, tzinfo=dt.UTC)


class CareLeavingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CareLeaving

    patient = factory.SubFactory(PatientFactory)
    clinic = factory.SelfAttribute("patient.clinic")
    episode = factory.LazyAttribute(lambda o: o.patient.episodes.first())
    recorded_at = dt.datetime(2026, 11, 21, 17, tzinfo=dt.UTC)


class DeathRecordFactory(factory.django.DjangoModelFactory):
    """A death that was reported and waits for a second person."""

    class Meta:
        model = DeathRecord

    patient = factory.SubFactory(PatientFactory)
    clinic = factory.SelfAttribute("patient.clinic")
    died_on = dt.date(2026, 11, 21)
    source = "family"
    source_words = "The sister called"
    cause = "unknown"
    medicine_at_home = "unknown"
    told = "The team"
    status_before = "active"
    recorded_at = dt.datetime(2026, 11, 21, 17, tzinfo=dt.UTC)
    recorded_by = factory.SubFactory(StaffFactory)
    told_by = factory.SelfAttribute("recorded_by")
