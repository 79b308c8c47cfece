"""`make run`: the whole site on this machine, in one terminal, until Ctrl-C."""

import contextlib
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from config.local import commands, hold, passwords
from config.local.places import LOGS, ROOT, STATE, data_home
from config.local.ports import HERE, first_free
from config.local.processes import Service, end_leftover
from config.local.servers import Addresses, Setting
from config.local.stopping import Stopped, leave_in_peace, stoppable
from config.local.supervisor import PATIENCE, Supervisor

WANTED_PORT = 8000
READY_WITHIN = 60.0


def say(words: str) -> None:
    print(words, flush=True)


def main() -> int:
    try:
        with hold.held() as notes:
            return _held(notes)
    except hold.HoldTaken:
        say(_who_runs(hold.Notes().read()))
        return 0


def _who_runs(told: dict[str, object]) -> str:
    if address := told.get("address"):
        return f"Mainstay already runs at {address} (process {told.get('pid')})."
    return f"Mainstay is at work here already (process {told.get('pid', 'starting')})."


def _held(notes: hold.Notes) -> int:
    end_leftovers(notes)
    notes.add(pid=os.getpid(), address=None)
    supervisor = Supervisor(say=say, note=lambda children: notes.add(children=children))
    try:
        with stoppable():
            _start(supervisor, notes)
            while True:
                supervisor.tend(at=time.monotonic())
                time.sleep(0.2)
    except Stopped:
        say("\nStopping what was started.")
        return 0
    finally:
        leave_in_peace()
        supervisor.end_all()
        say("Stopped. Everything that was entered is kept.")


def end_leftovers(notes: hold.Notes) -> None:
    """End what an earlier run left when it was ended the hard way."""
    left = reversed(notes.read().get("children", []))
    ended = [
        end_leftover(pid, born, signal.Signals(how), PATIENCE)
        for pid, born, how in left
    ]
    if any(ended):
        say("The last run was cut off: what it left running has been ended.")
    notes.forget()


def _start(supervisor: Supervisor, notes: hold.Notes) -> None:
    home = data_home()
    words = passwords.kept(home / "passwords.json")
    setting = Setting(home, words, os.environ)
    addresses = setting.start(supervisor)
    environment = os.environ | addresses.environment(words, mode="local")
    notes.add(
        addresses=addresses.environment(words, mode="local"), admin=addresses.admin
    )
    _say_servers(addresses)
    prepare_data(environment)
    port = first_free(_wanted())
    site = f"http://{HERE}:{port}"
    environment["MAINSTAY_SITE_URL"] = site
    for service in site_services(port, environment):
        supervisor.start(service, at=time.monotonic())
    _wait_until_ready(supervisor, site)
    notes.add(address=site)
    _welcome(site, environment)


def _say_servers(addresses: Addresses) -> None:
    for name, url in (("Database", addresses.application), ("Queue", addresses.queue)):
        say(f"{name} at {url.rpartition('@')[2]}")


def prepare_data(environment: dict[str, str]) -> None:
    """Bring the tables up to date, and fill an empty site with the demo clinic, but where
    DEMO=no says that a clinic begins here."""
    if commands.run_manage(environment, "older_data") != 0:
        raise SystemExit("Nothing was changed.")
    if commands.run_manage(environment, "migrate", "--noinput", "-v", "0") != 0:
        raise SystemExit("The database could not be brought up to date (see above).")
    if (
        environment.get("DEMO", "yes") != "no"
        and commands.exists("load_demo")
        and commands.run_manage(environment, "load_demo", "--if-empty") != 0
    ):
        raise SystemExit("The demo clinic could not be loaded (see above).")


def _wanted() -> range:
    first = int(os.environ.get("PORT") or WANTED_PORT)
    return range(first, first + 100)


def site_services(port: int, environment: dict[str, str]) -> list[Service]:
    """The web server, the worker and the clock, as this machine runs them."""
    quiet = ("-l", "WARNING")
    celery = (sys.executable, "-m", "celery", "-A", "config.celery")
    # The queue is on this machine: there are no other workers to get to know.
    alone = ("--without-gossip", "--without-mingle")
    web = (
        *(sys.executable, "-m", "gunicorn", "config.wsgi:application"),
        *("-b", f"{HERE}:{port}", "-k", "config.web_worker.Worker"),
        *("-w", "2", "--threads", "4"),
        *("--timeout", "120", "--log-level", "warning"),
    )
    beat = ("beat", "-s", STATE / "beat-schedule", "--pidfile=", *quiet)
    named: list[tuple[str, tuple[str | Path, ...]]] = [
        ("web", web),
        ("worker", (*celery, "worker", "-c", "2", *alone, *quiet)),
        ("beat", (*celery, *beat)),
    ]
    environment = {"PYTHONUNBUFFERED": "1", **environment}
    return [
        Service(name, command, LOGS / f"{name}.log", environment)
        for name, command in named
    ]


def _wait_until_ready(supervisor: Supervisor, site: str) -> None:
    until = time.monotonic() + READY_WITHIN
    while not answers(site):
        if time.monotonic() > until:
            raise SystemExit(f"The site does not answer: see {LOGS}.")
        supervisor.tend(at=time.monotonic())
        time.sleep(0.1)


def answers(site: str) -> bool:
    with (
        contextlib.suppress(OSError, urllib.error.URLError),
        urllib.request.urlopen(f"{site}/healthz", timeout=2) as reply,  # noqa: S310 - ours
    ):
        return bool(reply.status == 200)
    return False


def _welcome(site: str, environment: dict[str, str]) -> None:
    say(f"\nMainstay is ready at {site}\n")
    commands.run_manage(environment, "first_run_key", "--if-empty")
    if commands.exists("demo_sign_ins"):
        commands.run_manage(environment, "demo_sign_ins")
    say(f"\nLogs: {LOGS.relative_to(ROOT)}/   Stop: Ctrl-C")


if __name__ == "__main__":
    sys.exit(main())
