"""The caseload: who comes next, in which order, why, and at what cost."""

import datetime as dt
import re
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.access import Acting
from accounts.models import AuditEvent
from aftercare.models import OutreachAttempt
from assessments.actions.measures import record_observation
from assessments.models import Concern
from devtools.bench.statement_count import statements
from patients.models import CareTeamMember, ContactPoint, Visit
from reports.caseload import rows as cases
from reports.caseload.rows import CaseloadQuery, Filter, Sort
from reports.caseload.wording import groups, shown, spark
from tests.conftest import NOON, clinic_today, signed_in
from tests.factories import PatientFactory
from tests.factories.aftercare import TODAY, owed
from tests.factories.assessments import AssessmentFactory
from tests.factories.treatment import DoseEventFactory, RegimenFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _saturday():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def acting(care_manager, clinic):
    return Acting(care_manager, clinic, frozenset({"care_manager"}))


@pytest.fixture
def named(clinic):
    def do(name, **more):
        return PatientFactory(
            clinic=clinic, given_name=name, sort_name=name.lower(), **more
        )

    return do


@pytest.fixture
def listed(acting):
    def do(filter=Filter.EVERYONE, **more):
        rows, _ = cases.people(acting, CaseloadQuery(filter=filter, **more), at=NOON)
        return [(row.given_name, row.urgency) for row in rows]

    return do


@pytest.fixture
def row(acting):
    def do():
        (person,), _ = cases.people(
            acting, CaseloadQuery(filter=Filter.EVERYONE), at=NOON
        )
        return shown(person, at=NOON)

    return do


@pytest.fixture
def everybody(named):
    """One person of each urgency, and one of each kind who is not shown."""
    owed(named("Late"), -5, status="missed")
    owed(named("Later late"), -3, status="missed")
    owed(named("Now"), -1, after=3, status="due")
    owed(named("Week"), 6)
    owed(named("Later"), 30)
    named("Nothing")
    owed(named("Gone", status="deceased"), -5)
    owed(named("Left", status="discharged"), -5)
    named("Left too", status="discharged")


class TestOrder:
    def test_what_cannot_wait_comes_first(self, everybody, listed):
        assert listed() == [
            ("Late", 0),
            ("Later late", 0),
            ("Now", 1),
            ("Week", 2),
            ("Later", 3),
            ("Nothing", 4),
        ]

    def test_a_person_is_one_row_with_the_most_urgent(self, named, listed):
        person = named("Alma")
        owed(person, 9)
        owed(person, 0, after=2, status="due")
        owed(person, -4, status="missed")
        owed(person, -9, status="missed")

        assert listed() == [("Alma", 0)]

    def test_the_oldest_window_decides(self, named, row):
        person = named("Alma")
        owed(person, -4, status="missed", title="The younger")
        owed(person, -9, status="missed", title="The older")

        assert row().action == "The older"

    def test_somebody_tried_today_waits_for_the_next_try(self, named, listed):
        owed(named("Tried"), -5, status="missed", next_try_on=TODAY + DAY)
        owed(named("Not tried"), -3, status="missed")

        assert listed() == [("Not tried", 0), ("Tried", 2)]

    def test_after_a_discharge_only_what_staff_added_is_shown(self, named, listed):
        owed(named("Left", status="discharged"), -1, origin="staff")

        assert listed() == [("Left", 0)]

    def test_by_name_when_asked(self, everybody, listed):
        assert [name for name, _ in listed(sort=Sort.NAME)] == [
            "Late",
            "Later",
            "Later late",
            "Nothing",
            "Now",
            "Week",
        ]

    def test_by_name_each_keeps_its_urgency(self, everybody, listed):
        assert dict(listed(sort=Sort.NAME)) == dict(listed())

    def test_goes_on_where_the_last_page_ended(self, clinic, acting):
        for number in range(cases.PAGE + 2):
            owed(PatientFactory(clinic=clinic), -1 - number % 3, status="missed")
        PatientFactory(clinic=clinic)

        first, has_more = cases.people(acting, CaseloadQuery(Filter.EVERYONE), at=NOON)
        second, has_third = cases.people(
            acting, CaseloadQuery(Filter.EVERYONE, page=2), at=NOON
        )

        assert (len(first), has_more, len(second), has_third) == (50, True, 3, False)
        assert not {p.patient_id for p in first} & {p.patient_id for p in second}

    def test_another_clinics_people_are_not_there(self, other_clinic, listed, acting):
        owed(PatientFactory(clinic=other_clinic), -5)

        assert listed() == []
        assert not any(cases.counts(acting, CaseloadQuery(mine=True), at=NOON).values())


