"""Everything in the knowledge has its page, each statement with what it rests on."""

import re
from html import unescape

import pytest

from knowledge.cited import Cited
from knowledge.schedule.injections import injection_rules
from medications.knowledge_pages.room import SUBJECTS
from tests.knowledge.test_room import READ, statements

pytestmark = pytest.mark.django_db
# They have pages of their own, with sign-off and the clinic's numbers.
ELSEWHERE = {"rules", "parameters"}


def words_of(response):
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", unescape(text))


@pytest.mark.parametrize("key", SUBJECTS)
class TestEverySubject:
    def test_lists_its_statements_with_tag_and_source(self, as_clinician, key):
        page = words_of(as_clinician.get(f"/knowledge/subjects/{key}/"))

        assert SUBJECTS[key].found("")
        for one in SUBJECTS[key].found("")[:40]:
            assert re.sub(r"\s+", " ", one.head) in page
            assert one.tag in page

    def test_can_be_searched(self, as_clinician, key):
        first = SUBJECTS[key].found("")[0]

        found = SUBJECTS[key].found(first.head)
        assert first in found
        page = words_of(as_clinician.get(f"/knowledge/subjects/{key}/?q=zebra+x"))
        assert "Nothing matches that" in page

    def test_is_reached_from_the_rules(self, as_clinician, key):
        page = as_clinician.get("/knowledge/").content.decode()

        assert f"/knowledge/subjects/{key}/" in page


def test_no_statement_of_the_room_is_left_out():
    shown = {(tag, day) for s in SUBJECTS.values() for tag, day in tags(s)}
    kept = {
        (one.tag, one.checked)
        for name, table in READ.items()
        if name not in ELSEWHERE
        for one in statements(table)
        if isinstance(one, Cited)
    }

    assert kept <= shown


def tags(subject):
    return {(one.tag, one.checked) for one in subject.found("")}


def test_a_day_of_our_own_says_what_a_clinic_may_have(as_clinician):
    page = words_of(as_clinician.get("/knowledge/subjects/injections/"))

    second = injection_rules()["SUBLOCADE"][0]
    assert second.due_permitted.words == "7 to 28"
    assert "A clinic may have 7 to 28" in page
    assert "Sublocade label 02/2025" in page


def test_no_such_subject(as_clinician):
    assert as_clinician.get("/knowledge/subjects/zebra/").status_code == 404
