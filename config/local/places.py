"""Places of things on a machine that runs Mainstay for itself."""

import hashlib
import os
import pwd
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / ".local"
LOGS = STATE / "logs"


@dataclass(frozen=True)
class Account:
    """The system account that the servers run under."""

    uid: int
    gid: int

    def own(self, path: Path) -> None:
        os.chown(path, self.uid, self.gid)


def unprivileged() -> Account | None:
    """Whom to become before starting a server: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    return Account(65534, 65534)


def data_home(root: Path = ROOT) -> Path:
    """Where the servers keep their data; made if need be.

    As root it is outside the checkout, which the servers' own account may not
    be able to reach.
    """
    if os.geteuid() != 0:
        return made(root / ".local" / "data", 0o700)
    mark = hashlib.sha256(str(root).encode()).hexdigest()[:12]
    home = made(Path("/var/tmp") / f"mainstay-{mark}", 0o711)  # noqa: S108 - checked below
    if home.is_symlink() or home.lstat().st_uid != 0:
        raise SystemExit(f"{home} belongs to somebody else: remove it, then try again.")
    return home


def made(path: Path, mode: int, owner: Account | None = None) -> Path:
    """The directory, made with this mode and owner."""
    path.mkdir(parents=True, exist_ok=True)
    if not path.is_symlink():
        path.chmod(mode)
        if owner:
            owner.own(path)
    return path


def written(path: Path, text: str, owner: Account | None = None) -> Path:
    """The file, holding this text, for its owner's eyes from its first moment."""
    half = path.with_name(f"{path.name}.new")
    half.unlink(missing_ok=True)
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as f:
        f.write(text)
    if owner:
        owner.own(half)
    half.replace(path)
    return path
