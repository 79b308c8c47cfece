"""The knowledge pages: read by everyone, signed by the medical director."""

import csv
import datetime as dt
import io
import re
from unittest import mock

import pytest
from django.contrib.messages import get_messages
from django.core.management import CommandError, call_command
from django.utils.html import escape

from accounts.models import AuditEvent
from accounts.permissions import Role
from assessments.actions.measures import record_observation
from jobs import tasks
from jobs.models import Job
from knowledge.editions import build, knowledge
from knowledge.policy import Policy
from knowledge.tables import HERE
from medications.actions import impact
from medications.actions.editions import keep_edition
from medications.clinic_policy.policy import policy_of, shown_of, stances_of
from medications.knowledge_pages.parameters import read_by
from medications.knowledge_pages.search import KEYS
from medications.models import ImpactRun, RuleSignOff
from medications.views import knowledge_impact
from tests.conftest import markup, signed_in
from tests.factories import PatientFactory, StaffFactory
from tests.factories.medications import KnowledgeEditionFactory, RuleSignOffFactory
from tests.factories.plans import decided
from tests.medications.test_impact import with_number

pytestmark = pytest.mark.django_db

TRAVEL = "number_travel_far"
ALL = len(knowledge().rules)


@pytest.fixture
def director(clinic):
    return StaffFactory(roles={clinic: [Role.MEDICAL_DIRECTOR]}, name="Ines Marchetti")


@pytest.fixture
def as_director(director):
    return signed_in(director)


def said(rule, stance="as_is", **more):
    version = knowledge().rules[rule].version
    return {"stance": stance, "version": version, "reason": "", **more}


@pytest.fixture
def sign(as_director, clinic):
    def signed(rule, stance="as_is", **more):
        more.setdefault("shown", shown_of(rule, stances_of(clinic.pk)))
        return as_director.post(f"/knowledge/{rule}/", said(rule, stance, **more))

    return signed


class TestShelf:
    def test_counts_what_waits_and_what_was_never_checked(self, as_clinician, sign):
        sign("C47")

        page = markup(as_clinician.get("/knowledge/"))
        assert f"Needs sign-off {ALL - 1}" in page
        assert f"All {ALL}" in page
        assert "Switched off here" not in page

    @pytest.mark.parametrize(
        ("show", "has", "lacks"),
        [
            ("due", "C46", "C47"),
            ("off", "C90", "C47"),
            ("own", "C89", "C90"),
            ("policy", "C89", "C47"),
            ("unverified", "C23", "C45"),
            ("first", "C118", "C117"),
        ],
    )
    def test_filters(self, as_clinician, sign, show, has, lacks):
        sign("C47")
        sign("C90", "off", reason="We send a van.")
        sign("C89", "own_number", reason="Our buses run late.", **{TRAVEL: "45"})

        nav = shelf_of(as_clinician.get("/knowledge/", {"show": show}))
        assert f"/knowledge/{has}/" in nav
        assert f"/knowledge/{lacks}/" not in nav

    @pytest.mark.parametrize(
        "odd",
        [{"show": "zebra"}, {"show": "\x00"}, {"q": "x" * 999}, {"check": "x" * 99}],
    )
    def test_odd_filters_show_all(self, as_clinician, odd):
        nav = shelf_of(as_clinician.get("/knowledge/", odd))

        assert "/knowledge/C47/" in nav

    def test_departures_are_told_with_their_reasons(self, as_clinician, sign):
        sign("C90", "off", reason="We send a van.")

        page = markup(as_clinician.get("/knowledge/"))
        assert "We send a van." in page
        assert "Switched off" in page

    def test_only_the_director_is_asked_to_sign(self, as_clinician, as_director):
        assert "/knowledge/sign-off/" in markup(as_director.get("/knowledge/"))
        assert "/knowledge/sign-off/" not in markup(as_clinician.get("/knowledge/"))

    @pytest.mark.parametrize("fact", ["qtc", "travel to the OTP", "transport"])
    def test_a_rule_is_found_by_the_facts_it_reads(self, as_clinician, fact):
        nav = shelf_of(as_clinician.get("/knowledge/", {"q": fact}))

        expected = "C47" if fact == "qtc" else "C89"
        assert f"/knowledge/{expected}/" in nav
        assert "/knowledge/C108/" not in nav

    def test_the_way_to_a_rule_keeps_the_search(self, as_clinician):
        nav = shelf_of(as_clinician.get("/knowledge/", {"q": "QTc"}))

        assert "/knowledge/C47/?q=QTc" in nav
        assert "/knowledge/C47/?q=QTc" in shelf_of(
            as_clinician.get("/knowledge/C46/", {"q": "QTc"})
        )

    def test_nothing_waits_once_all_are_signed(
        self, as_director, clinic, director, noon
    ):
        RuleSignOff.objects.bulk_create(
            RuleSignOff(
                clinic=clinic,
                rule=rule,
                version=raw.version,
                stance="as_is",
                knowledge_digest="x",
                signed_at=noon,
                signed_by=director,
            )
            for rule, raw in knowledge().rules.items()
        )

        assert "Nothing waits" in markup(as_director.get("/knowledge/"))
        assert "Nothing waits" in markup(as_director.get("/knowledge/sign-off/"))


