import datetime as dt

import factory

from accounts.models import Clinic, Membership, Staff

JOINED = dt.datetime(2026, 1, 5, 14, tzinfo=dt.UTC)


PASSWORD = "correct horse battery staple"


class ClinicFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Clinic

    name = factory.Sequence(lambda n: f"Clinic {n}")
    mrn_prefix = factory.Sequence(lambda n: f"{n:03d}")


class StaffFactory(factory.django.DjangoModelFactory):
    """`roles` maps a clinic to the roles held there."""

    class Meta:
        model = Staff
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"staff{n}@clinic.example")
    name = factory.Sequence(lambda n: f"Staff {n}")
    joined_at = JOINED
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def roles(self, create, given, **_):
        Membership.objects.bulk_create(
            Membership(staff=self, clinic=clinic, role=role)
            for clinic, roles in (given or {}).items()
            for role in roles
        )
