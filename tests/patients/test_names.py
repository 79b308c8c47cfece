"""Names, numbers and birth dates as people write them: found, compared and kept."""

import datetime as dt

import pytest

from patients import birth_dates, telephones
from patients.actions import registry
from patients.models import Patient
from patients.names import is_name_of, normalized, search_text_of
from tests.factories import PatientFactory


@pytest.mark.parametrize(
    ("typed", "found_by"),
    [
        pytest.param("O’Brien", "obrien", id="a telephone's apostrophe"),
        pytest.param("Oʻahu", "oahu", id="okina"),
        pytest.param("O‘Brien", "obrien", id="turned the wrong way"),
        pytest.param("Łukasz Đorđević", "lukasz dordevic", id="strokes"),
        pytest.param("Søren Þór", "soren thor", id="no accent to take off"),
        pytest.param("Strauß", "strauss", id="sharp s"),
        pytest.param("Reyes-Ortiz", "reyes ortiz", id="hyphen"),
        pytest.param("Reyes‐Ortiz", "reyes ortiz", id="another hyphen"),
        pytest.param("Reyes, Alma", "reyes alma", id="comma"),
        pytest.param("St. John", "st john", id="point"),
        pytest.param("B18.2", "b18.2", id="point of a code"),
        pytest.param("Al\u200bma\u202e", "alma", id="invisible signs"),
        pytest.param("Аlma", "alma", id="a Cyrillic letter that looks the same"),
        pytest.param("Zoe\u0308", "zoe", id="letter and accent apart"),
        pytest.param("王", "wang", id="another script"),
    ],
)
def test_a_name_is_compared_without_what_keyboards_do_to_it(typed, found_by):
    assert normalized(typed) == found_by


def test_names_of_several_words_are_found_closed_up_too():
    told = search_text_of("", "Wilhelmina", "van der Steen", mrn="004-1164")

    assert told == " wilhelmina vandersteen van der steen 0041164 004 1164 "


@pytest.mark.parametrize(
    ("typed", "is_theirs"),
    [
        pytest.param("María José García López", True, id="whole"),
        pytest.param("garcia lopez, maria-jose", True, id="order, accents, hyphen"),
        pytest.param("María García", True, id="one of several"),
        pytest.param("Pepa López", True, id="the name they use"),
        pytest.param("Maria J. Garcia", True, id="a letter for a name"),
        pytest.param("MARIAJOSE GARCIALOPEZ", True, id="closed up"),
        pytest.param("María", False, id="no family name"),
        pytest.param("García López", False, id="no first name"),
        pytest.param("Rosa García", False, id="a sister"),
        pytest.param("María Fuentes", False, id="another family"),
        pytest.param("María García Fuentes", False, id="one word more"),
        pytest.param("M. G.", False, id="letters alone"),
        pytest.param(" ", False, id="nothing"),
    ],
)
def test_who_signs_writes_their_own_name(typed, is_theirs):
    names = {"first_names": ("María José", "Pepa"), "family_name": "García López"}

    assert is_name_of(typed, **names) == is_theirs


@pytest.mark.parametrize("typed", ["Wangari", "WANGARI"])
def test_of_somebody_with_one_name_it_is_enough(typed):
    assert is_name_of(typed, first_names=("Wangari", ""), family_name="")


class TestBirthDates:
    @pytest.mark.parametrize(
        ("typed", "days", "rest"),
        [
            ("Vandersteen 04/11/1979", [(1979, 4, 11), (1979, 11, 4)], "Vandersteen"),
            ("4.11.1979 Reyes", [(1979, 4, 11), (1979, 11, 4)], "Reyes"),
            ("25/12/1979", [(1979, 12, 25)], ""),
            ("4/4/1979", [(1979, 4, 4)], ""),
            ("1979-04-11, Reyes", [(1979, 4, 11)], "Reyes"),
            ("11 Apr 1979", [(1979, 4, 11)], ""),
            ("April 11, 1979", [(1979, 4, 11)], ""),
            ("11 de abril de 1979", [(1979, 4, 11)], ""),
            ("31 Feb 1979", [], "31 Feb 1979"),
            ("99/99/1979", [], "99/99/1979"),
            ("11 Foo 1979", [], "11 Foo 1979"),
            ("004-1101", [], "004-1101"),
            ("02/03/04", [], "02/03/04"),
        ],
    )
    def test_are_found_in_what_is_typed(self, typed, days, rest):
        found = birth_dates.find_in(typed)

        assert found.days == tuple(dt.date(*day) for day in days)
        assert found.rest == rest

    def test_month_and_day_changed_over(self):
        assert birth_dates.swapped(dt.date(1979, 4, 11)) == dt.date(1979, 11, 4)
        assert birth_dates.swapped(dt.date(1979, 4, 25)) is None
        assert birth_dates.swapped(None) is None


