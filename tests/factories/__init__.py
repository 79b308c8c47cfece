from tests.factories.accounts import ClinicFactory, StaffFactory
from tests.factories.patients import PatientFactory

__all__ = ["ClinicFactory", "PatientFactory", "StaffFactory"]
