"""Words in sight at first paint: counted as a reader meets them."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from devtools.words import PageWords, page_words, words_in_sight
from tests.conftest import clinic_today
from tests.factories import PatientFactory
from tests.factories.treatment import DoseEventFactory, RegimenFactory


@pytest.mark.parametrize(
    ("inside", "count"),
    [
        pytest.param("Two words", 2, id="text"),
        pytest.param("<p>One</p><br><p>two</p>", 2, id="void tags"),
        pytest.param("<p hidden>None</p>", 0, id="hidden"),
        pytest.param('<p class="mst-small visually-hidden">None</p>', 0, id="heard"),
        pytest.param('<aside class="is-shut">None</aside>One', 1, id="a shut drawer"),
        pytest.param("<svg><title>No</title></svg>", 0, id="a drawing"),
        pytest.param("<details><summary>One</summary>No</details>", 1, id="a fold"),
        pytest.param(
            "<details open><summary>One</summary>two</details>", 2, id="an open one"
        ),
        pytest.param(
            "<details><summary>One</summary><details><summary>No</summary></details>"
            "</details>",
            1,
            id="a fold in a fold",
        ),
        pytest.param("<li>One<li>two", 2, id="tags left open"),
        pytest.param("<select><option>No</option></select>", 0, id="a field"),
    ],
)
def test_only_what_is_in_sight_counts(inside, count):
    page = f"<header>Never these</header><main>{inside}</main><p>Nor this</p>"

    assert words_in_sight(page) == count


def test_the_median_stands_beside_its_budget():
    assert "410 of 370  over" in str(PageWords("decision", (300, 410, 500), 370))
    assert "0 of 370  ok" in str(PageWords("decision", (), 370))


@pytest.mark.django_db
def test_each_page_of_each_person_is_counted(as_prescriber, clinic):
    person = PatientFactory(clinic=clinic)
    counted = {one.name: one for one in page_words(as_prescriber, [person.pk])}

    assert list(counted) == ["overview", "decision", "plan", "aftercare"]
    assert all(len(one.counts) == 1 and one.counts[0] for one in counted.values())


def test_invented_people_have_no_place_in_production(settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError):
        call_command("words", stdout=StringIO())


@pytest.mark.django_db
class TestBareRecord:
    """Of whom next to nothing is known, no page is longer than it may be."""

    def words(self, client, person):
        (counted,) = (
            one for one in page_words(client, [person.pk]) if one.name == "decision"
        )
        return counted

    def test_a_start(self, as_prescriber, clinic):
        counted = self.words(as_prescriber, PatientFactory(clinic=clinic))

        assert counted.counts[0] <= counted.budget

    def test_a_restart(self, as_prescriber, clinic):
        today = clinic_today()
        person = PatientFactory(clinic=clinic)
        RegimenFactory(
            patient=person,
            medication="MTD",
            dose_mg=80,
            started_on=today - timedelta(days=80),
        )
        DoseEventFactory(
            patient=person,
            medication="MTD",
            kind="administered",
            on=today - timedelta(days=10),
            amount_mg=80,
        )

        counted = self.words(as_prescriber, person)

        assert counted.counts[0] <= counted.budget
