"""One live site for all of these; each test puts back what it broke."""

import pytest
import redis

from jobs.models import Heartbeat
from tests.factories import ClinicFactory, PatientFactory, StaffFactory
from tests.factories.plans import drafted, ready
from tests.faults.site import a_site, see_all, until


@pytest.fixture(scope="session")
def live(django_db_blocker):
    with django_db_blocker.unblock(), a_site() as site:
        yield site


@pytest.fixture
def site(live):
    """Everything that answers is there before, and is started again after."""
    live.connect()
    yield live
    for name in ("postgres", "queue", "web"):
        if not live.lives(name):
            live.running.pop(name, None)
            live.start(name)
    live.connect()


@pytest.fixture
def clinic(site):
    return ClinicFactory(is_otp=True)


@pytest.fixture
def staff(clinic):
    return StaffFactory(roles={clinic: ["prescriber"]})


@pytest.fixture
def ines(site, staff):
    return site.browser(staff)


@pytest.fixture
def plans(clinic, staff):
    """Drafts that nothing keeps from being signed, each of another person."""

    def make(number):
        return [
            ready(drafted(PatientFactory(clinic=clinic), staff)) for _ in range(number)
        ]

    return make


@pytest.fixture
def behind(site, clinic):
    """The worker and the clock, which have made a first round; ended afterwards."""
    redis.Redis.from_url(site.queue.url).flushall()
    site.start("worker")
    site.start("beat")
    until(lambda: beaten(clinic), 60, "the first round")
    yield site
    for name in [one for one in site.running if one.startswith(("worker", "beat"))]:
        site.kill(name)


def beaten(clinic):
    see_all()
    return Heartbeat.objects.filter(clinic=clinic).exists()
