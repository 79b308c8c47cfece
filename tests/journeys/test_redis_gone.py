"""Losing the queue loses nothing: signing goes on, and what is owed is kept once."""

import time
from collections import Counter

import pytest
from django.db.models import Max
from django.utils import timezone
from playwright.sync_api import expect

from accounts.tenancy import clinic_day
from aftercare.models import FollowUp, Notice
from jobs.models import Claim, Heartbeat, Round
from plans.models import Plan
from tests.factories import PatientFactory
from tests.factories.plans import drafted, ready
from tests.journeys.workers import background, until

# A page of the site is answered in far less; waiting for a queue takes longer.
AT_ONCE = 3.0


@pytest.fixture
def behind(team, settings):
    """Queue, worker and clock at work: they have made their first round."""
    with background() as parts:
        settings.REDIS_URL = parts.queue.url
        parts.start_queue()
        parts.start("worker")
        parts.start("beat")
        until(Heartbeat.objects.exists, 40, "the first round")
        yield parts


@pytest.mark.slow
def test_signs_without_the_queue_and_catches_up_once(visit, team, behind):
    plan = draft(team)
    visitor = visit().sign_in(team["prescriber"])
    visitor.open(f"/people/{plan.patient_id}/plan/")

    behind.kill_queue()
    took = sign(visitor.page)

    assert took < AT_ONCE
    plan.refresh_from_db()
    assert plan.status == Plan.Status.SIGNED
    owed = FollowUp.objects.filter(plan=plan)
    promised = Counter(owed.values_list("key", flat=True))
    assert len(promised) > 1
    assert_page_says(visit().sign_in(team["admin"]), "does not answer")
    assert set(owed.values_list("status", flat=True)) <= {"planned", "due"}

    behind.start_queue()
    today = clinic_day(team["clinic"], timezone.now())
    begun = owed.filter(earliest_on__lte=today)
    assert begun.exists()
    until(lambda: not begun.filter(status="planned").exists(), 60, "due follow-ups")
    let_more_rounds_pass()

    assert Counter(owed.values_list("key", flat=True)) == promised
    assert set(promised.values()) == {1}
    # What was owed from the signature on is due with it; the workers mark the rest once.
    assert marked_due() <= begun.count()
    told = Notice.objects.filter(follow_up__in=owed)
    due = begun.filter(due_on__lte=today).count()
    assert told.count() == due > 0
    # Outside working hours all of them wait for the morning.
    assert told.exclude(sent_at=None).count() in {0, due}
    assert not Claim.objects.exists()
    assert behind.lives("worker")
    assert behind.lives("beat")


def draft(team):
    by, at = team["prescriber"], timezone.now()
    return ready(drafted(PatientFactory(clinic=team["clinic"]), by, at))


def sign(page):
    """Seconds from the press to the page that says so."""
    began = time.monotonic()
    page.get_by_role("button", name="Sign the plan").click()
    expect(page.locator("#toasts")).to_contain_text("Plan signed")
    return time.monotonic() - began


def assert_page_says(visitor, words):
    visitor.open("/workers/")
    queue = visitor.page.locator("dt", has_text="Queue").locator("xpath=..")
    expect(queue).to_contain_text(words)


def let_more_rounds_pass():
    """What has been done already could be done again now; it must not be.

    Rounds that find nothing leave a heartbeat alone.
    """
    until(nothing_left, 60, "a round with nothing to do")
    now = timezone.now()
    until(lambda: both_beat_after(now), 60, "one more round")


def nothing_left():
    """A beat of both queues after the last round that did anything."""
    last = Round.objects.aggregate(at=Max("done_at"))["at"]
    return last and both_beat_after(last)


def both_beat_after(moment):
    beats = Heartbeat.objects.filter(queue__in=["follow_ups", "mail"])
    return beats.filter(beat_at__gt=moment).count() == 2


def marked_due():
    counts = Round.objects.filter(queue="follow_ups").values_list("counts", flat=True)
    return sum(count.get("due", 0) for count in counts)