class TestFilters:
    @pytest.mark.parametrize("sort", Sort)
    @pytest.mark.parametrize(
        ("filter", "names"),
        [
            (Filter.TODAY, {"Late", "Later late", "Now"}),
            (Filter.OVERDUE, {"Late", "Later late"}),
        ],
    )
    def test_by_what_is_owed(self, everybody, listed, acting, filter, names, sort):
        assert {name for name, _ in listed(filter, sort=sort)} == names
        assert cases.counts(acting, CaseloadQuery(), at=NOON)[filter] == len(names)

    def test_overdue_shows_who_was_tried_already(self, named, listed):
        owed(named("Tried"), -5, status="missed", next_try_on=TODAY + DAY)

        assert listed(Filter.OVERDUE) == [("Tried", 0)]
        assert listed(Filter.TODAY) == []

    def test_by_the_day_in_care(self, named, listed, acting):
        named("New", admitted_on=TODAY - 29 * DAY)
        named("Not new", admitted_on=TODAY - 30 * DAY)
        named("Not admitted")

        assert listed(Filter.FIRST_DAYS) == [("New", 4)]
        assert cases.counts(acting, CaseloadQuery(), at=NOON)[Filter.FIRST_DAYS] == 1

    def test_by_stage(self, named, listed):
        named("After", status="aftercare")
        named("Active", status="active")

        assert listed(Filter.AFTERCARE) == [("After", 4)]

    def test_my_own_people(self, named, listed, acting, care_manager, clinic):
        mine, was = named("Mine"), named("Was mine")
        named("Not mine")
        for person, until in ((mine, None), (was, NOON)):
            CareTeamMember.objects.create(
                clinic=clinic,
                patient=person,
                staff=care_manager,
                part="care_manager",
                since_at=NOON,
                until_at=until,
            )

        assert listed(mine=True) == listed(mine=True, sort=Sort.NAME) == [("Mine", 4)]
        assert (
            cases.counts(acting, CaseloadQuery(mine=True), at=NOON)[Filter.EVERYONE]
            == 1
        )

    @pytest.mark.parametrize(
        "contact",
        [
            pytest.param(
                lambda p, s, on: tried(p, s, on, "reached_coming"), id="reached"
            ),
            pytest.param(lambda p, s, on: visited(p, on), id="visit"),
            pytest.param(lambda p, s, on: dosed(p, on), id="dose here"),
            pytest.param(lambda p, s, on: kept(p, on), id="follow-up kept"),
        ],
    )
    @pytest.mark.parametrize(("days", "silent"), [(13, False), (15, True)])
    def test_silence_ends_with_any_contact(
        self, named, listed, acting, care_manager, contact, days, silent
    ):
        contact(named("Alma"), care_manager, NOON - days * DAY)

        assert bool(listed(Filter.SILENT)) is silent
        counted = cases.counts(acting, CaseloadQuery(Filter.SILENT), at=NOON)
        assert counted[Filter.SILENT] == int(silent)

    @pytest.mark.parametrize(
        ("outcome", "taken_back"), [("no_answer", False), ("reached_coming", True)]
    )
    def test_a_try_that_reached_nobody_does_not_end_it(
        self, named, listed, care_manager, outcome, taken_back
    ):
        tried(named("Alma"), care_manager, NOON, outcome, taken_back=taken_back)

        assert listed(Filter.SILENT) == [("Alma", 4)]

    def test_silence_is_counted_only_where_it_is_asked_for(self, named, acting):
        named("Alma")

        assert cases.counts(acting, CaseloadQuery(), at=NOON)[Filter.SILENT] is None


