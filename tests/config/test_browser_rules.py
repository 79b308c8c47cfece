"""What browsers are told with every page."""

import pytest
from django.conf import settings
from django.utils.csp import CSP


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere():
    policy = settings.SECURE_CSP
    allowed = {str(source) for sources in policy.values() for source in sources}

    assert allowed <= {CSP.SELF, CSP.NONE, CSP.NONCE, "data:"}
    assert policy["default-src"] == [CSP.SELF]
    assert policy["style-src"] == [CSP.SELF]
    assert [k for k, v in policy.items() if "data:" in v] == ["img-src"]
    for shut in ("object-src", "frame-ancestors", "base-uri"):
        assert policy[shut] == [CSP.NONE]


@pytest.mark.django_db
def test_even_an_error_page_has_the_policy(client):
    client.raise_request_exception = False

    header = client.get("/nowhere-at-all")["Content-Security-Policy"]

    assert "default-src 'self'" in header
    assert "unsafe" not in header


def test_passwords_are_long_and_hashed_with_argon2():
    validators = {
        v["NAME"].rpartition(".")[2]: v for v in settings.AUTH_PASSWORD_VALIDATORS
    }

    assert validators["MinimumLengthValidator"]["OPTIONS"]["min_length"] == 15
    assert "CommonPasswordValidator" in validators


def test_a_lost_task_comes_back_only_after_the_slowest_has_ended():
    visible = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]

    assert (
        visible > settings.CELERY_TASK_TIME_LIMIT > settings.CELERY_TASK_SOFT_TIME_LIMIT
    )
