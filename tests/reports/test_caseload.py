"""The caseload: who comes next, danger before dates, why, and at what cost."""

import datetime as dt
import re
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.access import Acting
from accounts.models import AuditEvent
from aftercare.actions.reconcile import reconcile
from aftercare.models import CaseloadLine, OutreachAttempt
from aftercare.owed.urgency.model import UrgencyFactor
from assessments.actions.measures import record_observation
from devtools.bench.statement_count import statements
from patients.actions.deaths import DeathReport, report_death
from patients.models import CareTeamMember, ContactPoint, Patient, Visit
from reports.caseload import order_sql as sql
from reports.caseload import rows as cases
from reports.caseload.rows import CaseloadQuery, Filter, Sort, TriedFilter, Whose
from reports.caseload.wording import chips_of, groups, shown
from tests.conftest import NOON, clinic_today, signed_in
from tests.factories import PatientFactory
from tests.factories.aftercare import TODAY, lines_written, owed, worried_about
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
    """Somebody in care who was heard of today, so that nothing but what is owed says
    where they stand."""

    def do(name, *, is_silent=False, status="active", **more):
        person = PatientFactory(
            clinic=clinic,
            given_name=name,
            sort_name=name.lower(),
            status=status,
            referred_on=TODAY - 60 * DAY,
            **more,
        )
        if not is_silent:
            visited(person, NOON)
        return person

    return do


@pytest.fixture
def listed(acting, clinic):
    def do(filter=Filter.EVERYONE, at=NOON, **more):
        if at == NOON:
            lines_written(clinic)
        rows, _ = cases.people(acting, CaseloadQuery(filter=filter, **more), at=at)
        return [(row.given_name, row.urgency) for row in rows]

    return do


@pytest.fixture
def row(acting, clinic):
    def do():
        lines_written(clinic)
        (person,), _ = cases.people(
            acting, CaseloadQuery(filter=Filter.EVERYONE), at=NOON
        )
        return shown(person, acting, at=NOON)

    return do


@pytest.fixture
def everybody(named, clinic):
    """One person of each urgency, and one of each kind who is not shown."""
    owed(named("Later late"), -3, status="missed")
    owed(named("Late"), -5, status="missed")
    owed(named("Now"), -1, after=3, status="due")
    owed(named("Week"), 6)
    owed(named("Later"), 30)
    named("Nothing")
    danger = named("Danger")
    owed(danger, 0, kind="safety_screen")
    worried_about(danger)
    owed(named("Gone", status="deceased"), -5)
    lines_written(clinic)