class TestTelephones:
    @pytest.mark.parametrize(
        ("said", "kept", "dials"),
        [
            ("555-010-0142", "(555) 010-0142", "tel:+1-555-010-0142"),
            ("+1 555 010 0142", "(555) 010-0142", "tel:+1-555-010-0142"),
            ("+44 20 7946 0958", "+44 20 7946 0958", "tel:+44-20-7946-0958"),
            ("+52 55 5123 4567", "+52 55 5123 4567", "tel:+52-55-5123-4567"),
            (
                "555-010-0142 ext. 7",
                "(555) 010-0142 ext. 7",
                "tel:+1-555-010-0142;ext=7",
            ),
        ],
    )
    def test_are_kept_with_their_country(self, said, kept, dials):
        number = telephones.read(said)

        assert number is not None
        assert telephones.written(number) == kept
        assert telephones.dialled(kept) == dials

    def test_what_is_no_number_dials_its_digits(self):
        assert telephones.dialled("ask for Ana") == "tel:"

    @pytest.mark.parametrize(
        ("typed", "digits"),
        [
            ("(555) 010-0142", "5550100142"),
            ("+1 555 010 0142", "5550100142"),
            ("010-0142", "0100142"),
            ("0142", "0142"),
            ("142", ""),
            ("510-0142", "5100142"),
            ("+44 20 7946 0958", "2079460958"),
            ("020 7946 0958", "2079460958"),
            ("004-11", "00411"),
            ("Reyes 5550100142", ""),
            ("--", ""),
        ],
    )
    def test_are_looked_for_by_digits(self, typed, digits):
        assert telephones.digits_in(typed) == digits


@pytest.mark.django_db
class TestFinding:
    @pytest.mark.parametrize(
        "typed",
        [
            "Vandersteen, Wilhelmina",
            "van der Steen",
            "vandersteen",
            "Wilhelmina Van der Steen",
            "Vandersteen 04/11/1979",
            "Vandersteen 11/04/1979",
            "0041164",
            "004-1164",
            "(555) 010-0142",
            "+1 555.010.0142",
            "555 010 0199",
            "0142",
            "010-0142",
        ],
    )
    def test_by_what_people_have_at_hand(self, clinic, typed):
        person = PatientFactory(
            clinic=clinic,
            given_name="Wilhelmina",
            family_name="van der Steen",
            mrn="004-1164",
            date_of_birth=dt.date(1979, 4, 11),
        )
        person.contact_points.create(
            clinic=clinic, kind="phone", value="(555) 010-0142"
        )
        person.supports.create(
            clinic=clinic, name="A sister", relation="sister", phone="(555) 010-0199"
        )
        PatientFactory(clinic=clinic)

        assert list(Patient.objects.all().found_by(typed)) == [person]

    def test_whole_words_stand_first(self, clinic):
        inside = PatientFactory(
            clinic=clinic, given_name="Samantha", family_name="Doyle"
        )
        whole = PatientFactory(clinic=clinic, given_name="Li", family_name="Ma")

        assert list(Patient.objects.all().found_by("Ma")) == [whole, inside]

    def test_signs_alone_find_nobody(self, clinic):
        PatientFactory(clinic=clinic)

        assert not Patient.objects.all().found_by("’,").exists()
        assert Patient.objects.all().found_by("  ").count() == 1

    @pytest.mark.parametrize(
        ("given", "family", "born"),
        [
            pytest.param(
                "Wilhelmina",
                "Van der Steen",
                dt.date(1979, 11, 4),
                id="written apart, month and day changed over",
            ),
            pytest.param("Wilhelmina", "Vandersteen", None, id="closed up"),
            pytest.param("Willa", "Steen", dt.date(1979, 11, 4), id="changed over"),
        ],
    )
    def test_who_may_be_the_same_is_asked_about(self, clinic, given, family, born):
        for name in ("Vandersteen", "van der Steen"):
            PatientFactory(
                clinic=clinic,
                given_name="Wilhelmina",
                family_name=name,
                date_of_birth=dt.date(1979, 4, 11),
            )

        assert Patient.objects.all().like(given, family, born).count() == 2


@pytest.mark.django_db
class TestRegistering:
    DETAILS = {"given_name": "Maeve", "family_name": "O’Brien", "date_of_birth": None}

    def register(self, clinic, by, at, unlike, **more):
        return registry.register_patient(
            clinic=clinic,
            details={**self.DETAILS, "sex_at_birth": "female", **more},
            referred_on=at.date(),
            unlike=unlike,
            by=by,
            at=at,
        )

    def test_nobody_is_registered_beside_somebody_alike_unseen(
        self, clinic, care_manager, noon
    ):
        first = self.register(clinic, care_manager, noon, unlike=[])

        with pytest.raises(registry.MayBeKnown) as known:
            self.register(clinic, care_manager, noon, [], family_name="O'Brien")

        assert known.value.people == [first]
        assert self.register(
            clinic, care_manager, noon, [first.pk], family_name="O'Brien"
        )

    def test_whoever_came_meanwhile_is_asked_about(self, clinic, care_manager, noon):
        first = self.register(clinic, care_manager, noon, unlike=[])
        self.register(clinic, care_manager, noon, unlike=[first.pk])

        with pytest.raises(registry.MayBeKnown):
            self.register(clinic, care_manager, noon, unlike=[first.pk])

    def test_one_name_is_enough(self, clinic, care_manager, noon):
        person = self.register(
            clinic, care_manager, noon, [], given_name="Sukarno", family_name=""
        )

        assert person.shown_name == "Sukarno"
        assert person.sort_name == "sukarno"