def tried(person, by, at, outcome, *, taken_back=False):
    return OutreachAttempt.objects.create(
        clinic=person.clinic,
        patient=person,
        outcome=outcome,
        made_at=at,
        made_by=by,
        taken_back_at=at if taken_back else None,
    )


def visited(person, at):
    Visit.objects.create(
        clinic=person.clinic,
        patient=person,
        on=clinic_today(at),
        kind="visit",
        status="attended",
        recorded_at=at,
    )


def dosed(person, at):
    DoseEventFactory(
        patient=person,
        medication="MTD",
        kind="administered",
        on=clinic_today(at),
        recorded_at=at,
    )


def kept(person, at):
    owed(person, -20, status="done", closed_at=at, title="Drug test")


def measured(person, instrument, days_ago, total=None, **more):
    return AssessmentFactory(
        patient=person,
        instrument=instrument,
        total=total,
        given_at=NOON - days_ago * DAY,
        **{"status": "complete", **more},
    )


class TestRow:
    def test_says_what_is_next_and_why(self, named, row):
        owed(
            named("Alma"),
            -2,
            status="missed",
            kind="naloxone_handover",
            title="Hand over the naloxone kit",
            reason="At each start.",
            cite="C96",
            verified="[V 21]",
        )

        said = row()

        assert said.action == "Hand over the naloxone kit"
        assert said.why == "At each start. The window closed 2 days ago."
        assert (said.rule, said.is_verified, said.icon, said.who) == (
            "C96",
            True,
            "kit",
            "Care manager",
        )

    @pytest.mark.parametrize(
        ("due", "after", "more", "said"),
        [
            (0, 0, {}, "Due today."),
            (0, 2, {}, "Due today, by Mon 23 Nov."),
            (
                0,
                2,
                {"next_try_on": TODAY + DAY},
                "Due today, by Mon 23 Nov. Next try tomorrow.",
            ),
        ],
    )
    def test_says_by_when(self, named, row, due, after, more, said):
        owed(named("Alma"), due, after=after, cite="J1", **more)

        assert row().why == said
        assert (row().rule, row().source) == ("", "J1")

    @pytest.mark.parametrize(
        ("stage", "said"),
        [
            ("referred", "Begin the intake"),
            ("in_intake", "Finish the intake and sign a plan"),
            ("active", "Decide what comes next"),
        ],
    )
    def test_says_what_is_next_where_nothing_is_planned(self, named, row, stage, said):
        named("Alma", status=stage)

        assert row().action == said

    def test_says_who_it_is(self, named, row):
        named(
            "Alma",
            pronouns="she/her",
            language="Spanish",
            needs_interpreter=True,
            mrn="7",
        )

        assert row().about == "34, she/her, 7, Spanish, interpreter"

    def test_an_unknown_age_is_said(self, named, row):
        named("Alma", date_of_birth=None)

        assert row().about.startswith("age not known")

    def test_the_medicine_with_its_day(self, named, row, clinic):
        person = named("Alma", admitted_on=TODAY - 9 * DAY, status="active")
        assert row().medicine == ("Not started", "active, day 10")

        regimen = RegimenFactory(
            clinic=clinic,
            patient=person,
            medication="MTD",
            dose_mg=Decimal("85.00"),
            started_on=TODAY - 200 * DAY,
        )
        assert row().medicine == ("Methadone 85 mg", "day 201")

        regimen.stopped_on = TODAY - DAY
        regimen.save()
        assert row().medicine == ("None since Fri 20 Nov", "before: Methadone")

    def test_what_goes_on_beside_an_overlap_that_ended(self, named, row, clinic):
        person = named("Alma", status="active")
        methadone, low = (
            RegimenFactory(
                clinic=clinic,
                patient=person,
                medication=medication,
                dose_mg=dose,
                started_on=TODAY - days * DAY,
                is_low_dose_overlap=medication == "BUP_LOW",
            )
            for medication, dose, days in (("MTD", 90, 60), ("BUP_LOW", 2, 5))
        )
        assert row().medicine[0].startswith("Methadone 90 mg + Buprenorphine")

        low.stopped_on = TODAY - 2 * DAY
        low.save()
        assert row().medicine == ("Methadone 90 mg", "day 61")

        methadone.started_on = TODAY + 10 * DAY
        methadone.save()
        assert row().medicine == ("Starts Tue 1 Dec", "Methadone 90 mg")

    def test_the_last_contact_and_when_somebody_was_reached(
        self, named, row, care_manager
    ):
        person = named("Alma")
        assert row().contact == ("None yet", "")

        tried(person, care_manager, NOON - 3 * DAY, "reached_not_coming")
        assert row().contact == ("Wed 18 Nov, reached, not coming", "")
        tried(person, care_manager, NOON - DAY, "no_answer")
        assert row().contact == ("Fri 20 Nov, no answer", "reached Wed 18 Nov")
        dosed(person, NOON)
        assert row().contact == ("Today, dose", "reached Wed 18 Nov")

    def test_the_last_score_with_its_line(self, named, row):
        person = named("Alma")
        assert (row().score, row().spark) == (("", ""), None)

        for days, risk in ((60, 15), (30, 9), (0, 14)):
            measured(person, "bam", days, subscales={"risk": risk})
        measured(person, "phq9", 10, total=11)

        said = row()
        assert said.score == ("BAM risk 14", "today")
        assert said.spark.words == "15, 9, 14, rising"
        assert said.spark.is_worse

    def test_a_score_amended_or_in_error_does_not_count(self, named, row):
        person = named("Alma")
        first = measured(person, "phq9", 9, total=20)
        measured(person, "phq9", 9, total=11, amends=first)
        measured(person, "phq9", 1, total=3, status="entered_in_error", error_at=NOON)

        assert row().score[0] == "PHQ-9 11"

    def test_a_subscale_that_could_not_be_given_is_said(self, named, row):
        measured(named("Alma"), "bam", 0, subscales={"risk": None})

        assert row().score == ("BAM risk not given", "today")


