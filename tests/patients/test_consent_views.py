"""Consents and what was told, in the browser."""

import datetime as dt

import pytest
from django.utils import timezone

from knowledge.months import months_later
from knowledge.wording.dates import whole_day
from patients.models import (
    Consent,
    ConsentEnd,
    Disclosure,
    DisclosureListRequest,
    SupportPerson,
)
from tests.conftest import clinic_today, markup, signed_in
from tests.factories import PatientFactory
from tests.factories.consents import consent_asked, consent_given, released
from tests.factories.plans import drafted

pytestmark = pytest.mark.django_db
FORM = {
    "kind": "support",
    "name": "Elena",
    "who": "sister",
    "address": "555-010-0143",
    "sections": ["in_care", "safety"],
    "purposes": ["support"],
    "purpose_words": "So that she can help",
    "expiry": "date",
    "expires_on": "2031-01-01",
    "discloser": "Harbor Street Clinic",
    "language": "en",
}


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def page(as_clinician, person):
    """The answer of one address below the person's."""

    def opened(path, sent=None, **more):
        address = f"/people/{person.pk}/{path}"
        if sent is None:
            return as_clinician.get(address, **more)
        return as_clinician.post(address, sent, **more)

    return opened


def asked_by(page, **changes):
    page("consents/new/", FORM | changes)
    return Consent.objects.latest("pk")


class TestAsking:
    def test_leads_to_the_text_with_what_is_open(self, page, person):
        answer = page("consents/new/", FORM, follow=True)
        shown = markup(answer)

        assert "9 of 10 parts are there" in shown or "open" in shown
        assert "that I get care here" in shown
        assert "que recibo atención aquí" in shown
        assert Consent.objects.get().recipients == [
            {"name": "Elena", "who": "sister", "address": "555-010-0143"}
        ]

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            pytest.param({"name": ""}, "Say who may be told", id="nobody"),
            pytest.param({"sections": []}, "Choose at least one", id="nothing"),
            pytest.param({"purposes": []}, "Choose at least one", id="for nothing"),
            pytest.param({"purpose_words": ""}, "Fill this in", id="no reason"),
            pytest.param({"expires_on": ""}, "Say the last day", id="no day"),
            pytest.param(
                {"expires_on": "2020-01-01"},
                "last day is over",
                id="a day that is over",
            ),
            pytest.param(
                {"expiry": "event", "event": "other"}, "Say what it ends", id="event"
            ),
            pytest.param({"expiry": "none"}, "may have no end", id="no end"),
            pytest.param({"kind": "friend"}, "valid choice", id="no such kind"),
            pytest.param({"more": "Elena; here"}, "stands here twice", id="twice"),
            pytest.param({"more": "x" * 300}, "At most 20", id="long name"),
            pytest.param(
                {"kind": "registry", "address": ""}, "Name and address", id="registry"
            ),
        ],
    )
    def test_what_is_missing_is_said_and_what_was_typed_stays(
        self, page, changes, said
    ):
        answer = page("consents/new/", FORM | changes)

        assert answer.status_code == 400
        assert said in markup(answer)
        assert "Harbor Street Clinic" in markup(answer)
        assert not Consent.objects.exists()

    def test_one_of_those_who_stand_by_them(self, page, person):
        one = SupportPerson.objects.create(
            clinic=person.clinic, patient=person, name="Rosa", relation="aunt"
        )
        consent = asked_by(page, name="", support=one.pk, more="Otto; 4 Road\n\n")
        assert consent.support == one
        assert consent.recipient_names == "Rosa, Otto"
        shown = page(f"consents/{consent.pk}/change/").text
        assert "Otto; " not in shown.split('name="more"')[0]

    @pytest.mark.parametrize(
        ("kind", "sections", "purposes"),
        [
            ("counseling_notes", ["counseling_notes"], ["support"]),
            ("registry", ["registry"], ["support"]),
            ("legal", ["in_care", "safety"], ["legal"]),
        ],
    )
    def test_what_goes_alone_comes_with_its_kind(self, page, kind, sections, purposes):
        consent = asked_by(page, kind=kind)
        assert (consent.sections, consent.purposes) == (sections, purposes)

    @pytest.mark.parametrize(
        ("sent", "event"),
        [
            ({"event": ""}, "end_of_treatment"),
            ({"event": "other", "event_words": "The move"}, "The move"),
        ],
    )
    def test_ends_with_what_happens(self, page, sent, event):
        consent = asked_by(page, expiry="event", **sent)
        assert (consent.expires_event, consent.expires_on) == (event, None)
        assert "until" in markup(page(f"consents/{consent.pk}/")).lower()
        assert page(f"consents/{consent.pk}/change/").status_code == 200

    def test_a_far_last_day_is_pointed_out_and_may_stand(self, page, person):
        suggested = page("consents/new/").context["form"]["expires_on"].value()
        assert suggested == months_later(clinic_today(), 12)
        far = asked_by(page)
        near = asked_by(page, expires_on=suggested.isoformat())
        shown = markup(page(f"consents/{far.pk}/"))

        assert "longer than the usual 12 months" in shown
        assert "longer than the usual" not in page(f"consents/{near.pk}/").text
        page(f"consents/{far.pk}/sign/", {"signed_name": "Alma Reyes"})
        assert "longer than the usual" not in page(f"consents/{far.pk}/").text

    def test_is_changed_as_it_was_shown(self, page):
        consent = asked_by(page)
        form = page(f"consents/{consent.pk}/change/").context["form"]
        sent = FORM | {"limits": "Doses", "shown": form["shown"].value()}
        assert page(f"consents/{consent.pk}/change/", sent).status_code == 302
        assert page(f"consents/{consent.pk}/change/", sent).status_code == 409

        consent.refresh_from_db()
        assert consent.limits == "Doses"


