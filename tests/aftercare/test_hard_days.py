"""Plans for bad days: made in their words, agreed, looked at again, on their phone."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from accounts.tenancy import clinic_day
from aftercare.actions import hard_days as acts
from aftercare.actions.check_ins import (
    NothingToShow,
    revoke_check_in,
    send_check_in_again,
    send_plan_link,
)
from aftercare.actions.events import EventAsTold, record_event
from aftercare.actions.reconcile import reconcile
from aftercare.check_ins.tokens import token_for
from aftercare.models import CheckIn, FollowUp, HardDayPlan
from aftercare.record.hard_day_card import card_of, day_in
from knowledge.hard_days.content import (
    HardDayKind,
    card_words,
    hard_day_form,
    lines_of,
    missed_dose_words,
    not_awake_lines,
)
from knowledge.schedule.pathways import EventKind
from medications.decision_aid.reading_grade import grade, grade_in
from tests.conftest import clinic_today, signed_in
from tests.factories import PatientFactory, StaffFactory
from tests.factories.aftercare import worried_about
from tests.factories.consents import released
from tests.factories.treatment import RegimenFactory

DAY = dt.timedelta(days=1)
LATER = dt.date(2028, 1, 2)


@pytest.fixture
def person(clinic):
    return PatientFactory(
        clinic=clinic, status="active", date_of_birth=dt.date(1990, 2, 3)
    )


def said(plan, **words):
    """Every needed part is told, those named as they are."""
    for asked in acts.form_of(plan).part:
        answers = {one.key: next(iter(one.choices)) for one in asked.asks}
        told = words.get(asked.key, "As said" if asked.needed else "")
        plan.parts.filter(part=asked.key).update(words=told, answers=answers)


@pytest.fixture
def made(person, clinician, noon):
    def make(kind="safety", *, at=noon, review_on=LATER, **words):
        by = {"by": clinician, "at": at}
        plan = acts.start_hard_day_plan(patient=person, kind=kind, **by)
        said(plan, **words)
        return acts.agree_on_hard_day_plan(
            plan=plan,
            review_on=review_on,
            shown=acts.digest_of_parts(plan.parts.all()),
            **by,
        )

    return make


class TestMaking:
    def test_has_the_seven_parts_in_their_order(self, person, clinician, noon):
        plan = acts.start_hard_day_plan(
            patient=person, kind="safety", by=clinician, at=noon
        )

        assert [one.part for one in plan.parts.all()] == [
            *("signs", "alone", "places", "people", "help", "home", "living")
        ]

    def test_one_that_is_open_goes_on(self, person, clinician, noon):
        begun = {"patient": person, "kind": "use", "by": clinician, "at": noon}

        assert acts.start_hard_day_plan(**begun) == acts.start_hard_day_plan(**begun)

    def test_a_part_is_kept_as_they_said_it(self, person, clinician, noon):
        by = {"by": clinician, "at": noon}
        plan = acts.start_hard_day_plan(patient=person, kind="safety", **by)
        part = acts.save_hard_day_part(
            part=plan.parts.get(part="home"),
            words="The rifle goes to my uncle\n\n  today ",
            answers={"firearms": "away"},
            **by,
        )

        assert part.lines == ["The rifle goes to my uncle", "today"]
        assert part.answers == {"firearms": "away"}
        with pytest.raises(acts.HardDayAnswerUnknown):
            acts.save_hard_day_part(
                part=part, words="", answers={"firearms": "maybe"}, **by
            )

    def test_what_was_not_asked_keeps_it_open(self, person, clinician, noon):
        by = {"by": clinician, "at": noon}
        plan = acts.start_hard_day_plan(patient=person, kind="safety", **by)
        said(plan)
        plan.parts.filter(part="home").update(answers={"firearms": "none"})
        plan.parts.filter(part="people").update(words="")

        with pytest.raises(acts.HardDayPlanIncomplete) as refused:
            acts.agree_on_hard_day_plan(
                plan=plan,
                review_on=LATER,
                shown=acts.digest_of_parts(plan.parts.all()),
                **by,
            )
        assert str(refused.value) == (
            "Before you part: I ask someone: nothing yet; Pills that could harm: not"
            " asked; Medicine from us at home: not asked."
        )

    def test_is_agreed_as_it_stood_before_them(self, person, clinician, noon):
        by = {"by": clinician, "at": noon}
        plan = acts.start_hard_day_plan(patient=person, kind="safety", **by)
        shown = acts.digest_of_parts(plan.parts.all())
        said(plan)

        with pytest.raises(acts.HardDayPlanChanged):
            acts.agree_on_hard_day_plan(plan=plan, review_on=LATER, shown=shown, **by)

    def test_is_looked_at_again_on_a_day_ahead(self, made, noon, person):
        with pytest.raises(acts.HardDayReviewPast):
            made(review_on=clinic_day(person.clinic, noon))

    def test_nothing_is_planned_beyond_two_years(self, made, noon, person, clinician):
        last = clinic_day(person.clinic, noon) + 730 * DAY
        plan, by = made(review_on=last), {"by": clinician, "at": noon}

        for far in (last + DAY, dt.date.max):
            with pytest.raises(acts.HardDayReviewTooFar):
                made("use", review_on=far)
            with pytest.raises(acts.HardDayReviewTooFar):
                acts.review_hard_day_plan(plan=plan, shown=1, review_on=far, **by)

    def test_a_safety_plan_is_agreed_with_a_clinician(self, person, clinic, noon):
        nurse = StaffFactory(roles={clinic: ["care_manager"]})
        by = {"by": nurse, "at": noon}
        for kind, is_let in (("use", True), ("safety", False)):
            plan = acts.start_hard_day_plan(patient=person, kind=kind, **by)
            said(plan)
            shown = acts.digest_of_parts(plan.parts.all())
            agree = {"plan": plan, "review_on": LATER, "shown": shown, **by}
            if is_let:
                acts.agree_on_hard_day_plan(**agree)
            else:
                with pytest.raises(acts.SafetyPlanRight):
                    acts.agree_on_hard_day_plan(**agree)

    def test_a_safety_plan_is_looked_at_again_with_a_clinician(
        self, made, clinic, noon
    ):
        look = {"shown": 1, "review_on": LATER, "at": noon}
        nurse = StaffFactory(roles={clinic: ["care_manager"]})
        acts.review_hard_day_plan(plan=made("use"), by=nurse, **look)

        with pytest.raises(acts.SafetyPlanRight):
            acts.review_hard_day_plan(plan=made("safety"), by=nurse, **look)

    def test_a_look_is_one_at_the_version_in_force(self, made, clinician, noon):
        first = made()
        made(at=noon + DAY, signs="I count my steps")

        with pytest.raises(acts.HardDayPlanChanged):
            acts.review_hard_day_plan(
                plan=first, shown=1, review_on=LATER, by=clinician, at=noon + DAY
            )

    def test_what_was_agreed_stays(self, made, clinician, noon):
        plan = made()

        with pytest.raises(acts.HardDayPlanAgreed):
            acts.save_hard_day_part(
                part=plan.parts.first(), words="x", answers={}, by=clinician, at=noon
            )
        with pytest.raises(DatabaseError), transaction.atomic():
            plan.parts.update(words="Other words")
        with pytest.raises(DatabaseError), transaction.atomic():
            HardDayPlan.objects.filter(pk=plan.pk).update(review_on=LATER + DAY)

    def test_the_next_version_begins_with_the_words_and_asks_anew(
        self, made, person, clinician, noon
    ):
        made(signs="I stop answering Dale")

        draft = acts.start_hard_day_plan(
            patient=person, kind="safety", by=clinician, at=noon
        )

        assert draft.version == 2
        assert draft.parts.get(part="signs").words == "I stop answering Dale"
        assert draft.parts.get(part="home").answers == {}


class TestOwed:
    @pytest.fixture
    def open_kinds(self, person, noon):
        def kinds(at=noon):
            reconcile(patient=person, by=None, at=at)
            rows = FollowUp.objects.open().filter(patient=person)
            wanted = ("safety_plan", "safety_plan_review", "use_plan_review")
            return sorted(rows.filter(kind__in=wanted).values_list("kind", flat=True))

        return kinds

    def test_a_finished_version_is_the_plan_that_a_concern_owes(
        self, person, noon, made, open_kinds
    ):
        worried_about(person, level=4, at=noon - DAY)
        assert open_kinds() == ["safety_plan"]

        made(at=noon)

        assert open_kinds() == ["safety_plan_review"]
        row = FollowUp.objects.get(patient=person, kind="safety_plan")
        assert row.outcome.startswith("Agreed on")

    def test_a_look_at_the_old_version_is_no_plan_for_a_new_concern(
        self, person, noon, made, clinician, open_kinds
    ):
        plan = made(at=noon - 2 * DAY)
        worried_about(person, level=4, at=noon - DAY)

        acts.review_hard_day_plan(
            plan=plan, shown=1, review_on=LATER, by=clinician, at=noon
        )
        assert "safety_plan" in open_kinds()

        made(at=noon + DAY)
        assert "safety_plan" not in open_kinds(noon + DAY)

    @pytest.mark.parametrize(
        ("kind", "event", "owed"),
        [
            ("safety", EventKind.OVERDOSE, "safety_plan_review"),
            ("use", EventKind.USE, "use_plan_review"),
        ],
    )
    def test_an_event_asks_for_a_look(
        self, person, clinician, noon, made, kind, event, owed
    ):
        plan, by = made(kind, at=noon - DAY), {"by": clinician, "at": noon}
        on = clinic_day(person.clinic, noon)
        told = EventAsTold(kind=event, source="person", on=on)
        record_event(patient=person, told=told, **by)
        after_event = FollowUp.objects.filter(
            patient=person, kind=owed, due_on=on, status="due"
        )
        reconcile(patient=person, by=None, at=noon)
        assert after_event.exists()

        acts.review_hard_day_plan(
            plan=plan, shown=1, review_on=LATER, by=clinician, at=noon + DAY
        )
        reconcile(patient=person, by=None, at=noon + DAY)

        row = FollowUp.objects.get(patient=person, kind=owed, due_on=on)
        assert row.status == "done"
        assert row.outcome.startswith("Looked at together on")

    def test_is_looked_at_again_on_its_day(self, person, noon, made, clinician):
        day = clinic_day(person.clinic, noon) + 5 * DAY
        plan = made(review_on=day)
        reconcile(patient=person, by=None, at=noon)
        rows = FollowUp.objects.open().filter(kind="safety_plan_review")
        assert rows.get().due_on == day

        acts.review_hard_day_plan(
            plan=plan,
            shown=1,
            review_on=day + 9 * DAY,
            by=clinician,
            at=noon + 5 * DAY,
        )
        reconcile(patient=person, by=None, at=noon + 5 * DAY)

        assert rows.get().due_on == day + 9 * DAY


class TestPage:
    PAGE = "/people/{}/safety-plan/"

    def test_begun_written_and_agreed(self, person, clinician):
        client, page = signed_in(clinician), self.PAGE.format(person.pk)
        assert "Not made yet" in client.get(page).content.decode()
        begin = f"/people/{person.pk}/hard-days/safety"
        client.post(f"{begin}/start/")
        draft = HardDayPlan.objects.get()
        part = draft.parts.get(part="signs")

        client.post(
            f"/people/{person.pk}/hard-days/parts/{part.pk}/",
            {"words": "I stop answering Dale"},
        )
        shown = client.get(page)
        assert "I stop answering Dale" in shown.content.decode()
        missing = [one.words for one in shown.context["checks"] if not one.is_good]
        assert missing == [
            "I do, on my own",
            "I ask someone",
            *("Firearms: not asked", "Pills that could harm: not asked"),
            *("Medicine from us at home: not asked", "Numbers on their phone or card"),
        ]
        agree = {
            "review_on": (clinic_today() + 90 * DAY).isoformat(),
            "shown_parts": shown.context["agree"].initial["shown_parts"],
        }
        refused = client.post(f"{begin}/agree/", agree)
        assert refused.status_code == 400
        assert "Firearms: not asked" in refused.content.decode()

        said(draft)
        fresh = client.get(page).context["agree"].initial["shown_parts"]
        client.post(f"{begin}/agree/", agree | {"shown_parts": fresh})
        assert HardDayPlan.objects.agreed().get() == draft
        assert "agreed" in client.get(page).content.decode()

    def test_of_two_who_write_the_second_gets_both(self, person, clinician, noon):
        by = {"by": clinician, "at": noon}
        plan = acts.start_hard_day_plan(patient=person, kind="safety", **by)
        part = plan.parts.get(part="home")
        client, page = signed_in(clinician), self.PAGE.format(person.pk)
        panel = client.get(page).context["panels"][5]
        acts.save_hard_day_part(part=part, words="Theirs", answers={}, **by)

        response = client.post(
            f"/people/{person.pk}/hard-days/parts/{part.pk}/",
            {
                "words": "Mine",
                "answer_firearms": "none",
                "shown": panel.form["shown"].value(),
            },
        )

        assert response.status_code == 409
        text = response.content.decode()
        assert "It says now: “Theirs”" in text
        assert "Mine</textarea>" in text

    def test_a_look_that_changes_nothing(self, made, person, clinician):
        made("use")
        look = f"/people/{person.pk}/hard-days/use/looked-at/"
        client = signed_in(clinician)

        assert client.post(look, {"review_on": "2020-01-01"}).status_code == 400
        too_far = client.post(look, {"review_on": "9999-12-31", "shown_version": "1"})
        assert too_far.context["look_again"].errors == {
            "review_on": ["More than two years ahead. Check the year."]
        }
        later = clinic_today() + 90 * DAY
        sent = {"review_on": later.isoformat(), "words": "Still so"}
        client.post(look, sent | {"shown_version": "1"})

        page = client.get(f"/people/{person.pk}/hard-days/").content.decode()
        assert "Still so" in page

    def test_without_a_plan_there_is_nothing_to_agree_or_look_at(
        self, person, clinician
    ):
        client, begin = signed_in(clinician), f"/people/{person.pk}/hard-days/use"

        for act in ("agree", "looked-at"):
            assert client.post(f"{begin}/{act}/").status_code == 302
        assert (
            client.post(f"/people/{person.pk}/hard-days/other/start/").status_code
            == 404
        )

    def test_the_card_leaves_through_the_gate(self, made, person, prescriber, noon):
        RegimenFactory(patient=person, medication="MTD")
        made("use", people="Funmi 555-010-0143", signs="I stop shaving")
        client = signed_in(prescriber)
        given = released(person, "use_card", prescriber, timezone.now())

        page = client.get(
            f"/people/{person.pk}/hard-days/use/card/{given.pk}/?language=es&size=large"
        ).content.decode()

        assert "I stop shaving" in page
        assert "Mi plan para días difíciles" in page
        assert "Vengo de todos modos, ese día" in page
        assert "Respire por mí." in page


class TestCard:
    def test_numbers_are_what_is_dialled(self, made, person, clinic, noon):
        clinic.phone = "555-010-0300"
        clinic.save()
        made("use", people="Funmi, 555-010-0143\nDana")

        card = card_of(person, "use", language="en", today=clinic_day(clinic, noon))
        people = next(one for one in card.parts if one.key == "people").people

        assert [(one.name, one.dial) for one in people[:3]] == [
            ("Funmi", "5550100143"),
            ("Dana", ""),
            ("The clinic", "5550100300"),
        ]
        assert [one.number for one in people[3:5]] == ["988", "877-696-1996"]

    def test_says_the_day_in_both_languages(self):
        assert day_in(LATER, "en") == "January 2, 2028"
        assert day_in(LATER, "es") == "2 de enero de 2028"


class TestPhone:
    @pytest.fixture
    def link(self, made, person, clinician, noon):
        made(signs="I stop answering Dale", people="Dale 555-010-0178")
        return send_plan_link(
            patient=person, kind="safety", language="en", by=clinician, at=noon
        )

    @pytest.fixture
    def opened(self, link):
        visitor = Client()
        token = token_for(link.nonce, link.token_digest)
        visitor.get(f"/c/{token}/")
        return visitor

    def test_a_new_link_closes_the_one_before(self, link, person, clinician, noon):
        send_plan_link(
            patient=person, kind="safety", language="en", by=clinician, at=noon
        )
        link.refresh_from_db()
        assert link.revoked_at == noon

    def test_asks_for_the_date_of_birth_first(self, opened):
        assert "I stop answering Dale" not in opened.get("/c/").content.decode()

        opened.post("/c/", {"born": "2/3/1990"})

        page = opened.get("/c/").content.decode()
        assert "I stop answering Dale" in page
        assert page.index('href="tel:988"') < page.index("I stop answering")
        assert 'href="tel:5550100178"' in page
        assert "<title>My page</title>" in page

    def test_speaks_spanish_and_leaves_their_words(self, opened):
        opened.post("/c/", {"born": "2/3/1990"})
        opened.post("/c/", {"go": "es"})

        page = opened.get("/c/").content.decode()
        assert "Mi plan para momentos difíciles" in page
        assert "I stop answering Dale" in page

    def test_is_kept_as_a_file_that_needs_no_network(self, opened):
        opened.post("/c/", {"born": "2/3/1990"})
        kept = opened.get("/c/keep/")

        assert 'filename="my-page.html"' in kept["Content-Disposition"]
        text = kept.content.decode()
        assert "I stop answering Dale" in text
        assert "<link" not in text
        assert "<script" not in text

    def test_asks_nothing(self, opened):
        opened.post("/c/", {"born": "2/3/1990"})

        assert opened.post("/c/send/").url == "/c/"
        assert opened.post("/c/answer/").status_code == 400
        assert CheckIn.objects.get().answered_at is None

    def test_taken_back_it_opens_nothing(self, opened, link, clinician, noon):
        revoke_check_in(check_in=link, by=clinician, at=noon)

        assert opened.get("/c/").status_code == 410
        assert opened.get("/c/keep/").status_code == 410

    def test_shows_the_version_in_force(self, opened, link, made, noon):
        made(signs="I count my steps", at=noon + DAY)
        opened.post("/c/", {"born": "2/3/1990"})

        assert "I count my steps" in opened.get("/c/").content.decode()

    def test_a_new_one_closes_the_one_before(self, link, clinician, noon):
        again = send_check_in_again(check_in=link, by=clinician, at=noon)

        link.refresh_from_db()
        assert (again.shows, link.revoked_at) == ("safety", noon)

    def test_there_is_nothing_to_show_before_it_is_agreed(
        self, person, clinician, noon
    ):
        with pytest.raises(NothingToShow):
            send_plan_link(
                patient=person, kind="use", language="en", by=clinician, at=noon
            )

    def test_is_made_on_a_page(self, made, person, clinician):
        made()
        client = signed_in(clinician)
        way = f"/people/{person.pk}/hard-days/safety/link/"
        assert client.get(way).status_code == 200

        shown = client.post(way, {"language": "es", "to": "hand"}, follow=True)

        assert "Safety plan" in shown.content.decode()
        assert "/c/" in shown.context["link"]
        page = client.get(f"/people/{person.pk}/safety-plan/").content.decode()
        assert "Their phone, by link" in page


class TestWords:
    @pytest.mark.parametrize("kind", HardDayKind)
    def test_are_plain_in_both_languages(self, kind):
        words = card_words()
        lines = [*words.missed.values(), *words.if_use, *words.not_awake]
        titles = [one.title for one in hard_day_form(kind).part]
        for one in [*(line.words for line in lines), *titles]:
            assert (grade(one.en) or 0) <= 6, one.en
            assert (grade_in("es", one.es) or 0) <= 6, one.es

    @pytest.mark.parametrize(
        ("medication", "words"),
        [
            ("MTD", "I come anyway"),
            ("BUP_SL", "one dose, not two"),
            ("SUBLOCADE", "my shot"),
            ("NTX_XR", "an old dose can kill"),
            (None, "start again, the same day"),
        ],
    )
    def test_of_a_missed_dose_go_by_the_medicine(self, medication, words):
        assert words in missed_dose_words(medication, "en")

    def test_help_first(self):
        assert lines_of(HardDayKind.SAFETY)[0].number == "988"
        assert "2 to 3 minutes" in not_awake_lines("en")[3]
