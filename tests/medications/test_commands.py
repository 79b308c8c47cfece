"""The machine door: a picture in, options or every fault out."""

import io
import json
import sys

import pytest
from django.core.management import call_command

from knowledge.editions import knowledge


def run(monkeypatch, text):
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    call_command("moud_options", stdout=out)
    return json.loads(out.getvalue())


def refused(monkeypatch, text):
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    with pytest.raises(SystemExit) as ended:
        call_command("moud_options", stdout=out)
    assert ended.value.code == 2
    return json.loads(out.getvalue())


def test_weighs_a_picture(monkeypatch):
    facts = {"phys_dependence": True, "cows": 14, "pregnancy": True}
    text = json.dumps({"as_of": "2026-11-21T09:00:00Z", "facts": facts})
    shown = run(monkeypatch, text)

    assert shown["knowledge"] == knowledge().digest
    standing = {o["medication"]: o["standing"] for o in shown["options"]}
    assert standing["NTX_XR"] == "CONTRAINDICATED"
    assert standing["SUBLOCADE"] == "AVOID"


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("not json", "picture"),
        ("[]", "picture"),
        ('{"as_of": "2026-11-21", "facts": {"qtcc": 1}}', "qtcc"),
        ('{"as_of": "1999-12-31"}', "as_of"),
        pytest.param('{"facts":' + "[" * 100_000, "picture", id="deep"),
    ],
)
def test_lists_what_cannot_be_read(monkeypatch, text, fact):
    assert [e["fact"] for e in refused(monkeypatch, text)["errors"]] == [fact]