class TestSigning:
    def test_by_finger(self, page):
        consent = asked_by(page)
        assert "Firme aquí" in page(f"consents/{consent.pk}/sign/?language=es").text
        path = f"consents/{consent.pk}/sign/?language=es"
        page(path, {"path": "M10 20L30 40"})
        consent.refresh_from_db()

        assert (consent.signed_how, consent.language) == ("drawn", "es")
        assert consent.signed_name == "Alma " + consent.patient.family_name
        assert "M10 20L30 40" in page(f"consents/{consent.pk}/paper/").text
        assert "Ya tiene respuesta" in page(path).text

    def test_by_typing(self, page):
        consent = asked_by(page)
        page(f"consents/{consent.pk}/sign/", {"signed_name": "Alma Reyes"})
        consent.refresh_from_db()
        assert (consent.status, consent.signed_how) == ("given", "typed")

    @pytest.mark.parametrize("language", ["en", "es"])
    @pytest.mark.parametrize("path", ["", "M10 20L30 40"])
    def test_another_name_needs_a_right(self, page, path, language):
        consent = asked_by(page)
        address = f"consents/{consent.pk}/sign/?language={language}"
        sent = {"signed_name": "Rosa Fuentes", "path": path}
        answer = page(address, sent)
        assert answer.status_code == 400
        words = "Otra persona firma" if language == "es" else "Somebody signs for me"
        assert words in markup(answer)
        assert answer.context["form"].errors.keys() == {"signed_name"}
        assert "Alma Reyes" in markup(answer)
        assert 'value="Rosa Fuentes"' in answer.text
        page(address, sent | {"signed_for": "Guardian, order of 2 May"})

        consent.refresh_from_db()
        assert consent.signed_name == "Rosa Fuentes"
        assert consent.signed_for == "Guardian, order of 2 May"
        assert consent.signed_how == ("drawn" if path else "typed")

    def test_a_right_needs_a_name(self, page):
        consent = asked_by(page)
        sent = {"path": "M10 20L30 40", "signed_for": "Guardian"}
        answer = page(f"consents/{consent.pk}/sign/", sent)
        assert "Type the name of whoever signs" in markup(answer)

    def test_on_paper_another_name_needs_a_right(self, page):
        consent = asked_by(page)
        sent = {
            "signed_name": "Rosa Fuentes",
            "language": "en",
            "signed_on": "2026-11-02",
        }
        answer = page(f"consents/{consent.pk}/sign-paper/", sent)
        assert answer.status_code == 400
        assert "signs as in the record" in markup(answer)
        whole = f"Alma {consent.patient.family_name}"
        own = sent | {"signed_name": whole, "signed_for": "Guardian"}
        answer = page(f"consents/{consent.pk}/sign-paper/", own)
        assert "Type that of whoever signs" in markup(answer)
        page(f"consents/{consent.pk}/sign-paper/", sent | {"signed_for": "Guardian"})
        consent.refresh_from_db()
        assert consent.status == "given"

    @pytest.mark.parametrize(
        "sent",
        [{}, {"path": '"><script>'}, {"path": "M"}, {"path": "0 0"}, {"path": "M1 1"}],
    )
    def test_nothing_is_no_signature(self, page, sent):
        consent = asked_by(page)
        answer = page(f"consents/{consent.pk}/sign/", sent)

        assert answer.status_code == 400
        assert "Draw your name" in answer.text or "mst-errors" in answer.text
        consent.refresh_from_db()
        assert consent.status == "draft"

    def test_on_paper_that_was_seen(self, page):
        consent = asked_by(page)
        sent = {"signed_name": "Alma Reyes", "language": "en"}
        path = f"consents/{consent.pk}/sign-paper/"
        assert page(path, sent).status_code == 400
        assert page(path, sent | {"signed_on": "2999-01-01"}).status_code == 400
        page(path, sent | {"signed_on": "2026-11-02"})

        consent.refresh_from_db()
        assert consent.signed_on == dt.date(2026, 11, 2)

    def test_declined_or_discarded(self, page):
        consent = asked_by(page)
        page(f"consents/{consent.pk}/decline/", {})
        assert "declined" in page("consents/").text
        page(f"consents/{asked_by(page).pk}/discard/", {})
        assert Consent.objects.count() == 1

    def test_on_paper_to_sign_and_to_take_back(self, page):
        consent = asked_by(page)
        english = page(f"consents/{consent.pk}/paper/").text
        spanish = page(f"consents/{consent.pk}/paper/?language=es").text

        assert "I take it back" in english
        assert "Lo retiro" in spanish