class TestOrder:
    def test_danger_comes_before_dates(self, everybody, listed):
        assert listed() == [
            ("Danger", sql.CANNOT_WAIT),
            ("Nothing", sql.FAULT),
            ("Late", sql.TODAY),
            ("Later late", sql.TODAY),
            ("Now", sql.TODAY),
            ("Week", sql.WEEK),
            ("Later", sql.LATER),
        ]

    def test_a_person_is_one_row_with_the_gravest_first(self, named, row):
        person = named("Alma")
        owed(person, 9)
        owed(person, -9, status="missed", kind="drug_test", title="Random drug test")
        owed(person, 0, kind="safety_screen")
        worried_about(person)

        said = row()

        assert said.action == "Give the C-SSRS screener"
        assert [chip.words for chip in said.chips] == [
            "thoughts of self-harm today",
            "drug test 9 days past, federal",
        ]
        assert (said.more, said.is_danger, said.has_concern) == (1, True, True)

    @pytest.mark.parametrize(
        ("is_late", "chips"),
        [
            pytest.param(False, ["since today"], id="nothing else"),
            pytest.param(True, ["call or visit 9 days late"], id="another reason"),
        ],
    )
    def test_a_day_alone_is_no_reason_beside_another(self, is_late, chips):
        day = dt.date(2026, 11, 21)
        since = {"begins": day, "since": day, "until": day}
        asked = "answer the positive pregnancy test"
        result = UrgencyFactor(key="safety_concern", case="result", what=asked, **since)
        past = day - dt.timedelta(days=9)
        late = UrgencyFactor(
            key="late", case="late", what="call or visit", **since | {"until": past}
        )

        made = chips_of([result, *([late] if is_late else [])], day, asked.capitalize())

        assert [one.words for one in made] == chips

    def test_of_a_reported_death_nobody_calls(self, named, row, care_manager, noon):
        person = named("Olga")
        owed(person, -3, kind="call")
        report_death(
            patient=person,
            mrn=person.mrn,
            report=DeathReport(
                died_on=TODAY,
                is_about=False,
                source="family",
                source_words="Her sister called",
                cause="unknown",
                cause_words="",
                medicine_at_home="yes",
                told="The care team",
                told_by=care_manager,
            ),
            by=care_manager,
            at=noon,
        )

        said = row()

        assert (said.action, said.chips) == ("A death is reported: do not call", [])
        assert said.act.url == f"/people/{person.pk}/death/"

    def test_a_federal_day_stands_before_what_is_late(self, named, listed, clinic):
        clinic.is_otp = True
        clinic.save()
        owed(named("Late"), -9)
        owed(named("Exam"), 0, kind="full_exam")

        assert [name for name, _ in listed()] == ["Exam", "Late"]

    def test_somebody_tried_today_stays_and_says_so(self, named, row, listed):
        owed(named("Tried"), -5, status="missed", next_try_on=TODAY + DAY)

        assert listed(Filter.TODAY) == [("Tried", sql.TODAY)]
        assert row().contact == ("Today, visit", "again tomorrow")

    def test_yesterdays_line_stands_in_its_place_today(self, named, listed, clinic):
        owed(named("Soon late"), 0)
        owed(named("Ahead"), 5)
        lines_written(clinic)
        assert listed() == [("Soon late", sql.TODAY), ("Ahead", sql.WEEK)]

        later = NOON + 6 * DAY
        assert listed(at=later) == [("Soon late", sql.TODAY), ("Ahead", sql.TODAY)]
        assert listed(at=NOON + 4 * DAY)[1] == ("Ahead", sql.WEEK)

    def test_a_window_that_ends_makes_a_danger_of_yesterdays_line(
        self, named, listed, clinic
    ):
        person, other = named("Depot"), named("Late")
        RegimenFactory(
            patient=person, medication="BRIXADI_W", started_on=TODAY - 9 * DAY
        )
        owed(person, 0, kind="injection")
        owed(other, -20)

        assert [name for name, _ in listed()] == ["Late", "Depot"]
        assert listed(at=NOON + DAY)[0] == ("Depot", sql.CANNOT_WAIT)

    def test_by_name_when_asked(self, everybody, listed):
        assert [name for name, _ in listed(sort=Sort.NAME)] == [
            *("Danger", "Late", "Later", "Later late", "Nothing", "Now", "Week"),
        ]

    def test_by_name_each_keeps_its_urgency(self, everybody, listed):
        assert dict(listed(sort=Sort.NAME)) == dict(listed())

    def test_goes_on_where_the_last_page_ended(self, clinic, acting):
        for number in range(cases.PAGE + 2):
            owed(PatientFactory(clinic=clinic), -1 - number % 3, status="missed")
        PatientFactory(clinic=clinic)
        lines_written(clinic)

        first, has_more = cases.people(acting, CaseloadQuery(Filter.EVERYONE), at=NOON)
        second, has_third = cases.people(
            acting, CaseloadQuery(Filter.EVERYONE, page=2), at=NOON
        )

        assert (len(first), has_more, len(second), has_third) == (50, True, 3, False)
        assert not {p.patient_id for p in first} & {p.patient_id for p in second}

    def test_another_clinics_people_are_not_there(self, other_clinic, listed, acting):
        owed(PatientFactory(clinic=other_clinic), -5)
        lines_written(other_clinic)

        assert listed() == []
        assert not any(cases.counts(acting, CaseloadQuery(), at=NOON).values())


