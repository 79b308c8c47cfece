"""The days that are looked at."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.progress.drawing.span import LONGEST, SHORTEST, Span, between, latest

UNHURRIED = settings(deadline=None)

TODAY = dt.date(2026, 11, 21)
DAY = dt.timedelta(days=1)
days = st.dates(dt.date(1950, 1, 1), dt.date(2150, 1, 1))


def span(since, until="2026-11-21"):
    return Span(dt.date.fromisoformat(since), dt.date.fromisoformat(until))


def test_both_ends_belong_to_it():
    found = latest(7, TODAY)

    assert found == span("2026-11-15")
    assert found.days == 7
    assert found.holds(TODAY)
    assert not found.holds(TODAY + DAY)


def test_a_moment_lies_within_its_day():
    found = span("2026-11-12")
    noon = dt.datetime(2026, 11, 12, 12, tzinfo=dt.UTC)

    assert found.share(dt.date(2026, 11, 12)) == 0
    assert found.share(noon) == pytest.approx(0.05)
    assert found.share(TODAY + DAY) == 1


TICKS = [
    ("2026-11-15", 12, ["15 Nov", "16 Nov", "17 Nov", "18 Nov", "19 Nov", "20 Nov", "21 Nov"]),
    ("2026-11-15", 4, ["15 Nov", "17 Nov", "19 Nov", "21 Nov"]),
    ("2026-10-20", 6, ["26 Oct", "2 Nov", "9 Nov", "16 Nov"]),
    ("2026-08-15", 6, ["Sep", "Oct", "Nov"]),
    ("2025-12-10", 12, ["Jan 2026", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov"]),
    ("2025-12-10", 5, ["Jan 2026", "Apr", "Jul", "Oct"]),
    ("2023-02-01", 5, ["2024", "2025", "2026"]),
    ("2000-02-01", 3, ["2010", "2020"]),
]  # fmt: skip


@pytest.mark.parametrize(("since", "most", "words"), TICKS)
def test_ticks(since, most, words):
    assert [tick.words for tick in span(since).ticks(most)] == words


@UNHURRIED
@given(days, st.integers(7, 20_000), st.integers(3, 16))
def test_never_more_ticks_than_there_is_room_for(until, length, most):
    found = latest(length, until)
    ticks = found.ticks(most)

    assert len(ticks) <= most
    assert all(found.holds(tick.on) for tick in ticks)
    assert sorted(tick.on for tick in ticks) == [tick.on for tick in ticks]


@UNHURRIED
@given(days, days)
def test_whichever_comes_first(first, last):
    found = between(first, last)

    assert found == between(last, first)
    assert SHORTEST <= found.days <= LONGEST
    assert found.until == max(first, last)


@UNHURRIED
@given(days, st.integers(SHORTEST, 3000), st.sampled_from([0.5, 2]))
def test_closer_and_wider_keep_the_middle(until, length, factor):
    found = latest(length, until)
    other = found.scaled(factor)

    assert other.days >= SHORTEST
    assert abs((other.since - found.since) - (found.until - other.until)) <= 2 * DAY
    assert (other.days >= found.days) is (factor > 1 or found.days <= SHORTEST)


def test_it_can_be_moved_but_not_past_the_last_day():
    found = latest(10, TODAY)

    assert found.moved(-0.5) == Span(TODAY - 14 * DAY, TODAY - 5 * DAY)
    assert found.moved(0.5).before(TODAY) == found
    assert found.moved(-0.5).before(TODAY) == found.moved(-0.5)