def end_by(page, path, sent):
    """Look at what an end means, then end it."""
    seen = page(path, sent)
    assert seen.status_code == 400
    return page(path, sent | {"told": seen.context["told_digest"]})


class TestEnding:
    @pytest.fixture
    def both(self, person, clinician):
        names = [{"name": "Elena", "address": ""}, {"name": "Otto", "address": ""}]
        return consent_given(person, clinician, timezone.now(), recipients=names)

    def test_no_reason_is_chosen_beforehand(self, page, both):
        form = page(f"consents/{both.pk}/").context["end"]
        assert (form["why"].value(), form["how"].value()) == (None, None)

        answer = page(
            f"consents/{both.pk}/end/", {"said_on": clinic_today().isoformat()}
        )
        assert answer.context["end"].errors.keys() == {"why"}

    def test_is_looked_at_a_second_time(self, page, person, both, clinician):
        consent, now = both, timezone.now()
        for one, sections in (("Elena", ("in_care",)), ("Otto", ("safety",))):
            released(
                person,
                "words",
                clinician,
                now,
                consent=consent,
                recipient=one,
                purpose="support",
                ground="consent",
                sections=sections,
                least=(),
            )
        assert Disclosure.objects.filter(is_stopped=False).count() == 2
        path = f"consents/{consent.pk}/end/"
        sent = {
            "why": "revoked",
            "how": "spoken",
            "said_on": clinic_today().isoformat(),
        }
        seen = page(path, sent | {"recipient": "Otto"})
        shown = markup(seen)

        assert "Not ended yet" in shown
        assert f"by word of mouth, on {whole_day(clinic_today())}." in shown
        assert "Otto may be told nothing more, from now on" in shown
        assert "Stays as it is for Elena." in shown
        assert "Let out today, and not given again" in shown
        assert "Once told by it" in shown
        assert not ConsentEnd.objects.exists()
        # What was seen is ended, and nothing else.
        told = {"told": seen.context["told_digest"]}
        everybody = page(path, sent | told)
        assert "Elena, Otto may be told nothing more" in markup(everybody)
        assert "2 times told by it" in markup(everybody)
        assert not ConsentEnd.objects.exists()
        assert page(path, sent | told | {"recipient": "Otto"}).status_code == 302
        assert ConsentEnd.objects.get().recipient == "Otto"

    def test_of_what_was_never_used(self, page, both):
        sent = {"why": "event", "said_on": clinic_today().isoformat()}
        shown = markup(page(f"consents/{both.pk}/end/", sent))
        assert "Nothing was told by it yet." in shown

    def test_for_one_of_two(self, page, person, clinician):
        both = [{"name": "Elena", "address": ""}, {"name": "Otto", "address": ""}]
        consent = consent_given(person, clinician, timezone.now(), recipients=both)
        sent = {
            "why": "revoked",
            "how": "spoken",
            "recipient": "Otto",
            "said_on": clinic_today().isoformat(),
        }
        path = f"consents/{consent.pk}/end/"
        bad = page(path, sent | {"how": ""})
        assert bad.status_code == 400
        assert "Say how they took it back" in bad.text
        end_by(page, path, sent | {"said_on": clinic_today().isoformat()})

        assert ConsentEnd.objects.get().recipient == "Otto"
        assert "Not Otto: taken back" in markup(page("consents/"))

    def test_the_list_says_what_ended(self, page, person, clinician):
        now = timezone.now()
        consent = consent_given(
            person, clinician, now, expires_on=clinic_today() + dt.timedelta(3)
        )
        assert "ends " in page("consents/").text
        sent = {
            "why": "revoked",
            "how": "written",
            "said_on": clinic_today().isoformat(),
        }
        end_by(page, f"consents/{consent.pk}/end/", sent)
        shown = markup(page("consents/"))

        assert "1 that ended" in shown
        assert "No consent is in force" in shown
        assert "Taken back" in page("").text
        assert "taken back" in page("contacts/").text
        assert "everybody named in it" in page(f"consents/{consent.pk}/").text


