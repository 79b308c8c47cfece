"""A small year of invented care: nothing that may never be."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from devtools import rehearsal
from devtools.rehearsal import FAULTS, rehearse


def test_nobody_is_lost_in_a_year_and_a_half():
    result = rehearse(range(24), days=500, seed=3, step=5)

    assert result.faults == {}
    assert result.rows > 24 * 10


def test_the_command_prints_each_count():
    out = StringIO()
    call_command("simulate_aftercare", "--people=4", "--days=60", stdout=out)

    for fault in FAULTS:
        assert f"       0  {fault}" in out.getvalue()


def test_a_calendar_that_ends_is_found(monkeypatch):
    monkeypatch.setattr(rehearsal, "owed", lambda *_, **__: ())

    with pytest.raises(CommandError):
        call_command("simulate_aftercare", "--people=2", "--days=60", stdout=StringIO())
