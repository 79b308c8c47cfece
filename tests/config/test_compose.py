"""The containers agree with the code: services, variables, commands, rights."""

import configparser
import re
import tomllib

import pytest
import yaml

from config.environment import VARIABLES
from config.local.drill import CONFIGURATION
from config.local.places import ROOT
from config.local.roles import APPLICATION, DATABASE, OWNER

COMPOSE = (ROOT / "docker-compose.yml").read_text()
SERVICES = yaml.safe_load(COMPOSE)["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SITE = ("web", "worker", "beat", "migrate")
# Read by config.local.roles, not by settings.
FOR_ROLES = {"DATABASE_ADMIN_URL", "DATABASE_BACKUP_PASSWORD"}


def test_has_every_part_of_the_site():
    assert set(SERVICES) == {*SITE, "proxy", "postgres", "queue", "backup"}


@pytest.mark.parametrize("name", SITE)
def test_tells_only_variables_that_settings_know(name):
    told = set(SERVICES[name]["environment"])

    assert told <= set(VARIABLES) | (FOR_ROLES if name == "migrate" else set())
    assert {"SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"} <= told


def test_secrets_come_from_the_environment_with_a_sentence_when_missing():
    asked = re.findall(r"\$\{(\w+)(:?[-?])?([^}]*)\}", COMPOSE)
    secret = [a for a in asked if re.search(r"PASSWORD|SECRET_KEY$|HOSTS|EMAIL", a[0])]

    assert secret
    assert [a for a in secret if a[1] != ":?" or not a[2].endswith(".")] == []


def test_only_the_migration_owns_the_tables():
    addresses = {n: SERVICES[n]["environment"]["DATABASE_URL"] for n in SITE}
    owners = [n for n in SITE if "DATABASE_OWNER_URL" in SERVICES[n]["environment"]]

    assert all(f"//{APPLICATION}:" in a for a in addresses.values())
    assert all(a.endswith(f"/{DATABASE}") for a in addresses.values())
    assert owners == ["migrate"]
    told = SERVICES["migrate"]["environment"]
    assert told["MAINSTAY_DATABASE_ROLE"] == "owner"
    assert f"//{OWNER}:" in told["DATABASE_OWNER_URL"]


@pytest.mark.parametrize("name", list(SERVICES))
def test_runs_with_the_least_rights(name):
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["user"].split(":")[0] not in ("0", "root")
    assert all(":/" in v and not v.startswith("/") for v in service.get("volumes", []))
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}


@pytest.mark.parametrize("name", [n for n in SERVICES if n != "migrate"])
def test_tells_whether_it_is_well(name):
    # The web server's question stands in the Dockerfile.
    assert name == "web" or SERVICES[name]["healthcheck"]["test"]
    assert "stop_grace_period" in SERVICES[name]


def test_waits_for_the_migration_and_the_servers():
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"] == {
            "postgres": {"condition": "service_healthy"},
            "queue": {"condition": "service_healthy"},
            "migrate": {"condition": "service_completed_successfully"},
        }


def test_a_worker_is_given_the_time_of_the_longest_task(settings):
    grace = int(SERVICES["worker"]["stop_grace_period"].removesuffix("s"))

    assert grace > settings.CELERY_TASK_TIME_LIMIT


def test_commands_name_modules_that_exist():
    told = DOCKERFILE + yaml.safe_dump(SERVICES)
    modules = set(re.findall(r"\bconfig(?:\.\w+)+", told)) - {"config.settings"}

    assert {"config.wsgi", "config.celery", "config.local.roles"} <= modules
    for module in modules:
        assert (ROOT / f"{module.replace('.', '/')}.py").exists(), module


def test_the_health_check_asks_the_address_that_answers():
    health = (ROOT / "config" / "middleware.py").read_text()

    assert 'ADDRESS = "/healthz"' in health
    assert "127.0.0.1:%s/healthz" in DOCKERFILE
    port = SERVICES["web"]["environment"]["MAINSTAY_HEALTH_PORT"]
    assert f"web:{port}/healthz" in SERVICES["proxy"]["healthcheck"]["test"][1]


def test_the_image_is_locked_unprivileged_and_has_its_files_collected():
    assert "--require-hashes -r /build/requirements.lock" in DOCKERFILE
    assert "collectstatic --noinput" in DOCKERFILE
    assert re.search(r"^USER 10001:10001$", DOCKERFILE, re.MULTILINE)
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    version = re.search(r"^FROM python:3\.(\d+)", DOCKERFILE, re.MULTILINE)[1]
    assert int(version) >= int(wanted["requires-python"].removeprefix(">=3."))


def test_the_image_holds_every_app(settings):
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())
    ours = wanted["tool"]["importlinter"]["root_packages"]

    assert {app for app in settings.INSTALLED_APPS if (ROOT / app).is_dir()} <= {*ours}
    assert [app for app in ours if f"!{app}" not in ignored] == []


def test_every_variable_of_the_settings_is_passed_on():
    elsewhere = {
        "MAINSTAY_DEBUG": "refused in production",
        "MAINSTAY_PROCESS": "told by the code that starts it",
        "MAINSTAY_DATABASE_ROLE": "the migration's alone",
        "MAINSTAY_HEALTH_PORT": "the web server's alone",
        "DATABASE_OWNER_URL": "the migration's alone",
    }

    told = set(SERVICES["worker"]["environment"])

    assert set(VARIABLES) - told == set(elsewhere)


def test_the_database_logs_no_value():
    told = SERVICES["postgres"]["command"]

    for setting in (
        "log_min_error_statement=panic",
        "log_error_verbosity=terse",
        "log_parameter_max_length=0",
        "log_parameter_max_length_on_error=0",
    ):
        assert setting in told


def test_the_proxy_keeps_keys_and_addresses_out_of_its_log():
    told = (ROOT / "config" / "containers" / "proxy" / "Caddyfile").read_text()

    assert "@keys path /c/* /set-password/*\n\tlog_skip @keys" in told
    assert "request>uri delete" in told
    assert "request_buffers" in told


def test_backups_are_encrypted_as_in_the_drill():
    backup = ROOT / "config" / "containers" / "backup"
    kept = configparser.ConfigParser()
    kept.read_string((backup / "barman.conf").read_text())
    drilled = configparser.ConfigParser()
    drilled.read_string(CONFIGURATION)
    apart = {"conninfo", "streaming_conninfo", "encryption_key_id", "staging_path"}
    apart |= {"encryption_passphrase_command", "path_prefix"}

    used = {k: v for k, v in drilled["{server}"].items() if k not in apart}

    assert used.items() <= dict(kept["mainstay"]).items()
    assert used["encryption"] == "gpg"
    assert "file" not in yaml.safe_load(COMPOSE)["secrets"]["backup_passphrase"]