class TestFilters:
    @pytest.mark.parametrize("sort", Sort)
    def test_who_needs_someone_today(self, everybody, listed, acting, sort):
        names = {"Danger", "Nothing", "Late", "Later late", "Now"}

        assert {name for name, _ in listed(Filter.TODAY, sort=sort)} == names
        assert cases.counts(acting, CaseloadQuery(), at=NOON)[Filter.TODAY] == 5

    @pytest.mark.parametrize(
        ("why", "names"),
        [
            ("safety_concern", ["Danger"]),
            ("late", ["Late", "Later late"]),
            ("no_next_step", ["Nothing"]),
            ("treatment_gap", []),
        ],
    )
    def test_by_why(self, everybody, listed, why, names):
        assert [name for name, _ in listed(why=why)] == names

    def test_by_the_day_in_care(self, named, listed, acting):
        named("New", admitted_on=TODAY - 29 * DAY)
        named("Not new", admitted_on=TODAY - 30 * DAY)
        named("Not admitted")

        assert [name for name, _ in listed(Filter.FIRST_DAYS)] == ["New"]
        assert cases.counts(acting, CaseloadQuery(), at=NOON)[Filter.FIRST_DAYS] == 1

    def test_by_stage_and_medicine_together(self, named, listed, clinic):
        both, other = named("Both", status="aftercare"), named("Other")
        named("Stage", status="aftercare")
        for person in (both, other):
            RegimenFactory(patient=person, medication="MTD")

        found = listed(stage="aftercare", medicine="MTD")
        assert [name for name, _ in found] == ["Both"]

    def test_who_left_stands_apart(self, named, listed):
        owed(named("Left", status="discharged"), -1, kind="contact")
        named("Here")

        assert [name for name, _ in listed()] == ["Here"]
        assert [name for name, _ in listed(Filter.LEFT)] == ["Left"]
        assert "Left" in dict(listed(Filter.TODAY))

    def test_mine_is_what_i_or_my_role_must_act_on(
        self, named, listed, acting, care_manager, prescriber, clinic
    ):
        given, team, role = named("Given"), named("Team"), named("Role")
        others, of_others = named("Other's"), named("Other's team")
        CareTeamMember.objects.bulk_create(
            CareTeamMember(
                clinic=clinic,
                patient=person,
                staff=staff,
                part="care_manager",
                since_at=NOON,
            )
            for person, staff in ((team, care_manager), (of_others, prescriber))
        )
        owed(given, 0, assigned_role="clinician", assigned_to=care_manager)
        for person in (team, role, of_others):
            owed(person, 0, assigned_role="care_manager")
        owed(others, 0, assigned_role="clinician")

        mine = {name for name, _ in listed(whose=Whose.MINE)}
        assert mine == {"Given", "Team", "Role"}
        asked = CaseloadQuery(whose=Whose.MINE)
        assert cases.counts(acting, asked, at=NOON)[Filter.EVERYONE] == 3
        assert [name for name, _ in listed(whose=Whose.TEAM)] == ["Team"]

    @pytest.mark.parametrize(
        "text", ["alma", "004-77", "555 010 6436", "(555) 010-6436"]
    )
    def test_search_finds_a_name_a_number_and_a_telephone(self, named, listed, text):
        alma = named("Alma", mrn="004-77")
        Patient.objects.filter(pk=alma.pk).update(
            search_text=" alma reyes 00477 004-77 "
        )
        ContactPoint.objects.create(
            clinic=alma.clinic, patient=alma, kind="phone", value="(555) 010-6436"
        )
        owed(alma, 30)
        other = named("Other")
        Patient.objects.filter(pk=other.pk).update(search_text=" other reyes ")

        assert [name for name, _ in listed(Filter.TODAY, text=text)] == ["Alma"]

    def test_tried_today_or_not(self, named, listed, care_manager):
        tried(named("Tried"), care_manager, NOON, "no_answer")
        tried(named("Yesterday"), care_manager, NOON - DAY, "no_answer")

        assert [n for n, _ in listed(tried=TriedFilter.YES)] == ["Tried"]
        assert [n for n, _ in listed(tried=TriedFilter.NO)] == ["Yesterday"]

    @pytest.mark.parametrize(
        "contact",
        [
            pytest.param(
                lambda p, s, on: tried(p, s, on, "reached_coming"), id="reached"
            ),
            pytest.param(lambda p, s, on: visited(p, on), id="visit"),
            pytest.param(lambda p, s, on: dosed(p, on), id="dose here"),
        ],
    )
    def test_silence_ends_with_any_word(
        self, named, listed, acting, care_manager, contact
    ):
        person = named("Alma", is_silent=True)
        assert [n for n, _ in listed(Filter.SILENT)] == ["Alma"]

        contact(person, care_manager, NOON)
        assert listed(Filter.SILENT) == []
        assert cases.counts(acting, CaseloadQuery(), at=NOON)[Filter.SILENT] == 0

    def test_a_try_that_reached_nobody_does_not_end_it(
        self, named, listed, care_manager
    ):
        tried(named("Alma", is_silent=True), care_manager, NOON, "no_answer")

        assert [n for n, _ in listed(Filter.SILENT)] == ["Alma"]


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