def shelf_of(response):
    """The list of rules alone."""
    return markup(response).split('aria-label="Rules">', 1)[1]


class TestHome:
    def test_the_director_is_told_how_many_wait(self, as_director, sign):
        sign("C47")

        assert f"{ALL - 1} rules wait for the medical director" in markup(
            as_director.get("/rules-due/")
        )

    def test_the_first_page_fetches_it_for_the_director_alone(
        self, as_director, as_clinician, as_admin
    ):
        assert 'hx-get="/rules-due/"' in markup(as_director.get("/"))
        for client in (as_clinician, as_admin):
            assert "rules-due" not in markup(client.get("/"))
            assert client.get("/rules-due/").status_code == 403

    def test_nothing_waits_once_all_are_signed(self, as_director, sign):
        for rule in knowledge().rules:
            sign(rule)

        assert "Every rule is signed off here" in markup(as_director.get("/rules-due/"))


class TestRule:
    def test_shows_its_examples_with_the_live_sentence(self, as_clinician):
        page = markup(as_clinician.get("/knowledge/C47/"))

        assert "QTc 499 ms" in page
        assert "“QTc 500 ms: 500 ms or more.”" in page
        assert "Asks for: QTc" in page

    def test_shows_source_disagreement_and_next_check(self, as_clinician):
        page = markup(as_clinician.get("/knowledge/C47/"))

        assert "Krantz" in page
        assert "Next due" in page
        assert "Disagrees" in page

    def test_shows_thirteen_attributes(self, as_clinician):
        page = markup(as_clinician.get("/knowledge/C47/"))
        lines = page.split("13 attributes", 1)[1].split("</details>", 1)[0]

        assert lines.count("<dt>") == 13
        assert "Use of sexual orientation" in lines

    def test_who_may_not_sign_has_no_form(self, as_clinician):
        assert "Sign off version" not in markup(as_clinician.get("/knowledge/C47/"))

    def test_who_may_not_sign_cannot_post(self, as_prescriber):
        answer = as_prescriber.post("/knowledge/C47/", said("C47"))

        assert answer.status_code == 403
        assert not RuleSignOff.objects.exists()

    def test_holds_for_what_was_on_the_screen_alone(self, sign, clinic):
        before = shown_of("C47", stances_of(clinic.pk))
        sign("C47")

        answer = sign("C47", shown=before)

        assert answer.status_code == 400
        assert "no longer what was on your screen" in markup(answer)
        assert RuleSignOff.objects.count() == 1

    def test_is_signed_as_it_is(self, sign, as_clinician, director):
        (told,) = get_messages(sign("C47").wsgi_request)
        assert str(told).endswith("signed: use as it is.")

        page = markup(as_clinician.get("/knowledge/C47/"))
        assert "signed by Ines Marchetti" in page
        assert "Sign-off due" not in page

    def test_is_switched_off_with_its_reason(self, sign, as_clinician, clinic):
        sign("C90", "off", reason="We send a van.")

        assert policy_of(clinic.pk) == Policy(off={"C90": "We send a van."})
        page = markup(as_clinician.get("/knowledge/C90/"))
        assert "Switched off here." in page
        assert "We send a van." in page

    def test_an_own_number_shows_beside_what_ships(self, sign, as_clinician, clinic):
        sign("C89", "own_number", reason="Our buses run late.", **{TRAVEL: "45"})

        page = markup(as_clinician.get("/knowledge/C89/"))
        assert "more than 45 min away" in page
        assert "30 min" in page

    @pytest.mark.parametrize(
        ("rule", "stance", "more", "words"),
        [
            ("C90", "off", {}, "Say why this clinic departs"),
            ("C03", "off", {"reason": "No."}, "Select a valid choice"),
            ("C43", "own_number", {"reason": "No."}, "Select a valid choice"),
            ("C89", "own_number", {"reason": "x", TRAVEL: "500"}, "may be 15 to 120"),
            ("C89", "own_number", {"reason": "x", TRAVEL: "NaN"}, "Enter a number"),
            ("C89", "own_number", {"reason": "x", TRAVEL: "30"}, "Give the number"),
            ("C89", "own_number", {"reason": "x", TRAVEL: ""}, "Give the number"),
            ("C47", "", {}, "Say how this clinic uses the rule"),
            ("C47", "as_is", {"version": 99}, "Read it again before signing"),
            ("C47", "as_is", {"version": "x"}, "Enter a whole number"),
        ],
    )
    def test_what_is_refused_comes_back_as_typed(self, sign, rule, stance, more, words):
        answer = sign(rule, stance, **{"reason": "", **more})

        assert answer.status_code == 400
        assert words in markup(answer)
        assert not RuleSignOff.objects.exists()

    def test_what_was_typed_is_kept(self, sign):
        page = markup(sign("C89", "own_number", reason="Our van.", **{TRAVEL: "500"}))

        assert 'value="500"' in page
        assert "Our van." in page

    def test_a_rule_that_must_stay_says_why(self, as_director):
        page = markup(as_director.get("/knowledge/C03/"))

        assert "It may not be switched off." in page
        assert knowledge().rules["C03"].always_on in page

    def test_says_what_changed_since_it_was_signed(
        self, as_director, director, clinic, noon
    ):
        earlier = with_rule("C47", version=0, when="QTc is more than 500 ms")
        keep_edition(clinic_id=clinic.pk, known=earlier, at=noon)
        signed_before(clinic, director, noon, earlier.digest)

        page = markup(as_director.get("/knowledge/C47/"))
        assert '<del class="mst-del">more than</del>' in page
        assert '<ins class="mst-ins">or more</ins>' in page
        assert "Sign-off due" in page

    def test_an_edition_that_was_not_kept_shows_no_difference(
        self, as_director, director, clinic, noon
    ):
        signed_before(clinic, director, noon, "lost")

        page = markup(as_director.get("/knowledge/C47/"))
        assert "mst-del" not in page
        assert "version 0, signed by" in page

    def test_a_number_set_with_another_rule_says_with_which(
        self, as_clinician, director, clinic, noon
    ):
        shared = next(name for name, rules in READ_BY.items() if len(rules) > 1)
        first, second = READ_BY[shared][:2]
        RuleSignOffFactory(
            clinic=clinic,
            rule=first,
            stance="own_number",
            numbers={shared: "9"},
            reason="So here.",
            knowledge_digest="x",
            signed_at=noon,
            signed_by=director,
        )

        page = markup(as_clinician.get(f"/knowledge/{second}/"))
        assert f'signed with <a href="/knowledge/{first}/">' in page


