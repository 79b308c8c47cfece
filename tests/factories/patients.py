import datetime as dt

import factory

from patients.models import Patient
from patients.names import search_text_of, sort_name_of
from tests.factories.accounts import ClinicFactory


class PatientFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Patient

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
