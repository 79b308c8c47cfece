"""Each factory makes a row that the database takes, with nothing said."""

import factory
import pytest

from tests.factories import accounts, assessments, medications, patients, treatment

FACTORIES = sorted(
    {
        one
        for module in (accounts, patients, assessments, medications, treatment)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, factory.Factory)
    },
    key=lambda one: one.__name__,
)


@pytest.mark.parametrize("make", FACTORIES, ids=lambda one: one.__name__)
def test_makes_the_smallest_row(make, db):
    assert make().pk != make().pk