READ_BY = read_by(knowledge())


def with_rule(rule, **changed):
    """The knowledge that ships, but for one rule."""
    tables = {**knowledge().tables}
    tables["rules"] = {**tables["rules"], rule: {**tables["rules"][rule], **changed}}
    return build(tables)


def signed_before(clinic, by, at, digest):
    """Version 0 of C47 was signed as it was."""
    return RuleSignOffFactory(
        clinic=clinic,
        rule="C47",
        version=0,
        stance="as_is",
        knowledge_digest=digest,
        signed_at=at,
        signed_by=by,
    )


class TestTogether:
    def chosen(self, *rules):
        """As the page of a clinic that signed nothing yet shows them."""
        return [f"{rule}:{shown_of(rule, {})}" for rule in rules]

    def test_lists_what_was_chosen_before_it_signs(self, as_director):
        page = as_director.post(
            "/knowledge/sign-off/", {"rules": self.chosen("C45", "C46")}
        )

        assert page.status_code == 200
        assert "Sign off 2 rules?" in markup(page)
        assert not RuleSignOff.objects.exists()

    def test_signs_them(self, as_director, clinic):
        sent = {"rules": self.chosen("C45", "C46"), "sure": "yes"}

        assert as_director.post("/knowledge/sign-off/", sent).status_code == 302
        assert set(stances_of(clinic.pk)) == {"C45", "C46"}

    @pytest.mark.parametrize("rules", [[], ["C45:99"], ["zebra"], ["C45"]])
    def test_refuses_none_and_others(self, as_director, rules):
        answer = as_director.post("/knowledge/sign-off/", {"rules": rules})

        assert answer.status_code == 400
        assert "Nothing signed" in markup(answer)

    def test_one_used_otherwise_is_not_among_them(self, as_director, sign):
        sign("C90", "off", reason="We send a van.")

        page = markup(as_director.get("/knowledge/sign-off/"))
        assert 'value="C89:' in page
        assert 'value="C90:' not in page

    def test_one_departed_from_meanwhile_stops_them(self, as_director):
        sent = {"rules": self.chosen("C45", "C46"), "sure": "yes"}
        with mock.patch(
            "medications.actions.sign_rules.departs", side_effect=[False, True]
        ):
            answer = as_director.post("/knowledge/sign-off/", sent, follow=True)

        assert "is used otherwise here" in markup(answer)
        assert not RuleSignOff.objects.exists()

    @pytest.mark.parametrize("more", [{}, {"sure": "yes"}])
    def test_what_reads_otherwise_than_shown_is_shown_again(self, as_director, more):
        """The version is the same, and the edition that stood on the page is not."""
        sent = {"rules": [*self.chosen("C45"), f"C46:{'0' * 64}"], **more}
        answer = as_director.post("/knowledge/sign-off/", sent)

        assert answer.status_code == 400
        assert "has changed meanwhile" in markup(answer)
        assert re.search(r'id="r-C45" checked', markup(answer))
        assert not RuleSignOff.objects.exists()

    def test_a_section_is_chosen_at_once(self, as_director):
        page = markup(as_director.get("/knowledge/sign-off/?all=C7"))

        assert re.search(r'id="r-C108" checked', page)
        assert not re.search(r'id="r-C45" checked', page)


