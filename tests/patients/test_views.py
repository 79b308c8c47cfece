"""The registry in the browser."""

import re

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.refusals import revision_of
from patients.models import Allergy, Condition, Icd10Code, OtherMedicine, Patient
from tests.factories import PatientFactory

pytestmark = pytest.mark.django_db

FORM = {
    "given_name": "Alma",
    "family_name": "Fuentes",
    "used_name": "",
    "date_of_birth": "1992-03-14",
    "sex_at_birth": "female",
    "phone": "555-010-0142",
    "language": "Spanish",
    "referral_reason": "Emergency visit after an overdose",
}


class TestRegister:
    def test_eight_fields_open_a_record_and_the_intake(self, as_care_manager):
        response = as_care_manager.post("/people/new/", FORM)

        person = Patient.objects.get()
        assert response.url == f"/people/{person.pk}/intake/"
        assert person.contact_points.get().value == "(555) 010-0142"

    @pytest.mark.parametrize(
        ("field", "typed", "said"),
        [
            pytest.param(
                "date_of_birth", "2999-01-01", "has not come", id="the future"
            ),
            pytest.param("date_of_birth", "1850-01-01", "120 years", id="long ago"),
            pytest.param("date_of_birth", "soon", "valid date", id="no date"),
            pytest.param("phone", "12", "too short", id="short phone"),
            pytest.param("phone", "call me", "area code", id="no phone"),
            pytest.param("given_name", "a\x00b", "Null characters", id="NUL"),
            pytest.param("given_name", "x" * 10_000, "at most 80", id="very long"),
            pytest.param("sex_at_birth", "yes", "valid choice", id="no such choice"),
            pytest.param("given_name", "", "Fill this in", id="missing"),
            pytest.param("date_of_birth", "02/03/04", "four digits", id="short year"),
        ],
    )
    def test_what_makes_no_sense_is_said_beside_the_field(
        self, as_care_manager, field, typed, said
    ):
        response = as_care_manager.post("/people/new/", {**FORM, field: typed})

        assert response.status_code == 400
        assert said in response.content.decode()
        assert not Patient.objects.exists()

    def test_what_was_typed_stays(self, as_care_manager):
        response = as_care_manager.post(
            "/people/new/", {**FORM, "date_of_birth": "soon"}
        )

        assert 'value="Fuentes"' in response.content.decode()

    def test_somebody_alike_is_shown_first(self, as_care_manager, clinic):
        PatientFactory(clinic=clinic, given_name="Alma", family_name="Fuentez")

        response = as_care_manager.post("/people/new/", FORM)

        assert response.status_code == 200
        assert "Is it one of these people" in response.content.decode()
        assert Patient.objects.count() == 1

    def test_somebody_new_all_the_same_is_registered(self, as_care_manager, clinic):
        alike = PatientFactory(clinic=clinic, given_name="Alma", family_name="Fuentez")

        asked = as_care_manager.post("/people/new/", FORM).content.decode()
        assert f'name="unlike" value="{alike.pk}"' in asked
        as_care_manager.post("/people/new/", {**FORM, "unlike": [alike.pk, "x" * 99]})

        assert Patient.objects.count() == 2

    def test_people_of_another_clinic_are_not_shown(
        self, as_care_manager, other_clinic
    ):
        PatientFactory(clinic=other_clinic, given_name="Alma", family_name="Fuentes")

        assert as_care_manager.post("/people/new/", FORM).status_code == 302


def look_for(client, text):
    return client.post("/people/", {"q": text}, follow=True)


