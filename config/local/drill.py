"""`make drill`: a backup is one only once it was restored.

A database of its own is backed up by Barman, encrypted, as docker-compose.yml does it;
more is written, the server ends and its files are thrown away; then it is restored, to
its end and to a moment before, and compared row by row with what was acknowledged.
Damaged and locked backups have to be refused. Prints how long each step took.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from config.local import binaries, commands, roles
from config.local.passwords import Passwords
from config.local.places import Account, unprivileged
from config.local.ports import HERE, any_free
from config.local.postgres import ADMIN, Cluster
from config.local.servers import Addresses
from config.local.stopping import Stopped, stoppable
from config.local.supervisor import Supervisor

SERVER = "mainstay"
PATIENCE = 60
RECEIVING = "The backup does not receive what is written."
# As in config/containers/backup/barman.conf; here each place is a folder of the drill.
CONFIGURATION = """
[barman]
barman_home = {home}/backups
barman_user = {user}
log_file = {home}/barman.log
configuration_files_directory = {home}/none

[{server}]
description = Mainstay
conninfo = host={host} port={port} user={admin} dbname=postgres
streaming_conninfo = host={host} port={port} user={admin}
backup_method = postgres
streaming_archiver = on
slot_name = barman
create_slot = auto
backup_compression = gzip
backup_compression_format = tar
encryption = gpg
encryption_key_id = {key}
encryption_passphrase_command = cat {home}/passphrase
staging_path = {home}/staging
staging_location = local
path_prefix = {programs}
retention_policy = RECOVERY WINDOW OF 35 DAYS
"""
# Every row of every table of ours, as one digest.
TABLES = """
SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables
WHERE schemaname = 'public' ORDER BY 1
"""
DIGEST = (
    "SELECT count(*), coalesce(md5(string_agg(t::text, E'\\n' ORDER BY t::text)), '')"
    " FROM {} t"
)


class DrillFailed(SystemExit):
    """The backup is not one."""


@dataclass
class Drill:
    """The folder, the keys and the servers of one drill."""

    home: Path
    words: Passwords
    supervisor: Supervisor
    account: Account | None = field(default_factory=unprivileged)
    took: dict[str, float] = field(default_factory=dict)

    @property
    def programs(self) -> Path:
        return binaries.postgres(self.account)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.took[name] = time.monotonic() - began
        print(f"{name}: {self.took[name]:.1f} s", flush=True)

    def cluster(self, name: str) -> Cluster:
        home = self.home / name
        home.mkdir(exist_ok=True)
        home.chmod(0o711)
        if self.account:
            shutil.chown(home, self.account.uid, self.account.gid)
        password = self.words.superuser
        return Cluster(home, any_free(), password, log=self.home / f"{name}.log")

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "GNUPGHOME": str(self.home / "keys"),
            "PGPASSWORD": self.words.superuser,
            "PATH": f"{self.programs}:{os.environ['PATH']}",
            "BARMAN_CONFIG_FILE": str(self.home / "barman.conf"),
        }

    def run(self, *words: str | Path, may_fail: bool = False) -> bool:
        done = subprocess.run(
            list(map(str, words)),
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode and not may_fail:
            log = self.home / "barman.log"
            said = log.read_text()[-2000:] if log.exists() else ""
            said += (self.home / "receive.log").read_text()
            raise DrillFailed(f"{words}: {done.stdout}{done.stderr}{said}")
        return done.returncode == 0

    def barman(self, *words: str | Path, may_fail: bool = False) -> bool:
        return self.run(
            *(Path(sys.executable).with_name("barman"), "-c"),
            *(self.home / "barman.conf", *words),
            may_fail=may_fail,
        )


def url_of(cluster: Cluster, database: str = roles.DATABASE) -> str:
    place = f"{HERE}:{cluster.port}"
    return f"postgresql://{ADMIN}:{quote(cluster.password)}@{place}/{database}"


def as_told(drill: Drill, cluster: Cluster) -> dict[str, str]:
    """The environment of manage.py on a cluster."""
    base, words = url_of(cluster), drill.words
    addresses = Addresses(
        application=roles.for_user(base, roles.APPLICATION, words.application),
        owner=roles.for_user(base, roles.OWNER, words.owner),
        queue=f"redis://{HERE}:9/0",
        admin=base,
    )
    return os.environ | addresses.environment(words, mode="test")


def begin(drill: Drill) -> Cluster:
    """A site of its own with a clinic in it."""
    cluster = drill.cluster("first")
    drill.supervisor.start(cluster.prepared(), at=time.monotonic())
    roles.prepare_all(
        url_of(cluster, "postgres"),
        owner=drill.words.owner,
        application=drill.words.application,
    )
    manage(drill, cluster, "migrate", "--noinput", "-v", "0")
    open_clinic(drill, cluster, "Before the backup", "100")
    return cluster


# The rest of a clinic's beginning needs no drill.
OPEN = """
from django.utils import timezone
from accounts import actions, tenancy
with tenancy.every_clinic(actor="drill"):
    actions.open_clinic(
        name={name!r}, mrn_prefix={prefix!r}, time_zone="America/New_York",
        is_otp=True, is_rems_certified=False, at=timezone.now(),
    )
