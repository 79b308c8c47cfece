"""What is started is kept running, and ended with all that it started."""

import os
import signal
import sys
import time

import pytest

from config.local.processes import Service, birth, end_leftover
from config.local.supervisor import LONGEST_WAIT, WELL_AFTER, Supervisor, wait_before

LASTING = "import time; time.sleep(60)"
WITH_CHILD = (
    "import subprocess, sys, time;"
    " c = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    " print(c.pid, flush=True); time.sleep(60)"
)
DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    " print('deaf', flush=True); time.sleep(60)"
)


@pytest.fixture
def said():
    return []


@pytest.fixture
def noted():
    return []


@pytest.fixture
def supervisor(said, noted):
    made = Supervisor(say=said.append, note=noted.append)
    yield made
    made.end_all()


def service(tmp_path, code, **more):
    return Service(
        "example",
        (sys.executable, "-c", code),
        tmp_path / "log",
        dict(os.environ),
        **more,
    )


def until(true, seconds=10):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def is_gone(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.parametrize(
    ("deaths", "seconds"),
    [(1, 0.5), (2, 1), (3, 2), (6, 16), (7, LONGEST_WAIT), (500, LONGEST_WAIT)],
)
def test_waits_longer_after_each_death_up_to_a_limit(deaths, seconds):
    assert wait_before(deaths) == seconds


def test_starts_again_what_died_but_not_before_its_wait(tmp_path, supervisor, said):
    child = supervisor.start(service(tmp_path, LASTING), at=0)
    first = child.process.pid
    child.process.kill()
    until(lambda: not child.is_running())

    supervisor.tend(at=1)
    supervisor.tend(at=1.4)
    assert not child.is_running()
    supervisor.tend(at=1.5)

    assert child.is_running()
    assert child.process.pid != first
    assert said == [
        "example ended (signal SIGKILL); starting it again in 0.5 s. "
        f"Its log: {tmp_path / 'log'}"
    ]


def test_a_death_after_a_long_life_counts_as_the_first(tmp_path, supervisor):
    child = supervisor.start(service(tmp_path, LASTING), at=0)
    child.deaths = 5
    child.process.kill()
    until(lambda: not child.is_running())

    supervisor.tend(at=WELL_AFTER + 1)

    assert child.deaths == 1


def test_ends_what_its_services_started_too(tmp_path, supervisor):
    supervisor.start(service(tmp_path, WITH_CHILD), at=0)
    until(lambda: (tmp_path / "log").read_text().strip())
    grandchild = int((tmp_path / "log").read_text())

    supervisor.end_all()

    until(lambda: is_gone(grandchild))


def test_ends_one_that_does_not_listen(tmp_path, supervisor, monkeypatch):
    monkeypatch.setattr("config.local.supervisor.PATIENCE", 0.2)
    child = supervisor.start(service(tmp_path, DEAF), at=0)
    until(lambda: "deaf" in (tmp_path / "log").read_text())

    supervisor.end_all()

    assert child.process.returncode == -signal.SIGKILL


def test_writes_down_what_runs_so_that_the_next_run_can_end_it(
    tmp_path, supervisor, noted
):
    child = supervisor.start(service(tmp_path, LASTING), at=0)
    [[pid, born, how]] = noted[-1]

    assert end_leftover(pid, born, signal.Signals(how), 5) is True
    assert child.process.wait(5) == -signal.SIGTERM


def test_leaves_alone_another_process_with_an_old_number(tmp_path, supervisor):
    child = supervisor.start(service(tmp_path, LASTING), at=0)

    assert end_leftover(child.process.pid, "born long ago", signal.SIGKILL, 1) is False
    assert child.is_running()


def test_a_process_is_known_by_when_it_began():
    assert birth(os.getpid()) == birth(os.getpid()) is not None
    assert birth(2**22 + 1) is None