class TestSearch:
    @pytest.mark.parametrize(
        "text", ["fuent", "1992-03-14", "3/14/1992", "14 Mar 1992"]
    )
    def test_finds_by_name_and_birth_date(self, as_clinician, clinic, text):
        PatientFactory(clinic=clinic, family_name="Fuentes")

        page = look_for(as_clinician, text).content.decode()

        assert "Alma Fuentes" in page
        assert f"found for “{text}”." in page

    @pytest.mark.parametrize("method", ["post", "get"])
    def test_the_words_never_stand_in_an_address(self, as_clinician, clinic, method):
        """A bookmark of old, with the words in it, leads to an address without them."""
        PatientFactory.create_batch(51, clinic=clinic, family_name="Fuentes")

        sent = {"q": "Fuentes", "status": "referred"}
        page = getattr(as_clinician, method)("/people/", sent, follow=True)

        assert page.redirect_chain == [("/people/?find=1&status=referred", 302)]
        assert "51\n    found for “Fuentes”" in page.content.decode()
        again = as_clinician.get("/people/?find=1&page=2").content.decode()
        assert "51 to 51 of" in again
        assert not re.search(r'(?:href|action|src)="[^"]*fuentes', again, re.IGNORECASE)

    def test_each_of_the_last_searches_has_its_own_address(self, as_clinician, clinic):
        PatientFactory(clinic=clinic, family_name="Fuentes")
        for n in range(12):
            look_for(as_clinician, "Fuentes" if n in (0, 11) else f"Nobody {n}")

        assert "Nobody 9" in as_clinician.get("/people/?find=10").content.decode()
        assert "“Fuentes”" in as_clinician.get("/people/?find=12").content.decode()
        gone = as_clinician.get("/people/?find=1").content.decode()
        assert "no longer kept" in gone

    def test_signing_in_again_leads_on_without_the_words(self, client, clinic):
        answer = client.get("/people/?q=Fuentes&status=active")

        assert answer.url == "/sign-in/?next=/people/%3Fstatus%3Dactive"

    def test_who_has_not_looked_for_anything_is_not_told_of_a_search(
        self, as_clinician
    ):
        assert look_for(as_clinician, " ").redirect_chain == [("/people/", 302)]

    def test_finds_by_status(self, as_clinician, clinic):
        active, _ = (
            PatientFactory(clinic=clinic, status=s) for s in ("active", "referred")
        )

        page = as_clinician.get("/people/", {"status": "active"})

        assert list(page.context["page"]) == [active]

    def test_finding_nobody_says_what_to_try(self, as_clinician):
        page = look_for(as_clinician, "zzz").content.decode()

        assert "Nobody here matches" in page

    def test_an_empty_clinic_says_how_to_begin(self, as_clinician):
        assert "Nobody is registered" in as_clinician.get("/people/").content.decode()

    @pytest.mark.parametrize("page", ["0", "-1", "abc", "999999999999999999999"])
    def test_a_page_that_is_not_there_is_no_error(self, as_clinician, clinic, page):
        PatientFactory(clinic=clinic)

        assert as_clinician.get("/people/", {"page": page}).status_code == 200

    def test_asks_the_same_number_of_questions_of_few_and_many(
        self, as_clinician, clinic, django_assert_max_num_queries
    ):
        PatientFactory.create_batch(5, clinic=clinic)
        # From now on it is known for a while that no alert calls.
        as_clinician.get("/people/")
        with django_assert_max_num_queries(11) as few:
            as_clinician.get("/people/")
        PatientFactory.create_batch(60, clinic=clinic)
        with django_assert_max_num_queries(11) as many:
            as_clinician.get("/people/")

        assert len(few) == len(many)


