"""What the walks of one module share: a universe, made once and found as it was made."""

import copy

import pytest

from tests.factories import ClinicFactory
from tests.lasting import lasting
from tests.universe import universe


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    with lasting(django_db_blocker):
        with django_db_blocker.unblock():
            made = universe(ClinicFactory(name="Harbor Street Clinic", is_otp=True))
        yield made


@pytest.fixture
def here(made, db):
    """A clinic with one of everything; what a test does to it is undone."""
    return copy.deepcopy(made)