"""


def open_clinic(drill: Drill, cluster: Cluster, name: str, prefix: str) -> None:
    code = OPEN.format(name=name, prefix=prefix)
    manage(drill, cluster, "shell", "--no-imports", "-v", "0", "-c", code)


def manage(drill: Drill, cluster: Cluster, *words: str) -> None:
    if commands.run_manage(as_told(drill, cluster), *words) != 0:
        raise DrillFailed(f"manage.py {words[0]} did not end well.")


def configure(drill: Drill, cluster: Cluster) -> None:
    """A key for the backups, and what Barman has to know."""
    keys = drill.home / "keys"
    keys.mkdir(mode=0o700)
    (drill.home / "passphrase").write_text(drill.words.queue)
    named = "Backups of a drill"
    drill.run(
        *("gpg", "--batch", "--pinentry-mode", "loopback"),
        *("--passphrase", drill.words.queue, "--quick-generate-key", named),
    )
    for place in ("backups", "staging", "none"):
        (drill.home / place).mkdir()
    (drill.home / "barman.conf").write_text(
        CONFIGURATION.format(
            home=drill.home,
            user=os.environ.get("USER") or "root",
            server=SERVER,
            host=HERE,
            port=cluster.port,
            admin=ADMIN,
            key=named,
            programs=drill.programs,
        )
    )


def back_up(drill: Drill) -> None:
    drill.barman("receive-wal", "--create-slot", SERVER)
    # It goes on receiving what is written until the server is gone.
    subprocess.Popen(
        [
            Path(sys.executable).with_name("barman"),
            *("-c", drill.home / "barman.conf", "receive-wal", SERVER),
        ],
        env=drill.environment(),
        stdin=subprocess.DEVNULL,
        stdout=(drill.home / "receive.log").open("w"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    lock = drill.home / "backups" / f".{SERVER}-receive-wal.lock"
    _wait_for(lambda: lock.exists() and lock.read_text().strip() != "", RECEIVING)
    drill.barman("switch-wal", "--force", "--archive", SERVER)
    drill.barman("backup", "--wait", SERVER)


def _wait_for(is_so: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > until:
            raise DrillFailed(what)
        time.sleep(0.1)


def everything(cluster: Cluster) -> dict[str, tuple[int, str]]:
    """Rows and digest of each table."""
    with roles.connected(url_of(cluster)).cursor() as cursor:
        cursor.execute(TABLES)
        names = [name for (name,) in cursor.fetchall()]
        found = {}
        for name in names:
            cursor.execute(DIGEST.format(name))
            found[name] = cursor.fetchone() or (0, "")
    return found


def received(drill: Drill) -> None:
    """Wait until what was written last is with the backups."""
    drill.barman("switch-wal", "--force", "--archive", SERVER)
    drill.barman("archive-wal", SERVER)


def moment(cluster: Cluster) -> str:
    """The hour of the server's clock, between what was written before and after."""
    with roles.connected(url_of(cluster)).cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.1), clock_timestamp()::text, pg_sleep(0.1)")
        _, at, _ = cursor.fetchone() or ("", "", "")
    return str(at)