class TestNumbers:
    def test_every_number_with_its_source(self, as_clinician):
        page = markup(as_clinician.get("/knowledge/numbers/"))

        for parameter in knowledge().parameters.values():
            assert escape(parameter.meaning) in page

    def test_the_clinics_own_beside_it(self, as_clinician, sign):
        sign("C89", "own_number", reason="Our buses run late.", **{TRAVEL: "45"})

        page = markup(as_clinician.get("/knowledge/numbers/", {"q": "C89 travel"}))
        assert "45 min" in page
        assert "own number" in page

    @pytest.mark.parametrize("q", ["zebra", "x" * 999, "\x00"])
    def test_odd_words(self, as_clinician, q):
        assert as_clinician.get("/knowledge/numbers/", {"q": q}).status_code == 200


@pytest.mark.parametrize("key", KEYS)
def test_each_medication_lists_its_rules(as_clinician, key):
    page = markup(as_clinician.get(f"/knowledge/medications/{key}/"))

    assert KEYS[key] in page
    assert page.count('href="/knowledge/C') > 0


def test_no_such_medication(as_clinician):
    assert as_clinician.get("/knowledge/medications/ASPIRIN/").status_code == 404


class TestUse:
    @pytest.fixture
    def overridden(self, clinic, prescriber, noon):
        person = PatientFactory(clinic=clinic, given_name="Alma", family_name="Reyes")
        return decided(
            person, prescriber, choice="MTD", qtc=512, at=dt.datetime.now(tz=dt.UTC)
        )

    def test_counts_decisions_and_people(self, as_clinician, overridden):
        page = markup(as_clinician.get("/knowledge/C47/use/"))

        assert "1 time, 1 person" in page
        assert f"/medication/decisions/{overridden.pk}/" in page
        assert "Reyes" in page

    def test_a_part_for_the_page_of_the_rule(self, as_clinician, overridden):
        part = markup(
            as_clinician.get("/knowledge/C47/use/", headers={"HX-Request": "true"})
        )

        assert "1 time, 1 person" in part
        assert "<html" not in part
        assert "Reyes" not in part

    def test_who_opens_no_charts_reads_numbers_alone(self, as_admin, overridden):
        page = markup(as_admin.get("/knowledge/C47/use/"))

        assert "1 time, 1 person" in page
        assert "Reyes" not in page
        assert "decisions/" not in page

    def test_another_clinic_counts_its_own(self, other_clinic, overridden):
        stranger = signed_in(StaffFactory(roles={other_clinic: [Role.CLINICIAN]}))

        page = markup(stranger.get("/knowledge/C47/use/"))
        assert "0 times, 0 people" in page
        assert "Reyes" not in page

    def test_no_such_rule(self, as_clinician):
        assert as_clinician.get("/knowledge/C999/use/").status_code == 404