class TestChartPages:
    def test_details_are_changed(self, as_clinician, clinic):
        person = PatientFactory(clinic=clinic)
        url = f"/people/{person.pk}/details/"
        assert as_clinician.get(url).status_code == 200

        as_clinician.post(
            url,
            {
                "given_name": "Alma",
                "family_name": "Reyes",
                "sex_at_birth": "female",
                "language": "English",
                "needs_interpreter": "no",
                "is_unhoused": "yes",
                "date_of_birth": "1992-03-14",
            },
        )

        person.refresh_from_db()
        assert (person.needs_interpreter, person.is_unhoused) == (False, True)

    def test_a_care_team_is_chosen(self, as_clinician, clinic, care_manager):
        person = PatientFactory(clinic=clinic)

        as_clinician.post(
            f"/people/{person.pk}/care-team/",
            {"part": "care_manager", "staff": care_manager.pk},
        )

        page = as_clinician.get(f"/people/{person.pk}/contacts/").content.decode()
        assert care_manager.name in page

    def test_opening_the_page_is_counted(self, as_clinician, clinic):
        person = PatientFactory(clinic=clinic)

        as_clinician.get(f"/people/{person.pk}/contacts/")

        event = AuditEvent.objects.get(verb="chart.viewed")
        assert (event.patient_id, event.facts) == (person.pk, {"page": "contacts"})

    @pytest.mark.parametrize(
        ("kind", "values"),
        [
            ("allergy", {"kind": "nmp"}),
            ("allergy", {"kind": "other", "substance": "Penicillin"}),
            ("medicine", {"ingredient": "Sertraline", "dose": "50 mg"}),
            ("support", {"name": "Elena", "relation": "sister", "endangers": "no"}),
            ("contact", {"kind": "email", "value": "alma@mail.example"}),
            ("contact", {"kind": "phone", "value": "555-010-0142", "may_text": "yes"}),
        ],
    )
    def test_lists_grow_end_and_are_restored(self, as_clinician, clinic, kind, values):
        person = PatientFactory(clinic=clinic)
        url = f"/people/{person.pk}/add/{kind}/"
        assert as_clinician.get(url).status_code == 200

        assert as_clinician.post(url, values).status_code == 302
        page = as_clinician.get(f"/people/{person.pk}/contacts/").content.decode()
        ending = page[page.index(f"/people/{person.pk}/end/{kind}/") :].split('"')[0]
        as_clinician.post(ending)
        assert ">past<" in (
            as_clinician.get(f"/people/{person.pk}/contacts/")
            .content.decode()
            .replace("</svg>past", ">past")
        )
        as_clinician.post(ending, {"back": "yes"})

    @pytest.mark.parametrize(
        ("kind", "values"),
        [
            ("allergy", {"kind": "other"}),
            ("condition", {"code": "sore foot"}),
            ("condition", {"code": "Z99.99"}),
            ("contact", {"kind": "email", "value": "not an address"}),
            ("contact", {"kind": "phone", "value": "12"}),
            ("medicine", {}),
        ],
    )
    def test_a_bad_entry_is_said_beside_the_field(
        self, as_clinician, clinic, kind, values
    ):
        person = PatientFactory(clinic=clinic)

        response = as_clinician.post(f"/people/{person.pk}/add/{kind}/", values)

        assert response.status_code == 400

    def test_no_such_list_is_not_there(self, as_clinician, clinic):
        person = PatientFactory(clinic=clinic)

        assert as_clinician.get(f"/people/{person.pk}/add/wishes/").status_code == 404
        assert (
            as_clinician.post(f"/people/{person.pk}/end/wishes/1/").status_code == 404
        )

    def test_a_condition_is_chosen_by_its_words(self, as_clinician, clinic):
        Icd10Code.objects.create(
            code="B18.2",
            title="Chronic viral hepatitis C",
            search_text="b18.2 chronic viral hepatitis c",
        )
        person = PatientFactory(clinic=clinic)

        options = as_clinician.get("/people/conditions/", {"code": "hepatitis c"})
        assert "B18.2 Chronic viral hepatitis C" in options.content.decode()
        as_clinician.post(
            f"/people/{person.pk}/add/condition/",
            {"code": "B18.2 Chronic viral hepatitis C"},
        )

        assert Condition.objects.get().title == "Chronic viral hepatitis C"

    def test_one_letter_suggests_nothing(self, as_clinician):
        page = as_clinician.get("/people/conditions/", {"code": "h"}).content.decode()

        assert "option" not in page

    def test_words_for_none_are_kept_in_the_form_beside_the_button(
        self, as_clinician, clinic
    ):
        person = PatientFactory(clinic=clinic)
        sent = {"kind": "other", "substance": "No known allergies"}

        answer = as_clinician.post(f"/people/{person.pk}/add/allergy/", sent)

        shown = answer.content.decode()
        assert answer.status_code == 400
        assert 'value="No known allergies"' in shown
        assert f'action="/people/{person.pk}/no-known-allergies/"' in shown
        assert not person.allergies.exists()

    def test_no_button_while_some_are_listed(self, as_clinician, clinic):
        person = PatientFactory(clinic=clinic)
        add = f"/people/{person.pk}/add/allergy/"
        as_clinician.post(add, {"kind": "nmp"})

        answer = as_clinician.post(add, {"kind": "other", "substance": "none"})

        assert answer.context["drawer_offers"] == ""

    def test_no_known_allergies_is_one_press(self, as_clinician, clinic):
        person = PatientFactory(clinic=clinic)

        as_clinician.post(f"/people/{person.pk}/no-known-allergies/")

        person.refresh_from_db()
        assert person.no_known_allergies is True


