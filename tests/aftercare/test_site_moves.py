"""A person moves between sites: by consent, registered there, ended here, owed at both."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.db import connections, transaction
from django.utils import timezone

from accounts.models import AuditEvent, Clinic, Membership
from accounts.permissions import Role
from accounts.refusals import RightMissing
from aftercare.actions import site_moves as actions
from aftercare.actions.move_content import PARTS, content_of, ground_of
from aftercare.models import FollowUp, SiteMove
from patients.actions import health, registry
from patients.actions.chart_access import restrict_chart
from patients.actions.consents import end_consent
from patients.actions.registry import MayBeKnown, NotOpenYet
from patients.models import Disclosure, OtherMedicine, Patient
from plans.actions import signing
from plans.models import Intervention
from plans.papers import plan_in_words
from tests.conftest import clinic_today, markup, signed_in
from tests.factories import ClinicFactory, PatientFactory, StaffFactory
from tests.factories.aftercare import owed
from tests.factories.assessments import AssessmentFactory
from tests.factories.consents import consent_given
from tests.factories.plans import drafted, ready
from treatment.actions.records import record_dose
from treatment.actions.regimens import start_regimen

pytestmark = pytest.mark.django_db
ALL = set(PARTS)
ROLES = [Role.PRESCRIBER]


@pytest.fixture
def site(db):
    return ClinicFactory(name="Zenith South", mrn_prefix="ZS")


@pytest.fixture
def at_both(clinic, site):
    return StaffFactory(roles={clinic: ROLES, site: ROLES}, name="Ines Marchetti")


@pytest.fixture
def person(clinic):
    return PatientFactory(clinic=clinic, status="active", address="12 Pier Street")


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def consent(person, at_both, now):
    """Lets a site be told; the whole record to this one unless told otherwise."""

    def given(name="Zenith South", **changes):
        asked = {"kind": "recipient", "sections": ["record"], "purposes": ["treatment"]}
        return consent_given(person, at_both, now, name=name, **asked | changes)

    return given


@pytest.fixture
def record(person, at_both, now):
    """One entry of every list."""
    for kind, values in {
        "contact": {"kind": "phone", "value": "(555) 010-0142"},
        "support": {"name": "Elena", "relation": "sister"},
        "condition": {"code": "B18.2", "title": "Hepatitis C", "since": "2019"},
        "allergy": {"kind": "other", "substance": "Latex", "reaction": ""},
        "medicine": {"ingredient": "sertraline", "dose": "50 mg"},
    }.items():
        health.list_entry(patient=person, kind=kind, values=values, by=at_both, at=now)


@pytest.fixture
def treated(person, at_both, now):
    """Takes methadone, given today; a plan is signed."""
    today = clinic_today(now)
    start_regimen(
        patient=person,
        medication="MTD",
        started_on=today,
        dose_mg=Decimal(80),
        by=at_both,
        at=now,
    )
    record_dose(
        patient=person,
        medication="MTD",
        kind="administered",
        on=today,
        amount_mg=Decimal(80),
        by=at_both,
        at=now,
    )
    return signing.sign_plan(
        plan=ready(drafted(person, at_both, now)), by=at_both, at=now
    )


@pytest.fixture
def move(person, site, at_both, now):
    def moved(*, parts=ALL, by=at_both, **more):
        shown = more.pop("shown", None) or content_of(person, at=now).digest
        return actions.move_to_site(
            patient=person, site=site, parts=parts, shown=shown, by=by, at=now, **more
        )

    return moved


def there(site):
    return Patient.objects.get(clinic=site)


class TestRegistered:
    def test_as_a_referral_of_this_clinic(self, consent, move, record, site, person):
        consent()

        found = move().person

        assert found == there(site)
        assert (found.status, found.referred_by) == ("referred", "Harbor Street Clinic")
        assert found.family_name == person.family_name
        assert (found.address, found.mrn) == ("12 Pier Street", "ZS-0001")
        assert found.contact_points.get().value == "(555) 010-0142"
        assert found.supports.get().name == "Elena"

    def test_lists_say_whence_they_were_told(self, consent, move, record, site):
        consent()
        move()

        found = there(site)
        rows = [
            found.conditions.get(),
            found.allergies.get(),
            found.other_medicines.get(),
        ]
        for row in rows:
            assert row.source.startswith("told by Harbor Street Clinic on ")
            assert row.source.endswith(", not confirmed")

    def test_a_long_name_leaves_the_rest_of_the_source(
        self, consent, move, record, site, clinic, person
    ):
        Clinic.objects.filter(pk=clinic.pk).update(name="H" * 120)
        consent()
        move()

        source = there(site).allergies.get().source
        assert len(source) == 80
        assert source.endswith("not confirmed")

    def test_medicine_and_plan_are_told_and_no_truth(
        self, consent, move, treated, site
    ):
        consent()
        move()

        found = there(site)
        told = SiteMove.objects.get(clinic=site, direction="in")
        (line,) = told.told["treatment"]
        assert "80 mg" in line
        assert "last taken" in line
        assert told.told["plan"]["title"].startswith("Version 1, signed ")
        assert told.told["plan"]["needs"]
        assert any("prohibit" in line for line in told.told["goes_with_it"])
        assert not found.regimens.exists()
        assert not found.plans.exists()

    def test_a_medicine_without_a_dose_says_so(self, consent, person, at_both, now):
        start_regimen(
            patient=person,
            medication="NTX_XR",
            started_on=clinic_today(now),
            by=at_both,
            at=now,
        )

        (line,) = content_of(person, at=now).treatment
        assert line.endswith("no dose written down")

    def test_an_entry_that_says_none_is_asked_there(
        self, consent, move, person, site, at_both, now
    ):
        consent()
        OtherMedicine.objects.create(
            clinic=person.clinic,
            patient=person,
            ingredient="None",
            recorded_at=now,
        )
        move()

        assert not there(site).other_medicines.exists()

    def test_that_no_allergy_is_known_goes_along_with_its_day(
        self, consent, move, person, at_both, now, site
    ):
        asked_at = now - 40 * dt.timedelta(days=1)
        health.note_no_known_allergies(patient=person, by=at_both, at=asked_at)
        consent()
        move()

        new = there(site)
        assert (new.no_known_allergies, new.allergies_asked_at) == (True, asked_at)
        told = SiteMove.objects.get(clinic=site).told["no_allergies"]
        assert told.startswith("None known, asked on ")

    @pytest.mark.parametrize("why", ["consent", "not chosen", "not asked", "listed"])
    def test_else_allergies_are_asked_there(
        self, consent, move, person, at_both, now, site, why
    ):
        if why != "not asked":
            health.note_no_known_allergies(patient=person, by=at_both, at=now)
        if why == "listed":
            latex = {"kind": "other", "substance": "Latex", "reaction": ""}
            health.list_entry(
                patient=person, kind="allergy", values=latex, by=at_both, at=now
            )
        consent(sections=["in_care", "medicine"] if why == "consent" else ["record"])
        move(parts=ALL - {"allergies"} if why == "not chosen" else ALL)

        assert not there(site).no_known_allergies
        assert there(site).allergies.count() == (why == "listed")
        assert SiteMove.objects.get(clinic=site).told["no_allergies"] == ""

    def test_what_is_past_stays(self, consent, move, record, person, site):
        consent()
        person.conditions.update(is_active=False)
        move()

        assert not there(site).conditions.exists()


class TestScope:
    def test_a_narrow_consent_lets_little_along(
        self, consent, move, record, treated, site
    ):
        consent(sections=["in_care", "plan"])
        outcome = move()

        found = there(site)
        assert not found.allergies.exists()
        assert not found.other_medicines.exists()
        told = SiteMove.objects.get(direction="in")
        assert set(told.parts) == {"registration", "plan"}
        assert told.told["treatment"] == []
        assert outcome.disclosure.sections == ["in_care", "plan"]
        assert outcome.disclosure.withheld == ["medicine", "record"]

    def test_the_plan_loses_its_medicine_without_the_section(
        self, consent, move, treated
    ):
        consent(sections=["in_care", "plan"])
        line = treated.interventions.filter(kind="medication").first()
        assert line.state == Intervention.State.ACCEPTED
        move()

        plan = SiteMove.objects.get(direction="in").told["plan"]
        assert line.title not in str(plan)

    def test_what_was_not_ticked_stays(self, consent, move, record, treated, site):
        consent()
        outcome = move(parts={"allergies"})

        found = there(site)
        assert found.allergies.exists()
        assert not found.conditions.exists()
        assert outcome.disclosure.sections == ["in_care", "record"]
        visit = FollowUp.objects.get(clinic=site, origin="staff")
        assert "Ask what they take" in visit.reason

    @pytest.mark.parametrize(
        "given",
        [
            {"name": "Elm Road Practice"},
            {"purposes": ["support"]},
            {"sections": ["medicine"]},
            {"kind": "tpo", "name": "A payer"},
        ],
        ids=[
            "another site",
            "another purpose",
            "not that in care",
            "no class of those",
        ],
    )
    def test_without_a_consent_nothing_moves_and_it_is_written_down(
        self, consent, move, person, given
    ):
        consent(**given)
        outcome = move()

        person.refresh_from_db()
        assert outcome.person is None
        assert person.status == "active"
        assert Disclosure.objects.get(patient=person).is_stopped
        assert AuditEvent.objects.filter(verb="disclosure.stopped").exists()
        assert not SiteMove.objects.exists()

    @pytest.mark.parametrize(
        "name", ["Treating providers, payers, operations", "Zenith South"]
    )
    def test_a_consent_for_all_future_care_holds(self, consent, move, name):
        consent(name=name, kind="tpo", expiry="none", expires_on=None)

        outcome = move()

        assert outcome.disclosure.recipient == name
        assert outcome.disclosure.recipient_address == "Zenith South"

    def test_the_one_that_lets_most_along_is_used(self, consent, person, site, now):
        consent(sections=["in_care"])
        wide = consent()

        assert ground_of(person, site, at=now).consent == wide

    def test_one_taken_back_holds_no_more(self, consent, move, at_both, now):
        end_consent(
            consent=consent(),
            why="revoked",
            how="spoken",
            said_on=clinic_today(now),
            by=at_both,
            at=now,
        )

        assert move().disclosure.is_stopped

    def test_one_that_ends_with_the_treatment_holds_for_the_move(self, consent, move):
        consent(expiry="event", expires_on=None, expires_event="end_of_treatment")

        assert move().person is not None


class TestEndedHere:
    def test_discharged_as_transferred_with_the_reason(self, consent, move, person):
        consent()
        move(reason="Nearer to work")

        person.refresh_from_db()
        change = person.status_changes.first()
        assert (person.status, change.discharge_class) == ("discharged", "transfer")
        assert change.reason == "Moved to Zenith South. Nearer to work"

    def test_open_follow_ups_end_as_moved(self, consent, move, person):
        consent()
        before = owed(person, 3)
        move()

        before.refresh_from_db()
        assert (before.status, before.outcome) == (
            "cancelled",
            "Moved to Zenith South.",
        )

    def test_nobody_is_on_no_list(self, consent, move, person, site, at_both, now):
        consent()
        move()

        visit = FollowUp.objects.get(clinic=site, origin="staff")
        call = FollowUp.objects.open().get(patient=person, origin="staff")
        assert visit.title == "First visit after the move"
        assert call.title == "Heard that they arrived at Zenith South?"
        assert call.origin == visit.origin == "staff"
        assert call.assigned_to == visit.assigned_to == at_both
        assert clinic_today(now) < visit.due_on < call.due_on

    def test_the_first_visit_is_on_an_open_day(self, consent, move, site, now):
        consent()
        weekday = (clinic_today(now) + dt.timedelta(days=3)).isoweekday()
        Clinic.objects.filter(pk=site.pk).update(
            opening_hours={str(weekday): "06:00-12:00"}
        )
        site.refresh_from_db()
        move()

        visit = FollowUp.objects.get(clinic=site, origin="staff")
        assert visit.due_on == clinic_today(now) + dt.timedelta(days=3)

    def test_both_clinics_keep_it_in_their_audit(
        self, consent, move, clinic, site, person
    ):
        consent()
        told = move().disclosure

        out = AuditEvent.objects.get(verb="patient.moved_out")
        into = AuditEvent.objects.get(verb="patient.moved_in")
        assert (out.clinic_id, out.patient_id) == (clinic.pk, person.pk)
        assert (into.clinic_id, into.patient_id) == (site.pk, there(site).pk)
        assert told.ground == "consent"
        assert told.notice == "long"
        assert SiteMove.objects.get(direction="out").disclosure == told


def test_a_draft_in_words_says_that_it_is_one(person, at_both, now):
    words = plan_in_words(drafted(person, at_both, now), with_medicine=True)

    assert words["title"] == "Version 1, a draft"


class TestRefused:
    def nothing_moved(self, person, site):
        person.refresh_from_db()
        assert person.status == "active"
        assert not SiteMove.objects.exists()
        assert not Disclosure.objects.exists()
        assert FollowUp.objects.filter(clinic=site).count() == 0

    def test_who_stands_there_already(self, consent, move, person, site):
        consent()
        known = PatientFactory(
            clinic=site, family_name=person.family_name, given_name=person.given_name
        )

        with pytest.raises(MayBeKnown) as refused:
            move()

        assert refused.value.people == [known]
        self.nothing_moved(person, site)

    def test_somebody_else_who_is_alike_was_looked_at(
        self, consent, move, person, site
    ):
        consent()
        known = PatientFactory(
            clinic=site, family_name=person.family_name, given_name=person.given_name
        )

        assert move(unlike=[known.pk]).person != known

    def test_a_record_that_changed_since(self, consent, move, person, site):
        consent()

        with pytest.raises(actions.NotAsPreviewed):
            move(shown="an older page")
        self.nothing_moved(person, site)

    @pytest.mark.parametrize("status", ["discharged", "deceased"])
    def test_who_has_left(self, consent, move, person, status):
        consent()
        Patient.objects.filter(pk=person.pk).update(status=status)

        with pytest.raises(actions.NotInCareHere):
            move()

    def test_a_chart_closed_to_others(self, consent, move, person, site, at_both, now):
        consent()
        registry.put_on_care_team(
            patient=person, staff=at_both, part="lead", by=at_both, at=now
        )
        restrict_chart(patient=person, reason="Works here", by=at_both, at=now)

        with pytest.raises(actions.ClosedChart):
            move()
        self.nothing_moved(person, site)

    def test_a_site_that_takes_nobody_yet(self, consent, move, person, site):
        consent()
        site.takes_people = False
        site.save()

        with pytest.raises(NotOpenYet):
            move()
        self.nothing_moved(person, site)

    @pytest.mark.parametrize("name", ["clinic", "site"])
    def test_who_does_not_work_at_both(self, consent, move, at_both, name, request):
        consent()
        where = request.getfixturevalue(name)
        Membership.objects.filter(staff=at_both, clinic=where).delete()

        with pytest.raises(RightMissing, match=where.name):
            move()


class TestPage:
    @pytest.fixture
    def address(self, person):
        return f"/people/{person.pk}/move/"

    @pytest.fixture
    def client(self, at_both):
        return signed_in(at_both)

    def body(self, person, **more):
        shown = content_of(person, at=timezone.now()).digest
        return {"parts": ["allergies", "supports"], "shown": shown, **more}

    def test_shows_what_goes_and_what_stays(
        self, client, address, consent, record, treated, person
    ):
        consent(sections=["in_care", "medicine"])
        AssessmentFactory(patient=person)

        page = markup(client.get(address))

        assert "Goes along to Zenith South" in page
        assert "sertraline, 50 mg" in page
        assert "Allergies: not in the consent" in page
        assert "Move to Zenith South" in page

    def test_that_no_allergy_is_known_is_shown_here_and_there(
        self, client, address, consent, person, site, at_both, now
    ):
        health.note_no_known_allergies(patient=person, by=at_both, at=now)
        consent()
        assert "None known, asked on" in markup(client.get(address))

        client.post(address, self.body(person, parts=["allergies"]))
        client.post("/switch-clinic/", {"clinic": site.pk})
        page = markup(client.get(f"/people/{there(site).pk}/moves/"))
        assert "Allergies: none known, asked on" in page
        assert "told by Harbor Street Clinic" in page

    def test_moves_what_is_ticked(self, client, address, consent, record, person, site):
        consent()
        page = markup(client.post(address, self.body(person), follow=True))

        assert "Moved. Registered at Zenith South as MRN ZS-0001" in page
        assert "Moved to Zenith South" in page
        found = there(site)
        assert found.allergies.exists()
        assert not found.conditions.exists()

    def test_without_a_consent_says_what_to_do(self, client, address):
        page = markup(client.get(address))

        assert "no consent for treatment names Zenith South" in page
        assert "Ask for consent" in page
        assert 'name="parts"' not in page

    @pytest.mark.parametrize("named", [True, False])
    def test_the_consent_asked_for_names_the_site(self, client, person, site, named):
        told = site.pk if named else 0
        page = client.get(f"/people/{person.pk}/consents/new/?site={told}")

        initial = page.context["form"].initial
        assert (initial.get("name") == "Zenith South") is named
        assert initial["kind"] == ("recipient" if named else "support")

    def test_one_taken_back_meanwhile_stops_it(self, client, address, person):
        answer = client.post(address, self.body(person, parts=[]), follow=True)

        assert "Stopped, and written down. No consent names Zenith South." in markup(
            answer
        )

    def test_a_limit_is_shown_and_nothing_ticked(
        self, client, address, consent, record
    ):
        consent(limits="HIV results")

        page = markup(client.get(address))

        assert "Never: HIV results." in page
        assert "checked" not in page

    def test_whoever_may_be_known_is_shown_and_audited_there(
        self, client, address, consent, person, site
    ):
        consent()
        known = PatientFactory(
            clinic=site, family_name=person.family_name, given_name=person.given_name
        )
        body = self.body(person, parts=[])
        page = markup(client.post(address, body))

        assert (
            "Is it one of these people at Zenith South? Nothing has been moved" in page
        )
        assert known.mrn in page
        seen = AuditEvent.objects.get(verb="list.seen", clinic_id=site.pk)
        assert seen.facts["people"] == [known.pk]

        page = markup(client.post(address, body | {"unlike": [known.pk]}, follow=True))
        assert "Moved. Registered" in page

    def test_a_record_that_changed_says_so(self, client, address, consent, person):
        consent()
        answer = client.post(address, {"shown": "older"})

        assert answer.status_code == 400
        assert "the record has changed since" in markup(answer)

    def test_who_has_left_is_not_moved(self, client, address, consent, person):
        consent()
        Patient.objects.filter(pk=person.pk).update(status="discharged")

        assert "nobody to move" in markup(client.get(address))

    def test_one_of_several_sites_is_chosen(self, clinic, site, address, at_both):
        third = ClinicFactory(name="Zion West")
        Membership.objects.create(staff=at_both, clinic=third, role=Role.CARE_MANAGER)
        client = signed_in(at_both)

        assert "Choose the site." in markup(client.get(address))
        page = markup(client.get(f"{address}?site={third.pk}"))
        assert "names Zion West" in page

    @pytest.mark.parametrize("asked", ["here", "elsewhere", "x"])
    def test_a_site_where_they_do_not_work_is_none(
        self, client, address, clinic, asked
    ):
        sites = {"here": clinic.pk, "elsewhere": ClinicFactory().pk, "x": "x"}

        assert client.get(f"{address}?site={sites[asked]}").status_code == 404

    def test_who_works_here_alone_is_shown_the_way_on_paper(self, address, clinic):
        staff = StaffFactory(roles={clinic: [Role.CARE_MANAGER]})

        page = markup(signed_in(staff).get(address))

        assert "You work at no other site" in page

    def test_a_peer_there_registers_nobody(self, address, clinic, site):
        staff = StaffFactory(roles={clinic: [Role.CARE_MANAGER], site: [Role.PEER]})

        assert "You work at no other site" in markup(signed_in(staff).get(address))

    def test_what_was_told_is_read_there(
        self, client, address, consent, treated, person, site
    ):
        consent()
        body = self.body(person, parts=["oud_medicine", "plan"])
        client.post(address, body)
        here = markup(client.get(f"/people/{person.pk}/moves/"))
        given = Disclosure.objects.get()
        told = client.get(f"/people/{person.pk}/disclosures/{given.pk}/")
        client.post("/switch-clinic/", {"clinic": site.pk})
        page = markup(client.get(f"/people/{there(site).pk}/moves/"))
        aftercare = markup(client.get(f"/people/{there(site).pk}/aftercare/"))

        assert "As it was given out" in here
        assert "Moves to Zenith South" in markup(told)
        assert "Moved from Harbor Street Clinic" in page
        assert "not confirmed" in page
        assert "Their plan, not in force here" in page
        assert "80 mg" in page
        assert "Told, not confirmed: Methadone" in aftercare
        # The header of every page of theirs says neither a dose nor that there is none.
        assert aftercare.count("Ask what they take") == 2
        assert "a dose may be due" in aftercare
        assert "No plan yet" not in aftercare
        assert "Not confirmed: Methadone" in aftercare
        assert "no medicine for OUD yet" not in aftercare

    def test_nobody_moved(self, client, person):
        assert "Moved from nowhere" in markup(client.get(f"/people/{person.pk}/moves/"))


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_moves(consent, person, site, at_both, now):
    consent()
    shown = content_of(person, at=now).digest
    barrier, outcomes = threading.Barrier(2), []

    def work():
        try:
            with transaction.atomic(), connections["default"].cursor() as cursor:
                cursor.execute("SELECT set_config('mainstay.system', 'on', true)")
                barrier.wait(20)
                actions.move_to_site(
                    patient=person, site=site, parts=[], shown=shown, by=at_both, at=now
                )
            outcomes.append("moved")
        except actions.NotInCareHere:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["moved", "refused"]
    assert Patient.objects.filter(clinic=site).count() == 1