class TestGiving:
    @pytest.fixture
    def plan(self, person, clinician):
        return drafted(person, clinician)

    def give(self, page, plan, **sent):
        path = f"give/plan/?of={plan.pk}"
        return page(path, {"purpose": "support"} | sent)

    def test_a_copy_for_the_family_is_stopped_and_then_let_out(
        self, page, person, clinician, plan
    ):
        one = SupportPerson.objects.create(
            clinic=person.clinic, patient=person, name="Elena", relation="sister"
        )
        stopped = self.give(page, plan, whom=f"s{one.pk}")
        assert stopped.url == f"/people/{person.pk}/disclosures/"
        assert "No consent names Elena" in markup(page("disclosures/"))

        sections = ["in_care", "plan"]
        consent = consent_given(person, clinician, timezone.now(), sections=sections)
        given = self.give(page, plan, whom=f"c{consent.pk}-0")
        paper = page("", follow=True).client.get(given.url).text

        assert "42 CFR part 2" in paper
        assert "Given to Elena" in paper
        assert "Medicine and dose" in paper.split('aria-label="Notice"')[1]
        assert "Methadone" not in paper.split('aria-label="Notice"')[0]
        assert "Elena" in page("disclosures/").text
        row = Disclosure.objects.get(is_stopped=False)
        assert row.withheld == ["medicine", "scores", "results"]
        assert "The consent, word for word" in page(f"disclosures/{row.pk}/").text

    @pytest.mark.parametrize(("more", "is_told"), [([], False), (["medicine"], True)])
    def test_a_medicine_in_words_goes_with_the_medicines_alone(
        self, page, as_clinician, person, clinician, plan, more, is_told
    ):
        plan.goals.update(wording="Stays on 90 mg", own_words="Off Suboxone one day")
        plan.interventions.filter(kind="modality").update(
            title="Groups about methadone", state="accepted"
        )
        sections = ["in_care", "plan", *more]
        consent = consent_given(person, clinician, timezone.now(), sections=sections)
        given = self.give(page, plan, whom=f"c{consent.pk}-0")
        paper = as_clinician.get(given.url).text

        for words in ("90 mg", "Suboxone", "Groups about methadone"):
            assert (words in paper) is is_told
        assert ("(left out)" in paper) is not is_told

    @pytest.mark.parametrize(
        ("more", "is_told"),
        [([], False), (["scores"], True), (["results"], False)],
    )
    def test_a_score_in_words_goes_with_the_scores_alone(
        self, page, as_clinician, person, clinician, plan, more, is_told
    ):
        plan.needs.update(title="Depression, moderate (PHQ-9 14)")
        plan.goals.update(wording="From PHQ-9 of 14 to a better mood")
        sections = ["in_care", "plan", *more]
        consent = consent_given(person, clinician, timezone.now(), sections=sections)
        given = self.give(page, plan, whom=f"c{consent.pk}-0")
        paper = as_clinician.get(given.url).text

        assert "Depression, moderate" in paper
        assert ("PHQ-9 14" in paper) is is_told
        assert ("PHQ-9 of 14" in paper) is is_told

    def test_a_consent_taken_back_asks_again(
        self, page, as_clinician, person, clinician, plan
    ):
        sections = ["in_care", "plan"]
        consent = consent_given(person, clinician, timezone.now(), sections=sections)
        paper = self.give(page, plan, whom=f"c{consent.pk}-0").url
        sent = {
            "why": "revoked",
            "how": "written",
            "said_on": clinic_today().isoformat(),
        }
        end_by(page, f"consents/{consent.pk}/end/", sent)

        assert "/give/plan/" in as_clinician.get(paper).url

    @pytest.mark.parametrize(
        "sent",
        [
            {"whom": "other"},
            {"whom": "other", "name": "Dr Weiss"},
            {"whom": "nobody"},
            {},
        ],
    )
    def test_what_is_missing_is_said(self, page, plan, sent):
        assert self.give(page, plan, **sent).status_code == 400
        assert not Disclosure.objects.exists()

    def test_an_emergency_names_the_facility(self, page, plan):
        sent = {
            "whom": "other",
            "name": "Dr Weiss",
            "ground": "emergency",
            "ground_words": "Operation tonight, unconscious",
            "purpose": "treatment",
        }
        self.give(page, plan, **sent)
        assert "the facility" in Disclosure.objects.get().stopped_because
        assert "/print/" in self.give(page, plan, **sent, address="Harbor Hospital").url

    @pytest.mark.parametrize(
        "path",
        ["give/plan/", "give/plan/?of=999", "give/nothing/", "give/scores/?of=1"],
    )
    def test_what_is_not_theirs_is_not_there(self, page, path):
        assert page(path).status_code == 404

    def test_what_was_asked_with_it_comes_along(self, page):
        sent = {"whom": "inside", "purpose": "treatment"}
        answer = page("give/timeline/?show=phq9", sent)
        assert answer.url.endswith("/?show=phq9")

    def test_a_paper_of_one_person_is_no_paper_of_another(
        self, as_clinician, clinic, clinician, person, plan
    ):
        other = PatientFactory(clinic=clinic)
        row = released(other, "words", clinician, timezone.now())
        path = f"/plans/{plan.pk}/print/{row.pk}/"
        assert as_clinician.get(path).status_code == 404