def test_a_level_line_lies_low():
    assert spark([Decimal(4), Decimal(4)]).path == "M3.0 20.0 83.0 20.0"
    assert spark([Decimal(4)]) is None


def test_neighbours_of_one_urgency_share_a_heading(everybody, acting):
    people, _ = cases.people(acting, CaseloadQuery(Filter.EVERYONE), at=NOON)

    assert [(g.title, len(g.rows)) for g in groups(people, at=NOON)] == [
        ("Overdue", 2),
        ("Today", 1),
        ("This week", 1),
        ("Later", 1),
        ("Nothing planned", 1),
    ]


class TestPage:
    def get(self, client, **told):
        response = client.get("/caseload/", told)
        return response.status_code, response.content.decode()

    def test_shows_who_needs_someone_today(self, everybody, as_care_manager):
        status, page = self.get(as_care_manager)

        assert status == 200
        assert "Late Reyes" in page
        assert "Week Reyes" not in page

    def test_danger_stands_above_dates_on_the_first_page(
        self, everybody, named, as_care_manager, as_admin
    ):
        person = named("Xiomara")
        Concern.objects.create(
            clinic=person.clinic,
            patient=person,
            assessment=AssessmentFactory(patient=person),
            kind=Concern.Kind.SUICIDE_RISK,
            level=Concern.Level.MODERATE,
            reason="Thoughts told",
            raised_at=NOON - DAY,
        )

        _, page = self.get(as_care_manager)
        seen = AuditEvent.objects.filter(verb="list.seen").latest("pk")

        assert page.index("Thoughts told") < page.index("Late Reyes")
        assert person.pk in seen.facts["people"]
        assert "Thoughts told" not in self.get(as_care_manager, page="2")[1]
        assert "Thoughts told" not in self.get(as_admin)[1]

    def test_a_result_that_cannot_wait_stands_there_and_a_person_once(
        self, everybody, named, as_care_manager, care_manager, clinic
    ):
        both, heart = named("Xiomara"), named("Yara")
        for person, value in ((both, "520"), (heart, "510")):
            record_observation(
                patient=person,
                code="qtc",
                value=Decimal(value),
                effective_at=NOON,
                by=care_manager,
                at=NOON,
            )
        Concern.objects.create(
            clinic=clinic,
            patient=both,
            assessment=AssessmentFactory(patient=both),
            kind=Concern.Kind.OFF_TRACK,
            level=Concern.Level.HIGH,
            reason="Off track",
            raised_at=NOON,
        )
        Concern.objects.create(
            clinic=clinic,
            patient=both,
            assessment=AssessmentFactory(patient=both),
            kind=Concern.Kind.SUICIDE_RISK,
            level=Concern.Level.MODERATE,
            reason="Thoughts told",
            raised_at=NOON,
        )
        answer = as_care_manager.get("/caseload/")
        page = answer.content.decode()

        assert page.index("510 ms") < page.index("Late Reyes")
        found = {one.patient: one.reasons for one in answer.context["in_danger"]}
        assert found.keys() == {both, heart}
        assert list(found) == [both, heart]
        assert found[both][0] == "Thoughts told"
        assert "520 ms" in found[both][1]
        assert "Off track" not in page.partition("Late Reyes")[0]

    @pytest.mark.parametrize("show", [*Filter, "nonsense"])
    @pytest.mark.parametrize("mine", ["yes", ""])
    def test_says_so_where_nobody_is_shown(self, as_care_manager, show, mine):
        status, page = self.get(as_care_manager, show=show, mine=mine)

        assert status == 200
        assert "Nobody" in page

    @pytest.mark.parametrize("page", ["0", "-1", "abc", "2", "9" * 30, "²", "\x00"])
    @pytest.mark.parametrize("name", ["page", "open", "sort", "show"])
    def test_nonsense_in_the_address_is_no_error(
        self, everybody, as_care_manager, name, page
    ):
        assert self.get(as_care_manager, **{name: page})[0] == 200

    def test_a_contact_is_recorded_in_two_presses_and_undone_in_one(
        self, named, as_care_manager
    ):
        person = named("Alma")
        ContactPoint.objects.create(
            clinic=person.clinic,
            patient=person,
            kind="phone",
            value="(555) 010-0142",
            safe_words="Say “the clinic”.",
        )
        call = owed(person, kind="call", title="Call about the ride")

        _, page = self.get(as_care_manager, open=person.pk)
        assert "Say “the clinic”." in page
        assert AuditEvent.objects.get(verb="chart.viewed").facts == {
            "page": "safe_contact"
        }

        (action,) = set(re.findall(r'action="(/people/[^"]+)"', page))
        told = dict(re.findall(r'name="(next|follow_up)" value="([^"]+)"', page))
        response = as_care_manager.post(
            action, {**told, "outcome": "reached_coming"}, follow=True
        )

        assert response.redirect_chain == [("/caseload/", 302)]
        page = response.content.decode()
        assert "recorded: reached, coming, follow-up done." in page
        assert "Nobody needs someone today" in page

        undo = re.search(r'action="(/contacts/[^"]+)"', page)[1].replace("&amp;", "&")
        assert as_care_manager.post(undo).url == "/caseload/"
        call.refresh_from_db()
        assert call.status == "due"

    def test_an_admin_who_reads_no_charts_does_not_see_it(self, named, as_admin):
        person = named("Alma")

        answer = as_admin.get(f"/caseload/?show=everyone&open={person.pk}")

        assert answer.status_code == 403
        assert not AuditEvent.objects.filter(verb="chart.viewed").exists()

    def test_asks_as_much_of_many_as_of_few(self, clinic, care_manager):
        client = signed_in(care_manager)
        asked = []
        for more in (50, 450):
            for number in range(more):
                owed(PatientFactory(clinic=clinic), number % 9 - 4)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get("/caseload/", {"show": "everyone"})
            asked.append(statements(queries))

        assert asked[0] == asked[1] <= 10