class TestStatusPage:
    def url(self, person, name="status"):
        return reverse(f"patients:{name}", args=[person.pk])

    @pytest.mark.parametrize("status", ["discharged", "deceased", "on_hold"])
    def test_nobody_leaves_dies_or_waits_by_the_plain_form(
        self, as_clinician, clinic, status
    ):
        person = PatientFactory(clinic=clinic, status="active")

        answer = as_clinician.post(self.url(person), {"status": status, "sure": "on"})

        assert answer.status_code == 400
        person.refresh_from_db()
        assert person.status == "active"

    @pytest.mark.parametrize(
        ("status", "words"),
        [
            ("discharged", "come back on a page of its own"),
            ("deceased", "put right by two people"),
            ("on_hold", "take it up again first"),
        ],
    )
    def test_nobody_comes_back_by_it(self, as_clinician, clinic, status, words):
        person = PatientFactory(clinic=clinic, status=status)

        answer = as_clinician.post(
            self.url(person), {"status": "active", "reason": "The wrong person"}
        )

        assert answer.status_code == 400
        assert words in answer.content.decode()
        person.refresh_from_db()
        assert person.status == status

    def test_whoever_finished_a_taper_goes_on_in_aftercare(self, as_clinician, clinic):
        person = PatientFactory(clinic=clinic, status="active")

        answer = as_clinician.post(self.url(person), {"status": "aftercare"})

        assert answer.status_code == 302
        person.refresh_from_db()
        assert person.status == "aftercare"

    def test_care_is_held_and_taken_up_again(self, as_clinician, clinic):
        person = PatientFactory(clinic=clinic, status="active")
        body = {"kind": "custody", "place": "County jail", "began_on": "2026-11-20"}

        assert as_clinician.post(self.url(person, "hold"), body).status_code == 302
        page = as_clinician.get(self.url(person)).content.decode()
        assert "In custody since" in page
        assert "County jail" in page

        back = {"ended_on": "2026-11-21"}
        as_clinician.post(self.url(person, "end_hold"), back)
        person.refresh_from_db()
        assert person.status == "active"

    @pytest.mark.parametrize(
        ("name", "body", "words"),
        [
            ("hold", {"kind": "hospital", "began_on": "2040-01-01"}, "not come yet"),
            ("end_hold", {"ended_on": "2026-11-21"}, "Care is not on hold"),
        ],
    )
    def test_a_refusal_comes_back_with_the_form(
        self, as_clinician, clinic, name, body, words
    ):
        person = PatientFactory(clinic=clinic, status="active")

        answer = as_clinician.post(self.url(person, name), body)

        assert answer.status_code == 400
        assert words in answer.content.decode()