class TestRow:
    @pytest.mark.parametrize(
        ("kind", "action", "act", "url"),
        [
            ("call", "Call about the ride", "Call", ""),
            ("drug_test", "Drug test", "Record", "/medication/toxicology/add/"),
            ("safety_screen", "Give the C-SSRS screener", "Give", "/give/cssrs/"),
            ("yearly_exam", "Yearly examination", "Book", "/move/"),
            ("plan_review", "Review the plan", "Open", "/plan/"),
            ("naloxone_handover", "Hand over a naloxone kit", "Hand over", "/kit/"),
            ("measures", "Give the measures", "Give", "/measures/give/"),
            ("referral", "Call about the ride", "Open", "/referrals/"),
        ],
    )
    def test_the_act_goes_by_the_kind(self, named, row, kind, action, act, url):
        owed(named("Alma"), 0, kind=kind, title="Call about the ride")

        said = row()

        assert (said.action, said.act.words) == (action, act)
        assert said.act.url.endswith(url)
        assert said.act.is_call is (kind == "call")

    def test_without_the_right_the_chart_opens(self, named, clinic, prescriber):
        owed(named("Alma"), 0, kind="drug_test")
        lines_written(clinic)
        director = Acting(prescriber, clinic, frozenset({"medical_director"}))
        (person,), _ = cases.people(director, CaseloadQuery(), at=NOON)

        assert shown(person, director, at=NOON).act.words == "Open"

    def test_what_is_only_in_its_days_says_when(self, named, row):
        owed(named("Alma"), 2, before=4, title="Visit, week 6")

        assert [(c.words, c.state) for c in row().chips] == [("due Mon 23 Nov", "")]

    def test_the_row_stays_short(self, named, row):
        person = named("Alma", pronouns="she/her")
        owed(person, -3)
        worried_about(person)
        owed(person, 0, kind="safety_screen")
        said = row()

        told = [said.name, said.about, said.action, *(c.words for c in said.chips)]
        told += [*said.medicine, *said.contact, said.who, said.act.words]
        assert len(" ".join(told).split()) <= 28

    def test_nothing_is_owed_is_said_as_a_fault(self, named, row):
        named("Alma")

        said = row()
        assert said.action == "No next step: decide on one"
        assert said.chips[0].state == "is-danger"
        assert said.act.words == "Open"

    def test_who_wants_no_contact_owes_nothing(self, named, listed, clinic, acting):
        person = named("Alma", status="discharged")
        lines_written(clinic)
        CaseloadLine.objects.filter(patient=person).update(lacks_next_step=False)
        (found,), _ = cases.people(acting, CaseloadQuery(Filter.LEFT), at=NOON)

        assert shown(found, acting, at=NOON).action == "Nothing is owed"

    @pytest.mark.parametrize(
        ("more", "who"),
        [
            ({"assigned_role": "care_manager"}, "you"),
            ({"assigned_role": "prescriber"}, "Prescriber"),
            ({"assigned_role": "clinician", "given": "own"}, "you"),
            ({"assigned_role": "clinician", "given": "other"}, "Samir"),
        ],
    )
    def test_who_acts(self, named, row, care_manager, prescriber, more, who):
        given = more.pop("given", None)
        staff = {"own": care_manager, "other": prescriber}.get(given)
        if given == "other":
            prescriber.name = "Samir"
            prescriber.save()
        owed(named("Alma"), 0, assigned_to=staff, **more)

        assert row().who == who

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

    def test_the_medicine_with_its_dose(self, named, row, clinic):
        person = named("Alma")
        assert row().medicine == ("Not started", "")

        regimen = RegimenFactory(
            clinic=clinic,
            patient=person,
            medication="MTD",
            dose_mg=Decimal("85.00"),
            started_on=TODAY - 200 * DAY,
        )
        assert row().medicine == ("Methadone", "85 mg")

        regimen.stopped_on = TODAY - DAY
        regimen.save()
        assert row().medicine == ("None since Fri 20 Nov", "before: Methadone")

    def test_the_last_contact(self, named, row, care_manager):
        person = named("Alma", is_silent=True)
        assert row().contact == ("None yet", "")

        tried(person, care_manager, NOON - 3 * DAY, "reached_not_coming")
        assert row().contact == ("Wed 18 Nov, reached, not coming", "")
        tried(person, care_manager, NOON - DAY, "no_answer", taken_back=True)
        assert row().contact == ("Wed 18 Nov, reached, not coming", "")
        dosed(person, NOON)
        assert row().contact == ("Today, dose", "")