def restore(drill: Drill, into: Cluster, *until: str) -> None:
    into.data.mkdir(mode=0o700)
    drill.barman("restore", *until, SERVER, "latest", into.data)
    # The first server's own address stands in no file of its data.
    if drill.account:
        drill.run("chown", "-R", f"{drill.account.uid}:{drill.account.gid}", into.data)
    drill.supervisor.start(into.prepared(), at=time.monotonic())
    roles.connected(url_of(into), patience=PATIENCE)


def restored(
    drill: Drill, step: str, written: dict[str, tuple[int, str]], *until: str
) -> dict[str, tuple[int, str]]:
    """What a server of its own holds after a restore: what was written, and it goes on."""
    cluster = drill.cluster(step.replace(" ", "-").lower())
    with drill.step(step):
        restore(drill, cluster, *until)
    found = everything(cluster)
    if found != written:
        unlike = [name for name in written if written[name] != found.get(name)]
        raise DrillFailed(f"{step} otherwise than written: {unlike}")
    manage(drill, cluster, "verify_record")
    open_clinic(drill, cluster, "After the restore", "400")
    drill.supervisor.end_all()
    return found


def refuses_damage(drill: Drill) -> None:
    """One changed byte, and a passphrase that is wrong, are found and nothing restored."""
    elsewhere = drill.home / "elsewhere"
    (drill.home / "passphrase").write_text("not the passphrase")
    drill.run("gpgconf", "--kill", "gpg-agent", may_fail=True)
    if drill.barman("restore", SERVER, "latest", elsewhere, may_fail=True):
        raise DrillFailed("Restored with a wrong passphrase.")
    (drill.home / "passphrase").write_text(drill.words.queue)
    shutil.rmtree(elsewhere, ignore_errors=True)
    [file] = (drill.home / "backups" / SERVER / "base").glob("*/data/base.tar.gz*")
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    file.write_bytes(damaged)
    if drill.barman("restore", SERVER, "latest", elsewhere, may_fail=True):
        raise DrillFailed("Restored from a damaged backup.")


def main() -> int:
    for program in ("rsync", "gpg"):
        if not shutil.which(program):
            raise DrillFailed(f"The drill needs {program}:  apt install rsync gnupg")
    home = Path(tempfile.mkdtemp(prefix="drill-", dir=_place()))
    home.chmod(0o711)
    drill = Drill(home, Passwords(), Supervisor(say=print, note=lambda _: None))
    try:
        with stoppable():
            return _drill(drill)
    except Stopped:
        return 130
    finally:
        with suppress(DrillFailed):
            drill.run("pkill", "-f", str(drill.home / "barman.conf"), may_fail=True)
            drill.run("gpgconf", "--kill", "gpg-agent", may_fail=True)
        drill.supervisor.end_all()
        shutil.rmtree(home, ignore_errors=True)


def _drill(drill: Drill) -> int:
    with drill.step("A site of its own"):
        first = begin(drill)
        configure(drill, first)
    with drill.step("Backed up, encrypted"):
        back_up(drill)
    open_clinic(drill, first, "After the backup", "200")
    written_then, then = everything(first), moment(first)
    open_clinic(drill, first, "After the moment", "300")
    written = everything(first)
    with drill.step("What was written since is with the backup"):
        received(drill)
    drill.supervisor.end_all()
    shutil.rmtree(first.data)
    found = restored(drill, "Restored", written)
    to_then = ("--target-time", then, "--target-action", "promote")
    restored(drill, "Restored to a moment", written_then, *to_then)
    with drill.step("Damage and a wrong passphrase are refused"):
        refuses_damage(drill)
    rows = sum(count for count, _ in found.values())
    print(f"Equal: {len(found)} tables, {rows} rows; the record is whole.")
    return 0


def _place() -> str | None:
    # As root, the servers run under another account, which TMPDIR may shut out.
    return "/var/tmp" if os.geteuid() == 0 else None  # noqa: S108 - mkdtemp is safe


if __name__ == "__main__":
    sys.exit(main())