class TestNames:
    """What is written down is kept, and what it is recognised as stands beside it."""

    @pytest.fixture
    def person(self, clinic):
        return PatientFactory(clinic=clinic)

    @pytest.fixture
    def page(self, as_clinician, person):
        return lambda: as_clinician.get(
            f"/people/{person.pk}/contacts/"
        ).content.decode()

    @pytest.fixture
    def listed(self, as_clinician, person):
        def add(place, **values):
            url = f"/people/{person.pk}/add/{place}/"
            assert as_clinician.post(url, values).status_code == 302

        return add

    def put_right(self, client, entry, name, *, shown=None):
        url = f"/people/{entry.patient_id}/put-right/medicine/{entry.pk}/"
        sent = {"name": name, "shown": shown or revision_of(entry)}
        return client.post(url, sent, follow=True).content.decode()

    def test_a_brand_stays_as_written_beside_its_ingredients(self, listed, page):
        listed("medicine", ingredient="Norco 10/325 from the street")

        assert OtherMedicine.objects.get().ingredient == "Norco 10/325 from the street"
        assert "hydrocodone, acetaminophen" in page()
        assert "not recognised" not in page()

    def test_an_ingredient_is_not_said_twice(self, listed, page):
        listed("medicine", ingredient="Sertraline")

        assert page().lower().count("sertraline") == 1

    def test_a_slip_is_said_and_put_right_with_one_press(
        self, as_clinician, person, listed, page
    ):
        listed("medicine", ingredient="Alprozolam 1 mg")
        entry = OtherMedicine.objects.get()
        assert "not recognised" in page()
        assert 'value="alprazolam">alprazolam?</button>' in page()

        after = self.put_right(as_clinician, entry, "alprazolam")

        entry.refresh_from_db()
        assert entry.ingredient == "alprazolam 1 mg"
        assert "Written as alprazolam." in after
        assert "not recognised" not in after
        event = AuditEvent.objects.get(verb="medicine.name_put_right")
        assert event.patient_id == person.pk

    def test_an_allergy_is_put_right_too(self, as_clinician, person, listed):
        listed("allergy", kind="other", substance="penicilin (rash)")
        entry = Allergy.objects.get()

        as_clinician.post(
            f"/people/{person.pk}/put-right/allergy/{entry.pk}/",
            {"name": "penicillin", "shown": revision_of(entry)},
        )

        entry.refresh_from_db()
        assert entry.substance == "penicillin (rash)"

    def test_only_what_was_offered_is_taken(self, as_clinician, listed):
        listed("medicine", ingredient="alprozolam")
        entry = OtherMedicine.objects.get()

        after = self.put_right(as_clinician, entry, "oxycodone")

        assert "not offered any more" in after
        entry.refresh_from_db()
        assert entry.ingredient == "alprozolam"

    def test_what_has_no_room_with_its_name_put_right_stays(self, as_clinician, listed):
        written = "alprazolm" + " daily" * 18 + " 12"
        listed("medicine", ingredient=written)
        entry = OtherMedicine.objects.get()

        after = self.put_right(as_clinician, entry, "alprazolam")

        assert "there is room for 120" in after
        entry.refresh_from_db()
        assert entry.ingredient == written

    def test_what_was_changed_meanwhile_stays(self, as_clinician, listed):
        listed("medicine", ingredient="alprozolam")
        entry = OtherMedicine.objects.get()
        seen = revision_of(entry)
        OtherMedicine.objects.update(ingredient="alprozolam 2 mg")

        self.put_right(as_clinician, entry, "alprazolam", shown=seen)

        entry.refresh_from_db()
        assert entry.ingredient == "alprozolam 2 mg"

    def test_a_listed_kind_of_allergy_offers_nothing(
        self, as_clinician, person, listed
    ):
        listed("allergy", kind="nmp")
        entry = Allergy.objects.get()

        after = as_clinician.post(
            f"/people/{person.pk}/put-right/allergy/{entry.pk}/",
            {"name": "nmp", "shown": revision_of(entry)},
            follow=True,
        )

        assert "not offered any more" in after.content.decode()

    def test_there_is_no_name_to_put_right_elsewhere(self, as_clinician, person):
        url = f"/people/{person.pk}/put-right/contact/1/"

        assert as_clinician.post(url, {"name": "x"}).status_code == 404

    def test_choices_appear_as_somebody_types(self, as_clinician):
        found = as_clinician.get("/people/names/medicine/", {"ingredient": "norc"})
        page = found.content.decode()

        assert '<option value="Norco">hydrocodone, acetaminophen</option>' in page
        assert as_clinician.get("/people/names/wishes/").status_code == 404

    def test_allergens_are_choices_for_allergies(self, as_clinician):
        found = as_clinician.get("/people/names/allergy/", {"substance": "lat"})

        assert '<option value="latex"></option>' in found.content.decode()

    @pytest.mark.parametrize(
        ("kind", "name"), [("medicine", "ingredient"), ("allergy", "substance")]
    )
    def test_the_field_has_its_list_of_choices(self, as_clinician, person, kind, name):
        page = as_clinician.get(f"/people/{person.pk}/add/{kind}/").content.decode()

        assert re.search(rf'<input[^>]*name="{name}"[^>]*list="names"', page)
        assert '<datalist id="names"></datalist>' in page
        assert f'hx-get="/people/names/{kind}/"' in page