def test_neighbours_of_one_urgency_share_a_heading(everybody, acting):
    people, _ = cases.people(acting, CaseloadQuery(Filter.EVERYONE), at=NOON)

    assert [(g.title, len(g.rows)) for g in groups(people, acting, at=NOON)] == [
        ("Cannot wait", 1),
        ("No next step", 1),
        ("Today", 3),
        ("This week", 1),
        ("Later", 1),
    ]


class TestPage:
    def get(self, client, **told):
        response = client.get("/caseload/", told)
        return response.status_code, response.content.decode()

    def test_shows_who_needs_someone_today(self, everybody, as_care_manager):
        status, page = self.get(as_care_manager)

        assert status == 200
        assert page.index("Danger Reyes") < page.index("Late Reyes")
        assert "Week Reyes" not in page
        assert "has no next step" in re.sub(r"\s+", " ", page)
        seen = AuditEvent.objects.get(verb="list.seen")
        assert len(seen.facts["people"]) == 5

    def test_a_result_that_cannot_wait_stands_there(
        self, everybody, named, clinic, care_manager, as_care_manager
    ):
        record_observation(
            patient=named("Yara"),
            code="qtc",
            value=Decimal(510),
            effective_at=NOON,
            by=care_manager,
            at=NOON,
        )
        lines_written(clinic)

        _, page = self.get(as_care_manager)

        assert page.index("Yara Reyes") < page.index("Late Reyes")
        assert "Act on the long QTc" in page

    @pytest.mark.parametrize("show", [*Filter, "nonsense"])
    @pytest.mark.parametrize("mine", ["yes", ""])
    def test_says_so_where_nobody_is_shown(self, as_care_manager, show, mine):
        status, page = self.get(as_care_manager, show=show, mine=mine)

        assert status == 200
        assert "Nobody" in page

    @pytest.mark.parametrize("said", ["0", "-1", "abc", "2", "9" * 30, "²", "\x00"])
    @pytest.mark.parametrize(
        "name",
        [
            *("page", "open", "sort", "show", "after", "why", "stage", "medicine"),
            *("mine", "tried", "q"),
        ],
    )
    def test_nonsense_in_the_address_is_no_error(
        self, everybody, as_care_manager, name, said
    ):
        assert self.get(as_care_manager, **{name: said})[0] == 200

    def test_filters_stand_in_the_address_and_compose(self, everybody, as_care_manager):
        _, page = self.get(as_care_manager, show="everyone", why="late", mine="yes")

        assert 'value="late" selected' in page
        assert 'value="yes" selected' in page
        assert "Danger Reyes" not in page

    def test_a_contact_is_recorded_in_two_presses_and_undone_in_one(
        self, named, clinic, as_care_manager
    ):
        person = named("Alma", is_silent=True)
        after = named("Berta", is_silent=True)
        ContactPoint.objects.create(
            clinic=person.clinic,
            patient=person,
            kind="phone",
            value="(555) 010-0142",
            safe_words="Say “the clinic”.",
        )
        call = owed(person, -1, kind="call", title="Call about the ride")
        owed(after, 0, kind="call")
        lines_written(clinic)

        _, page = self.get(as_care_manager, open=person.pk)
        assert "Say “the clinic”." in page
        assert AuditEvent.objects.get(verb="chart.viewed").facts == {
            "page": "safe_contact"
        }

        (action,) = set(re.findall(r'action="(/people/[^"]+/contact/)"', page))
        form = page.partition(f'action="{action}"')[2].partition("</form>")[0]
        told = dict(re.findall(r'name="(next|follow_up)" value="([^"]+)"', form))
        response = as_care_manager.post(
            action, {**told, "outcome": "reached_coming"}, follow=True
        )

        place = f"/caseload/?after={after.pk}"
        assert response.redirect_chain == [(place, 302)]
        page = response.content.decode()
        assert "recorded: reached, coming, follow-up done." in page
        row = page.partition(f'id="row-{after.pk}"')[2].partition("</tr>")[0]
        assert "data-focus" in row

        undo = re.search(r'action="(/contacts/[^"]+)"', page)[1].replace("&amp;", "&")
        assert as_care_manager.post(undo).url == place
        call.refresh_from_db()
        assert call.is_open

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
            lines_written(clinic)
            # Then it is known for some seconds that no alert calls.
            client.get("/caseload/", {"show": "everyone"})
            with CaptureQueriesContext(connection) as queries:
                client.get("/caseload/", {"show": "everyone"})
            asked.append(statements(queries))

        assert asked[1] == asked[0] <= 10


