"""A small year of invented care: nothing that may never be, and each fault is found."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Clinic
from aftercare.models import FollowUp
from aftercare.owed.state import CarePhase
from devtools.bench.reckoning import ReckoningPass
from devtools.load_clinic import NotEmpty
from devtools.management.commands import simulate_aftercare as command
from devtools.rehearsal import run, workers
from devtools.rehearsal.life import FIRST, OPEN_DAYS, Colleagues, moment, new_person
from devtools.rehearsal.run import FAULTS, faults_at_last, faults_of, rehearse

DAY = dt.timedelta(days=1)


def test_nobody_is_lost_in_a_year_and_a_half():
    result = rehearse(range(24), days=500, seed=3, step=5)

    assert result.faults == {}
    assert result.rows > 24 * 10
    assert result.told["rounds that did not come"] > 0


def test_the_command_prints_each_count():
    out = StringIO()
    call_command("simulate_aftercare", "--people=4", "--days=60", stdout=out)

    for fault in FAULTS:
        assert f"       0  {fault}" in out.getvalue()


def test_people_are_shared_out(monkeypatch):
    monkeypatch.setattr(command, "SHARE", 2)
    out = StringIO()
    call_command("simulate_aftercare", "--people=4", "--days=30", stdout=out)

    assert "4 people, 30 days" in out.getvalue()


def test_growth_is_told_as_a_ratio(monkeypatch):
    monkeypatch.setattr(command, "FEW", 2)
    out = StringIO()
    call_command("simulate_aftercare", "--growth", "--days=40", stdout=out)

    assert "80 days:" in out.getvalue()
    assert "ratio:" in out.getvalue()


def test_a_calendar_that_ends_is_found(monkeypatch):
    monkeypatch.setattr(workers, "owed", lambda *_, **__: ())

    with pytest.raises(CommandError):
        call_command("simulate_aftercare", "--people=2", "--days=60", stdout=StringIO())


def in_database(monkeypatch, *passes):
    monkeypatch.setattr(command, "passes", lambda **_: iter(passes))
    out = StringIO()
    call_command("simulate_aftercare", "--database", "--people=100", stdout=out)
    return out.getvalue()


def test_in_the_database_people_a_minute_are_told(monkeypatch):
    told = in_database(monkeypatch, ReckoningPass(100, 2.0, 0, 0, 0))

    assert "100 people, 2 workers, 2.0 s: 3,000 people a minute" in told


@pytest.mark.parametrize("left", [(1, 0, 0), (0, 1, 0), (0, 0, 1)])
def test_in_the_database_nothing_may_be_left(monkeypatch, left):
    with pytest.raises(CommandError, match="may never be"):
        in_database(monkeypatch, ReckoningPass(100, 2.0, *left))


def test_in_the_database_it_needs_an_empty_one(monkeypatch, settings):
    def refuses(**_):
        raise NotEmpty("an empty database")

    monkeypatch.setattr(command, "passes", refuses)
    with pytest.raises(CommandError, match="an empty database"):
        call_command("simulate_aftercare", "--database", stdout=StringIO())
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="not in production"):
        call_command("simulate_aftercare", "--database", stdout=StringIO())


@pytest.fixture
def person():
    """Referred a week ago, with what is owed since."""
    person = new_person(1, 1)
    today = person.state.episode.referred_on
    workers._reckon(person, Clinic(pk=1, time_zone="UTC"), today, Colleagues().is_here)
    return person


def found(person, today=FIRST + 30 * DAY):
    faults = [*faults_of(person, today, Colleagues()), *faults_at_last(person)]
    return set(faults)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"latest_on": FIRST}, "missed without telling"),
        (
            {"due_on": FIRST + 900 * DAY},
            "outside their window without a named reason",
        ),
        (
            {
                # A Sunday, in a week that has other days.
                "earliest_on": dt.date(2026, 5, 1),
                "due_on": dt.date(2026, 5, 3),
                "latest_on": dt.date(2026, 5, 9),
            },
            "on a closed day though their window has an open one",
        ),
        ({"assigned_to_id": 0}, "held by somebody who left"),
        ({"status": FollowUp.Status.CANCELLED}, "withdrawn without a reason"),
    ],
)
def test_a_row_that_may_not_be_is_found(person, values, fault):
    row = next(iter(person.still.values()))
    for name, value in values.items():
        setattr(row, name, value)

    assert fault in found(person)


def test_what_staff_chose_is_a_named_reason(person):
    person.told |= person.still.keys()
    for row in person.still.values():
        row.due_on, row.moved_at = FIRST + 900 * DAY, moment(FIRST)

    assert not found(person)


def test_the_same_act_twice_is_found(person):
    row = next(iter(person.still.values()))
    person.still["again"] = row

    assert "doubled" in found(person)


def test_what_is_owed_to_the_dead_is_found(person):
    person.state = type(person.state)(
        patient="1",
        phase=CarePhase.DIED,
        episode=person.state.episode,
        clinic=person.state.clinic,
    )
    person.died_at = moment(FIRST - DAY)

    assert found(person) == {"owed to the dead", "acts after death"}


def test_who_left_and_wants_no_contact_needs_no_next_step(person):
    person.still = {}
    assert "without a next step" in found(person)


def test_a_second_delivery_that_changes_something_is_found(monkeypatch):
    monkeypatch.setattr(run, "round_of", lambda *_: True)

    result = rehearse(range(1), days=60, seed=1, step=7)

    assert result.faults["changed by a second delivery"] > 0


def test_the_two_clinics_have_days_of_their_own():
    assert [days.is_open(dt.date(2026, 8, 5)) for days in OPEN_DAYS] == [False, True]
    assert [days.is_open(dt.date(2026, 5, 2)) for days in OPEN_DAYS] == [False, True]