@pytest.fixture
def long_qt(clinic, prescriber):
    person = PatientFactory(clinic=clinic, given_name="Alma", family_name="Reyes")
    at = dt.datetime.now(tz=dt.UTC) - dt.timedelta(hours=1)
    record_observation(
        patient=person, code="qtc", value=512, effective_at=at, by=prescriber, at=at
    )
    return person


class TestImpact:
    @pytest.fixture
    def look(self, as_director):
        def looked(rule="C47", stance="off", **more):
            return as_director.post(
                f"/knowledge/{rule}/impact/", said(rule, stance, **more)
            )

        return looked

    def test_a_small_clinic_is_answered_at_once(self, look, as_director, long_qt):
        answer = look()

        page = markup(as_director.get(answer.url))
        assert "1 of 1 person" in page
        assert "Reyes" in page
        assert "Avoid" in page
        assert "no longer: a task (C47), the advice to avoid it (C47)" in page
        assert "hx-trigger" not in page.split('id="impact"', 1)[1].split(">", 1)[0]

    def test_nothing_is_signed_by_looking(self, look, long_qt, clinic):
        look()

        assert stances_of(clinic.pk) == {}

    def test_needs_no_reason_yet_and_brings_it_back(self, look, as_director, long_qt):
        run = ImpactRun.objects.get(pk=int(look(reason="Not yet.").url.split("/")[-2]))

        page = markup(as_director.get(f"/knowledge/C47/?run={run.pk}"))
        assert "Not yet." in page
        assert re.search(r'value="off"[^>]* checked', page)

    def test_brings_the_number_back(self, look, as_director):
        look("C89", "own_number", **{TRAVEL: "45"})
        run = ImpactRun.objects.get()

        assert 'value="45"' in markup(as_director.get(f"/knowledge/C89/?run={run.pk}"))

    @pytest.mark.parametrize("run", ["0", "x", "9" * 30, "-1", "²"])
    def test_an_odd_run_is_left_aside(self, as_director, run):
        assert as_director.get("/knowledge/C47/", {"run": run}).status_code == 200

    def test_nobody_changes(self, look, as_director, long_qt):
        page = markup(as_director.get(look(stance="as_is").url))

        assert "Nobody's options change." in page.replace("&#x27;", "'")
        assert "1 person was looked at" in page

    def test_what_could_not_be_signed_is_refused(self, look):
        answer = look("C89", "own_number", **{TRAVEL: "500"})

        assert answer.status_code == 400
        assert not ImpactRun.objects.exists()

    def test_an_empty_form_is_refused(self, as_director):
        assert as_director.post("/knowledge/C47/impact/").status_code == 400

    def test_many_people_are_left_to_the_workers(
        self,
        look,
        as_director,
        long_qt,
        monkeypatch,
        django_capture_on_commit_callbacks,
    ):
        monkeypatch.setattr(knowledge_impact, "AT_ONCE", 0)
        with (
            mock.patch.object(tasks.run, "apply_async") as queued,
            django_capture_on_commit_callbacks(execute=True),
        ):
            answer = look()

        queued.assert_called_once_with(
            kwargs={"clinic_id": long_qt.clinic_id, "queue": "jobs"}, expires=60
        )
        page = markup(as_director.get(answer.url))
        assert "Looked at 0 of 1 person" in page
        assert 'hx-trigger="every 2s"' in page

    def test_a_broker_that_is_gone_is_no_fault(
        self, look, long_qt, monkeypatch, django_capture_on_commit_callbacks
    ):
        monkeypatch.setattr(knowledge_impact, "AT_ONCE", 0)
        with (
            mock.patch.object(tasks.run, "apply_async", side_effect=OSError),
            django_capture_on_commit_callbacks(execute=True),
        ):
            assert look().status_code == 302

    def test_a_second_look_waits_for_the_first(self, look, long_qt, monkeypatch):
        monkeypatch.setattr(knowledge_impact, "AT_ONCE", 0)
        look()

        assert "still under way" in markup(look())

    def test_one_that_failed_says_so(self, look, as_director, long_qt, noon):
        url = look().url
        Job.objects.update(status="failed")

        page = markup(as_director.get(url))
        assert "The look stopped" in page
        assert "Reyes" not in page

    def test_another_clinics_is_not_there(self, look, long_qt, other_clinic):
        url = look().url
        stranger = signed_in(
            StaffFactory(roles={other_clinic: [Role.MEDICAL_DIRECTOR]})
        )

        assert stranger.get(url).status_code == 404
        assert stranger.get(f"{url}csv/").status_code == 404

    def test_the_file_names_people_by_number_and_is_written_down(
        self, look, as_director, long_qt, director
    ):
        answer = as_director.get(f"{look().url}csv/")

        sheet = answer.content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(sheet)))
        assert rows[0]["mrn"] == long_qt.mrn
        assert ("Methadone", "Avoid") in {(r["medication"], r["before"]) for r in rows}
        assert "Reyes" not in sheet
        event = AuditEvent.objects.get(verb="knowledge.impact_exported")
        assert event.staff_id == director.pk

    def test_those_who_stand_otherwise_come_first(
        self, look, as_director, clinic, long_qt
    ):
        other = PatientFactory(clinic=clinic, family_name="Aaronson")
        url = look().url
        run = ImpactRun.objects.get()
        impact.ImpactChange.objects.create(
            clinic=clinic,
            run=run,
            patient=other,
            medication="MTD",
            before="ELIGIBLE",
            after="ELIGIBLE",
            rank_before=1,
            rank_after=2,
        )

        page = markup(as_director.get(url))
        assert page.index("Reyes") < page.index("Aaronson")
        assert "ranked 1" in page


