"""Settings are read strictly, and each refusal is a sentence that names the variable."""

import pytest

from config.environment import VARIABLES, Environment, SettingRefused

GOOD_SECRET = "k3Jx-" * 12


def refusal_of(values, read):
    with pytest.raises(SettingRefused) as caught:
        read(Environment(values))
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "read", "says"),
    [
        pytest.param(
            "MAINSTAY_ENV",
            "prod",
            lambda e: e.choice("MAINSTAY_ENV", ("production", "local"), "local"),
            "must be one of production, local",
            id="not among the choices",
        ),
        pytest.param(
            "MAINSTAY_DEBUG",
            "ture",
            lambda e: e.boolean("MAINSTAY_DEBUG", "no"),
            "must be yes or no",
            id="misspelt yes",
        ),
        pytest.param(
            "DATABASE_CONN_MAX_AGE",
            "1e3",
            lambda e: e.integer("DATABASE_CONN_MAX_AGE", 60, 0, 3600),
            "whole number",
            id="not a whole number",
        ),
        pytest.param(
            "DATABASE_CONN_MAX_AGE",
            "3601",
            lambda e: e.integer("DATABASE_CONN_MAX_AGE", 60, 0, 3600),
            "from 0 to 3600",
            id="one above the highest",
        ),
        pytest.param(
            "ALLOWED_HOSTS",
            "good.example,*",
            lambda e: e.hosts("ALLOWED_HOSTS", None),
            "not a wildcard",
            id="wildcard among hosts",
        ),
        pytest.param(
            "ALLOWED_HOSTS",
            "https://good.example/",
            lambda e: e.hosts("ALLOWED_HOSTS", None),
            "plain host names",
            id="address in place of a host",
        ),
        pytest.param(
            "CSRF_TRUSTED_ORIGINS",
            "good.example",
            lambda e: e.origins("CSRF_TRUSTED_ORIGINS"),
            "begins with https://",
            id="origin without a scheme",
        ),
        pytest.param(
            "DATABASE_URL",
            "mysql://a:hidden@host/name",
            lambda e: e.postgres("DATABASE_URL"),
            "must begin with postgresql://",
            id="another database",
        ),
        pytest.param(
            "DATABASE_URL",
            "postgresql://a:hidden@host",
            lambda e: e.postgres("DATABASE_URL"),
            "names no database",
            id="no database named",
        ),
        pytest.param(
            "REDIS_URL",
            "redis://",
            lambda e: e.address("REDIS_URL", ("redis",)),
            "names no host",
            id="no host",
        ),
        pytest.param(
            "REDIS_URL",
            "redis://host:99999/0",
            lambda e: e.address("REDIS_URL", ("redis",)),
            "not an address",
            id="impossible port",
        ),
        pytest.param(
            "EMAIL_URL",
            "gopher://host",
            lambda e: e.mailer("EMAIL_URL", "console:"),
            "must begin with smtp://",
            id="no kind of mail",
        ),
    ],
)
def test_refuses_nonsense_in_words(name, value, read, says):
    sentence = refusal_of({name: value}, read)

    assert sentence.startswith(name)
    assert says in sentence
    assert "hidden" not in sentence


@pytest.mark.parametrize("secret", ["short", "a" * 80])
def test_refuses_a_weak_secret_without_repeating_it(secret):
    sentence = refusal_of({"SECRET_KEY": secret}, lambda e: e.secret("SECRET_KEY"))

    assert "too weak" in sentence
    assert secret not in sentence


def test_says_what_a_missing_variable_is():
    sentence = refusal_of({}, lambda e: e.postgres("DATABASE_URL"))

    assert sentence.startswith("DATABASE_URL is not set.")
    assert VARIABLES["DATABASE_URL"] in sentence


def test_refuses_a_misspelt_variable_of_ours():
    with pytest.raises(SettingRefused, match="MAINSTAY_EVN is not a setting"):
        Environment({"MAINSTAY_EVN": "production"})


def test_refuses_to_read_what_is_not_declared():
    with pytest.raises(SettingRefused, match="not declared"):
        Environment({}).text("SOMETHING")


def test_takes_what_is_right():
    read = Environment(
        {
            "SECRET_KEY": GOOD_SECRET,
            "ALLOWED_HOSTS": " a.example , b.example ",
            "MAINSTAY_DEBUG": "On",
            "DATABASE_CONN_MAX_AGE": "0",
        }
    )

    assert read.secret("SECRET_KEY") == GOOD_SECRET
    assert read.hosts("ALLOWED_HOSTS", None) == ["a.example", "b.example"]
    assert read.boolean("MAINSTAY_DEBUG", "no") is True
    assert read.integer("DATABASE_CONN_MAX_AGE", 60, 0, 3600) == 0
    assert read.origins("CSRF_TRUSTED_ORIGINS") == []


@pytest.mark.parametrize(
    ("url", "options"),
    [
        pytest.param(
            "smtp://u%40x:p%2Fw@mail.example",
            {"port": 587, "use_tls": True, "use_ssl": False},
            id="submission begins TLS",
        ),
        pytest.param(
            "smtps://u%40x:p%2Fw@mail.example",
            {"port": 465, "use_tls": False, "use_ssl": True},
            id="TLS from the start",
        ),
        pytest.param(
            "smtp://u%40x:p%2Fw@mail.example:25?starttls=no",
            {"port": 25, "use_tls": False, "use_ssl": False},
            id="in the clear only where written",
        ),
    ],
)
def test_reads_a_mail_server(url, options):
    mailer = Environment({"EMAIL_URL": url}).mailer("EMAIL_URL", "console:")

    assert mailer["OPTIONS"] == {
        "host": "mail.example",
        "username": "u@x",
        "password": "p/w",
        "timeout": 10,
        **options,
    }


def test_reads_the_console_as_a_mailer():
    mailer = Environment({}).mailer("EMAIL_URL", "console:")

    assert mailer == {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
