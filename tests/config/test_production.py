"""Production mode: clean under Django's own review, and never started half-told."""

import importlib
import os
import subprocess
import sys

import pytest

from config.local.places import ROOT

TOLD = {
    "MAINSTAY_ENV": "production",
    "SECRET_KEY": "q7Zp_" * 12,
    "ALLOWED_HOSTS": "clinic.example",
    "DATABASE_URL": "postgresql://mainstay_app:x@db.example/mainstay",
    "REDIS_URL": "redis://queue.example/0",
}


def manage(*words, without=(), **told):
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")}
    environment = kept | {k: v for k, v in (TOLD | told).items() if k not in without}
    return subprocess.run(
        [sys.executable, "-W", "error", ROOT / "manage.py", *words],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_passes_the_deployment_check_without_a_warning():
    told = manage("check", "--deploy", "--fail-level", "WARNING")

    assert told.returncode == 0, told.stderr
    assert "no issues (1 silenced)" in told.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("without", "told", "says"),
    [
        pytest.param(("SECRET_KEY",), {}, "SECRET_KEY is not set.", id="no secret"),
        pytest.param((), {"SECRET_KEY": "weak"}, "SECRET_KEY is too weak", id="weak"),
        pytest.param(("ALLOWED_HOSTS",), {}, "ALLOWED_HOSTS is not set.", id="no host"),
        pytest.param(
            (),
            {"DATABASE_URL": "sqlite:///db"},
            "DATABASE_URL begins with sqlite:",
            id="not PostgreSQL",
        ),
        pytest.param(
            (),
            {"MAINSTAY_DATABASE_ROLE": "owner"},
            "DATABASE_OWNER_URL is not set.",
            id="owner without an address",
        ),
        pytest.param(
            (),
            {"MAINSTAY_DEBUG": "yes"},
            "MAINSTAY_DEBUG shows people's answers",
            id="debugging",
        ),
        pytest.param(
            (),
            {"MAINSTAY_SITE_URL": "http://clinic.example"},
            "MAINSTAY_SITE_URL begins with http:",
            id="links in the clear",
        ),
    ],
)
def test_refuses_to_start_with_one_sentence(without, told, says):
    refused = manage("check", without=without, **told)

    assert refused.returncode == 1
    assert refused.stderr.startswith(says)
    assert "Traceback" not in refused.stderr


def test_passwords_are_hashed_with_argon2_alone():
    """The suite itself hashes faster (tests/conftest.py); the settings do not."""
    settings = importlib.import_module("config.settings")

    assert settings.PASSWORD_HASHERS == [
        "django.contrib.auth.hashers.Argon2PasswordHasher"
    ]


@pytest.mark.slow
def test_cookies_are_for_this_host_and_no_script():
    names = [
        f"{kind}_COOKIE_{what}"
        for kind in ("SESSION", "CSRF")
        for what in ("NAME", "SECURE", "HTTPONLY", "SAMESITE", "DOMAIN", "PATH")
    ]
    read = f"from django.conf import settings; print([getattr(settings, n) for n in {names}])"

    told = manage("shell", "--no-imports", "-v", "0", "-c", read)

    flags = [True, True, "Lax", None, "/"]
    said = ["__Host-session", *flags, "__Host-csrf", *flags]
    assert told.stdout.strip() == str(said), told.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "zone", ["Asia/Kolkata", "America/Phoenix", "Pacific/Honolulu"]
)
def test_the_zone_of_the_machine_changes_nothing(zone):
    read = "import time; from datetime import datetime; print(time.tzname[0], datetime(2026, 7, 1, 12).astimezone().utcoffset())"

    told = manage("shell", "--no-imports", "-v", "0", "-c", read, TZ=zone)

    assert told.stdout.strip() == "UTC 0:00:00", told.stderr