class TestTelling:
    SENT = {"purpose": "support", "sections": ["in_care", "medicine"], "way": "phone"}

    def test_shows_what_may_be_said(self, page, person, clinician):
        consent = consent_given(person, clinician, timezone.now(), limits="Doses")
        answer = page("disclosures/tell/", self.SENT | {"whom": f"c{consent.pk}-0"})
        shown = markup(page(answer.url.split("/", 3)[3]))

        assert "May be told" in shown
        assert "Left out" in shown
        assert "Never" in shown

    def test_or_why_not(self, page, person):
        one = SupportPerson.objects.create(
            clinic=person.clinic, patient=person, name="Elena", relation="sister"
        )
        answer = page("disclosures/tell/", self.SENT | {"whom": f"s{one.pk}"})
        assert answer.url == f"/people/{person.pk}/disclosures/"
        row = Disclosure.objects.get()
        assert "Nothing was given out" in page(f"disclosures/{row.pk}/").text

    def test_needs_something_to_tell(self, page):
        sent = {**self.SENT, "sections": [], "whom": "person"}
        assert page("disclosures/tell/", sent).status_code == 400


class TestList:
    def test_is_asked_for_given_and_on_paper(self, page, person, clinician):
        released(person, "words", clinician, timezone.now())
        page("disclosures/ask-list/", {})
        assert "to be given by" in markup(page("disclosures/"))
        page("disclosures/ask-list/", {})
        asked = DisclosureListRequest.objects.get()
        page(f"disclosures/lists/{asked.pk}/given/", {})

        assert "last given" in markup(page("disclosures/"))
        assert "What we told about you" in page("disclosures/paper/").text
        assert "Lo que dijimos" in page("disclosures/paper/?language=es").text
        assert "for our own work" in page("disclosures/").text


def test_another_clinics_consent_is_not_there(clinic, other_clinic, clinician, person):
    stranger = PatientFactory(clinic=other_clinic)
    theirs = Consent.objects.create(
        clinic=other_clinic,
        patient=stranger,
        asked_at=timezone.now(),
        asked_by=clinician,
        **consent_asked(),
    )
    client = signed_in(clinician)
    path = f"/people/{person.pk}/consents/{theirs.pk}/"
    assert client.get(path).status_code == 404