class TestEdition:
    def test_without_an_earlier_one_there_is_nothing_to_compare(self, as_director):
        answer = as_director.post("/knowledge/edition/", follow=True)

        assert "decided by no other edition" in markup(answer)

    def test_the_one_in_use_against_the_one_before(
        self, as_director, clinic, long_qt, noon
    ):
        edition = with_number("qtc_avoid", 600)
        KnowledgeEditionFactory(clinic=clinic, edition=edition, kept_at=noon)
        assert edition.digest[:12] in markup(as_director.get("/knowledge/"))

        page = markup(as_director.post("/knowledge/edition/", follow=True))
        assert "Reyes" in page
        assert "the advice to avoid it (C47)" in page


class TestCommand:
    @pytest.fixture
    def earlier(self, tmp_path):
        """The files that ship, but for one number."""
        for path in HERE.rglob("*.toml"):
            copy = tmp_path / path.relative_to(HERE)
            copy.parent.mkdir(exist_ok=True, parents=True)
            text = path.read_text()
            if path.name == "parameters.toml":
                at = text.index("[[qtc_avoid.values]]")
                text = text[:at] + text[at:].replace("value = 500", "value = 600", 1)
            copy.write_text(text)
        return tmp_path

    def test_says_whom_and_how(self, earlier, long_qt, capsys):
        call_command("knowledge_impact", clinic=long_qt.clinic_id, against=earlier)

        told = capsys.readouterr().out
        assert f"{long_qt.pk}  MTD" in told
        assert "+C47=AVOID" in told
        assert "1 of 1 people in care." in told
        assert "> AVOID" in told
        assert "Reyes" not in told

    def test_the_same_edition_changes_nothing(self, long_qt, capsys):
        call_command("knowledge_impact", clinic=long_qt.clinic_id, against=HERE)

        assert capsys.readouterr().out.strip() == "0 of 1 people in care."

    def test_refuses_a_clinic_that_is_not_there(self, earlier):
        with pytest.raises(CommandError, match="no clinic 999"):
            call_command("knowledge_impact", clinic=999, against=earlier)

    def test_refuses_a_folder_without_an_edition(self, clinic, tmp_path):
        with pytest.raises(CommandError, match="holds no edition"):
            call_command("knowledge_impact", clinic=clinic.pk, against=tmp_path)
