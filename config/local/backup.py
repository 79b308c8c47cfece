"""`make backup` and `make restore`: the whole database in one file, and back.

PostgreSQL's own pg_dump and pg_restore do the work, as the role that may see
every clinic's rows. What was there is replaced in one transaction, or not at all.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from config.local import binaries, hold, passwords, roles
from config.local.places import ROOT, data_home, made, unprivileged
from config.local.run import end_leftovers, say
from config.local.servers import Setting
from config.local.supervisor import Supervisor

USAGE = "make backup   or   make restore FILE=backups/NAME.dump"


@contextmanager
def database(*, alone: bool) -> Iterator[str]:
    """The administrator's address of the database; `alone` if nobody else may use it."""
    try:
        with hold.held() as notes:
            end_leftovers(notes)
            supervisor = Supervisor(
                say=say, note=lambda children: notes.add(children=children)
            )
            home = data_home()
            words = passwords.kept(home / "passwords.json")
            try:
                yield Setting(home, words, os.environ).start(supervisor).admin
            finally:
                supervisor.end_all()
            return
    except hold.HoldTaken:
        running = hold.Notes().read().get("admin")
    if alone or not running:
        raise SystemExit("Mainstay runs here: stop it first (Ctrl-C in its terminal).")
    yield running


def save(url: str, into: Path) -> None:
    """One file, readable by its owner only, whole or not there."""
    made(into.parent, 0o700)
    half = into.with_suffix(".half")
    half.touch(mode=0o600)
    _postgres("pg_dump", url, "--format=custom", "--file", str(half))
    half.replace(into)


def restore(url: str, file: Path) -> None:
    """What the file holds in the place of what is there."""
    with roles.connected(url).cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        )
        (others,) = cursor.fetchone() or (1,)
    if others > 1:
        raise SystemExit("Somebody is connected to this database: stop the site first.")
    _postgres(
        "pg_restore", url, "--clean", "--if-exists", "--single-transaction", str(file)
    )


def _postgres(program: str, url: str, *words: str) -> None:
    """Run one of PostgreSQL's programs, the password in its environment only."""
    parts = urlsplit(url)
    open_url = url.replace(f":{parts.password}@", "@") if parts.password else url
    environment = {**os.environ, "PGPASSWORD": unquote(parts.password or "")}
    done = subprocess.run(
        [_program(program, parts.hostname), f"--dbname={open_url}", *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"{program} did not finish (see above); nothing was changed.")


def _program(name: str, host: str | None) -> Path:
    # Ours speaks no TLS: for a server elsewhere, the system's own comes first.
    system = shutil.which(name) if host not in ("127.0.0.1", "localhost") else None
    return Path(system) if system else binaries.postgres(unprivileged()) / name


def _confirmed(file: Path, url: str) -> bool:
    """Whether somebody typed that they mean it; without a terminal, YES=1 says so."""
    if os.environ.get("YES") == "1":
        return True
    if not sys.stdin.isatty():
        return False
    name = urlsplit(url).path.strip("/")
    say(f"This replaces everything in {name} with what {file} holds.")
    return input(f"Type {name} to go on: ").strip() == name


def _save() -> int:
    moment = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    into = ROOT / "backups" / f"mainstay-{moment}.dump"
    with database(alone=False) as url:
        save(url, into)
    say(f"Saved to {into.relative_to(ROOT)} ({into.stat().st_size:,} bytes).")
    return 0


def _restore(file: Path) -> int:
    if not file.is_file():
        say(f"No such file: {file}. {USAGE}")
        return 2
    with database(alone=True) as url:
        if not _confirmed(file, url):
            say(
                "Nothing was changed. (Without a terminal: YES=1 make restore FILE=...)"
            )
            return 1
        restore(url, file)
    say(f"Restored from {file}.")
    return 0


def main(words: list[str]) -> int:
    if words[:1] == ["save"]:
        return _save()
    if words[:1] == ["restore"] and len(words) > 1:
        return _restore(Path(words[1] or "?"))
    say(USAGE)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
