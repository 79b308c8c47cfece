"""The random passwords of one checkout, kept out of git and out of sight."""

import json
import secrets
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from config.local.places import written


def _random() -> str:
    return secrets.token_urlsafe(48)


@dataclass(frozen=True)
class Passwords:
    """One for each role, one for the queue, and the site's secret key."""

    superuser: str = field(default_factory=_random)
    owner: str = field(default_factory=_random)
    application: str = field(default_factory=_random)
    queue: str = field(default_factory=_random)
    secret_key: str = field(default_factory=_random)


def kept(path: Path) -> Passwords:
    """Those of an earlier start, or new ones, written down before they are used."""
    try:
        found = json.loads(path.read_text())
        return Passwords(**{f.name: found[f.name] for f in fields(Passwords)})
    except (FileNotFoundError, json.JSONDecodeError, KeyError):
        return _write(path, Passwords())


def _write(path: Path, passwords: Passwords) -> Passwords:
    path.parent.mkdir(parents=True, exist_ok=True)
    written(path, json.dumps(asdict(passwords)))
    return passwords