class TestDaySheet:
    def get(self, client, **told):
        page = client.get("/caseload/day-sheet/", told)
        return page.context["sheet"], page.content.decode()

    def test_shortens_names_and_says_how_to_reach_them(
        self, named, clinic, as_care_manager
    ):
        person = named("Walt", mrn="004-1182")
        ContactPoint.objects.create(
            clinic=clinic,
            patient=person,
            kind="phone",
            value="555-010-0142",
            safe_words="the clinic",
        )
        owed(person, -1, kind="call")
        lines_written(clinic)

        sheet, page = self.get(as_care_manager)

        assert [line.name for line in sheet.lines] == ["Walt R., 1182"]
        assert "555-010-0142" in page
        assert "Walt Reyes" not in page
        assert AuditEvent.objects.get(verb="list.seen").facts["page"] == "day sheet"

    def test_the_evening_leaves_out_who_was_reached(
        self, named, clinic, care_manager, as_care_manager
    ):
        done, left = named("Done"), named("Left", family_name="")
        for person in (done, left):
            owed(person, -1, kind="visit")
        tried(done, care_manager, NOON, "reached_not_coming")
        tried(left, care_manager, NOON, "no_answer")
        lines_written(clinic)

        sheet, page = self.get(as_care_manager, sheet="evening")

        assert [line.row.person.given_name for line in sheet.lines] == ["Left"]
        assert (sheet.reached, sheet.tried) == (1, 1)
        assert len(sheet.done) == 2
        assert "End of day" in page
        morning, _ = self.get(as_care_manager)
        assert len(morning.lines) == 2


@pytest.mark.django_db
def test_before_the_workers_came_the_list_does_not_say_that_nobody_is_there(
    as_care_manager, clinic
):
    """After an upgrade no line is written yet."""
    person = PatientFactory(clinic=clinic)
    page = as_care_manager.get("/caseload/?show=everyone").text
    assert "The list is being worked out" in page

    reconcile(patient=person, by=None, at=timezone.now())

    page = as_care_manager.get("/caseload/?show=everyone").text
    assert "being worked out" not in page
