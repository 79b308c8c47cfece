"""Medicines start and stop, doses and urine tests are written down, none is changed."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, transaction

from accounts import audit
from accounts.models import AuditEvent
from medications.actions import decisions
from patients.actions import registry
from tests.conftest import clinic_today
from tests.factories import PatientFactory
from tests.factories.treatment import DoseEventFactory, RegimenFactory
from tests.medications.pictures import CLEAR, picture
from treatment import log
from treatment.actions import programs, records, regimens
from treatment.models import DoseEvent, Regimen, ToxicologyResult

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
REASON = {"reason_code": "person_chose", "reason_words": "Wants it."}


@pytest.fixture
def patient(clinic):
    return PatientFactory(clinic=clinic)


@pytest.fixture
def start(patient, prescriber, noon):
    def starting(medication="MTD", **parts):
        return regimens.start_regimen(
            medication=medication,
            by=prescriber,
            at=noon,
            **{"patient": patient, "started_on": noon.date(), **parts},
        )

    return starting


@pytest.fixture
def decided(patient, prescriber, noon):
    """Methadone chosen while the diagnosis was not recorded yet."""
    unasked = {k: v for k, v in CLEAR.items() if k != "dsm_count"}
    return decisions.record_decision(
        patient=patient,
        choice="MTD",
        picture=picture(unasked),
        talk=decisions.Talk(**REASON, acknowledged=("C20",)),
        by=prescriber,
        at=noon,
    )


class TestProgramOnly:
    @pytest.fixture
    def office(self, clinic):
        clinic.is_otp = False
        clinic.save()

    @pytest.mark.usefixtures("office")
    def test_methadone_is_not_started_where_there_is_no_program(self, start):
        with pytest.raises(programs.NotAProgram, match="Refer to one"):
            start("MTD")

        assert not Regimen.objects.exists()

    @pytest.fixture
    def dose(self, office, patient, prescriber, noon):
        def giving(kind="dispensed", on=None, by=prescriber):
            return records.record_dose(
                patient=patient,
                medication="MTD",
                kind=kind,
                on=on or noon.date(),
                amount_mg=Decimal(30),
                again=True,
                by=by,
                at=noon,
            )

        return giving

    @pytest.fixture
    def referred(self, office, patient, prescriber, noon):
        return self.choose(patient, prescriber, noon)

    def choose(self, patient, by, at, choice="MTD", **talk):
        return decisions.record_decision(
            patient=patient,
            choice=choice,
            picture=picture({**CLEAR, "is_otp": False}),
            talk=decisions.Talk(**REASON, acknowledged=("C20",), **talk),
            by=by,
            at=at,
        )

    def test_a_first_dose_of_it_is_not_written_into_the_choice(
        self, office, patient, prescriber, noon
    ):
        with pytest.raises(decisions.NoDoseHere, match="opens a referral"):
            self.choose(patient, prescriber, noon, first_dose="20 mg")

    @pytest.mark.parametrize(
        "kind", ["prescribed", "administered", "dispensed", "take_home"]
    )
    def test_nor_ordered_nor_given(self, kind, dose):
        with pytest.raises(programs.NotAProgram, match=r"findtreatment\.gov"):
            dose(kind)

        assert not DoseEvent.objects.exists()

    @pytest.mark.usefixtures("referred")
    @pytest.mark.parametrize("kind", ["prescribed", "take_home"])
    def test_a_referral_lets_nothing_be_prescribed_or_taken_home(self, kind, dose):
        with pytest.raises(programs.NotAProgram):
            dose(kind)

    @pytest.mark.usefixtures("referred")
    def test_three_days_are_dispensed_while_referring_and_not_renewed(self, dose, noon):
        days = [noon.date() - dt.timedelta(days=n) for n in range(5)]
        dose(on=days[3])
        dose(on=days[2])
        with pytest.raises(programs.SupplyRefused, match="not renewed"):
            dose(on=days[0])
        dose("administered", on=days[1])

        with pytest.raises(programs.SupplyRefused):
            dose(on=days[1])
        with pytest.raises(programs.SupplyRefused):
            dose(on=days[4])

        assert DoseEvent.objects.count() == 3

    @pytest.mark.usefixtures("referred")
    def test_a_supply_is_dispensed_by_a_prescriber(self, dose, clinician):
        with pytest.raises(programs.SupplyRefused, match="prescriber"):
            dose(by=clinician)

    @pytest.mark.usefixtures("referred")
    def test_another_decision_ends_the_referral(self, dose, patient, prescriber, noon):
        self.choose(patient, prescriber, noon + dt.timedelta(hours=1), "BUP_SL")

        with pytest.raises(programs.NotAProgram, match="Choose methadone"):
            dose()

    def test_a_hospital_may_beside_another_illness(self, dose, start, monkeypatch):
        in_hospital = SimpleNamespace(value=lambda name: "hospital")
        monkeypatch.setattr(programs, "picture_of", lambda *_, **__: in_hospital)

        start("MTD")
        dose("administered")

        assert DoseEvent.objects.get().medication == "MTD"

    @pytest.mark.usefixtures("office")
    def test_other_medicines_are_and_what_became_of_a_dose_is_written(
        self, start, patient, prescriber, noon
    ):
        start("BUP_SL")
        records.record_dose(
            patient=patient,
            medication="MTD",
            kind="missed",
            on=noon.date(),
            by=prescriber,
            at=noon,
        )

        assert DoseEvent.objects.get().kind == "missed"


class TestBedsideOpen:
    def test_a_first_dose_before_its_answers_needs_a_reason(self, start):
        with pytest.raises(regimens.BedsideOpen, match="Ever a bad reaction"):
            start("BUP_SL", unanswered=["Ever a bad reaction?"], reason=" ")

        assert not Regimen.objects.exists()

    def test_the_reason_is_kept_with_it(self, start):
        kept = start("BUP_SL", unanswered=["Reaction?"], reason="Very ill now.")

        assert kept.unanswered_reason == "Very ill now."
        assert AuditEvent.objects.get(verb="regimen.started").facts["unanswered"] == 1

    def test_where_all_is_answered_no_reason_is_kept(self, start):
        assert start("BUP_SL", reason="Nothing open.").unanswered_reason == ""


class TestStart:
    def test_keeps_what_is_taken_and_who_prescribed_it(
        self, start, prescriber, patient
    ):
        regimen = start(dose_mg=Decimal(30), schedule="daily")

        assert (regimen.dose_mg, regimen.prescriber) == (Decimal(30), prescriber)
        event = AuditEvent.objects.get(verb="regimen.started")
        assert event.facts == {
            "medication": "MTD",
            "confirmed": [],
            "unanswered": 0,
        }

    def test_a_second_one_in_the_same_days_is_refused(self, start):
        start()

        with pytest.raises(regimens.RegimenUnderWay):
            start("BUP_SL")
        assert Regimen.objects.count() == 1

    def test_a_low_dose_start_may_overlap(self, start):
        start()

        assert start("BUP_LOW", is_low_dose_overlap=True).pk

    def test_one_after_another_is_no_overlap(self, start, prescriber, noon):
        first = start(started_on=noon.date() - 9 * DAY)
        regimens.stop_regimen(
            regimen=first,
            stopped_on=noon.date(),
            reason="Moves to the injection",
            by=prescriber,
            at=noon,
        )

        assert start("SUBLOCADE").pk

    def test_what_blocks_the_first_dose_is_done_first(self, start, decided):
        assert [t["rule"] for t in regimens.first_tasks(decided, "MTD")] == ["C02"]

        with pytest.raises(regimens.NotReady, match="Record the diagnosis"):
            start(decision=decided)
        assert start(decision=decided, confirmed=["C02"]).decision == decided

    def test_a_decision_about_something_else_starts_nothing(
        self, start, decided, clinic
    ):
        with pytest.raises(regimens.NotTheirs):
            start("BUP_SL", decision=decided)
        with pytest.raises(regimens.NotTheirs):
            start(decision=decided, patient=PatientFactory(clinic=clinic))


class TestStop:
    def stop(self, regimen, on, by, at):
        return regimens.stop_regimen(
            regimen=regimen, stopped_on=on, reason="Pregnant", by=by, at=at
        )

    def test_keeps_the_reason(self, start, prescriber, noon):
        stopped = self.stop(start(), noon.date(), prescriber, noon)

        assert (stopped.stopped_on, stopped.stop_reason) == (noon.date(), "Pregnant")
        assert AuditEvent.objects.filter(verb="regimen.stopped").exists()

    def test_not_twice(self, start, prescriber, noon):
        regimen = start()
        self.stop(regimen, noon.date(), prescriber, noon)

        with pytest.raises(regimens.AlreadyStopped):
            self.stop(regimen, noon.date(), prescriber, noon)

    def test_not_before_it_began(self, start, prescriber, noon):
        with pytest.raises(regimens.StopsBeforeStart):
            self.stop(start(), noon.date() - DAY, prescriber, noon)


class TestDoses:
    @pytest.fixture
    def record(self, patient, care_manager, noon):
        def recording(kind="administered", **parts):
            return records.record_dose(
                patient=patient,
                medication="MTD",
                kind=kind,
                at=noon,
                **{"by": care_manager, "on": noon.date(), **parts},
            )

        return recording

    def test_is_kept_and_never_changed(self, record):
        event = record(amount_mg=Decimal(60), note="Observed")

        assert AuditEvent.objects.get(verb="dose.recorded").facts == {
            "kind": "administered"
        }
        with pytest.raises(DatabaseError), transaction.atomic():
            DoseEvent.objects.filter(pk=event.pk).update(amount_mg=10)

    @pytest.mark.parametrize("kind", ["missed", "held"])
    def test_a_dose_not_taken_needs_no_amount(self, record, kind):
        assert record(kind).amount_mg is None

    def test_none_was_taken_before_birth(self, record, patient):
        born = patient.date_of_birth

        assert record("missed", on=born)
        with pytest.raises(registry.BeforeBirth) as refusal:
            record("missed", on=born - DAY)
        assert refusal.value.field == "on"

    def test_a_dose_taken_does(self, record):
        with pytest.raises(records.AmountMissing):
            record()

    def test_what_has_not_happened_cannot_be_written_down(self, record, noon):
        with pytest.raises(records.NotYet):
            record(amount_mg=Decimal(60), on=noon.date() + DAY)
        with pytest.raises(records.NotYet):
            record(amount_mg=Decimal(60), taken_at=noon + dt.timedelta(hours=1))

    def test_an_order_may_lie_ahead_and_is_a_prescribers(
        self, record, prescriber, noon
    ):
        order = {"amount_mg": Decimal(60), "on": noon.date() + DAY}

        assert record("prescribed", **order, by=prescriber).pk
        with pytest.raises(records.PrescriberOnly):
            record("prescribed", **order)

    def test_the_same_again_is_asked_about_once(self, record):
        record(amount_mg=Decimal(60))

        with pytest.raises(records.SameInLog):
            record(amount_mg=Decimal(60))
        assert record(amount_mg=Decimal(60), again=True).pk

    @pytest.mark.parametrize(
        "other",
        [{"amount_mg": Decimal(50)}, {"kind": "dispensed"}, {"by": None}],
        ids=["another amount", "another kind", "from a file"],
    )
    def test_what_differs_is_not_the_same(self, record, other):
        record(amount_mg=Decimal(60))

        assert record(**{"amount_mg": Decimal(60), **other}).pk


class TestToxicology:
    @pytest.fixture
    def record(self, patient, care_manager, noon):
        def recording(results, **parts):
            return records.record_toxicology(
                patient=patient,
                results=results,
                by=care_manager,
                at=noon,
                **{"collected_at": noon, **parts},
            )

        return recording

    def test_is_kept_by_analyte_and_never_changed(self, record):
        rows = record({"fentanyl": "positive", "cocaine": "negative"})

        assert {r.analyte: r.result for r in rows} == {
            "fentanyl": "positive",
            "cocaine": "negative",
        }
        assert AuditEvent.objects.get(verb="toxicology.recorded").facts == {
            "analytes": 2
        }
        with pytest.raises(DatabaseError), transaction.atomic():
            ToxicologyResult.objects.update(result="negative")

    def test_the_same_specimen_is_kept_once(self, record):
        record({"fentanyl": "positive"})

        with pytest.raises(records.SpecimenInLog, match="on record already"):
            record({"fentanyl": "positive"})
        assert len(record({"fentanyl": "positive", "cocaine": "negative"})) == 2
        assert record({"fentanyl": "positive"}, method="definitive")

    def test_nothing_tested_is_no_specimen(self, record):
        with pytest.raises(records.NothingTested):
            record({})

    def test_not_from_the_future(self, record, noon):
        with pytest.raises(records.NotYet) as refusal:
            record({"fentanyl": "positive"}, collected_at=noon + DAY)
        assert refusal.value.field == "collected_at"

    @pytest.mark.parametrize(
        ("analyte", "result", "expected"),
        [
            pytest.param("eddp", "positive", True, id="shows the medicine"),
            pytest.param("methadone", "negative", False, id="does not show it"),
            pytest.param("methadone", "invalid", None, id="says nothing"),
            pytest.param(
                "benzodiazepine", "positive", None, id="may have its own reason"
            ),
        ],
    )
    def test_fits_the_medicine_or_not(self, start, record, analyte, result, expected):
        start("MTD")

        assert record({analyte: result})[0].is_expected is expected

    @pytest.mark.parametrize(
        ("first", "last", "expected"),
        [
            pytest.param(0, None, False, id="on the day it starts"),
            pytest.param(-9, 1, False, id="on the day before it stops"),
            pytest.param(-9, 0, None, id="on the day it stops"),
        ],
    )
    def test_is_expected_while_it_is_taken(
        self, patient, record, noon, first, last, expected
    ):
        RegimenFactory(
            patient=patient,
            started_on=noon.date() + first * DAY,
            stopped_on=None if last is None else noon.date() + last * DAY,
        )

        assert record({"methadone": "negative"})[0].is_expected is expected


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(
            lambda whose: regimens.start_regimen(
                medication="MTD", started_on=whose["at"].date(), **whose
            ),
            id="start",
        ),
        pytest.param(
            lambda whose: records.record_dose(
                medication="MTD", kind="missed", on=whose["at"].date(), **whose
            ),
            id="dose",
        ),
        pytest.param(
            lambda whose: records.record_toxicology(
                collected_at=whose["at"], results={"cocaine": "negative"}, **whose
            ),
            id="toxicology",
        ),
    ],
)
def test_where_the_audit_fails_nothing_is_kept(
    act, patient, prescriber, noon, monkeypatch
):
    monkeypatch.setattr(audit, "record", lambda *a, **k: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        act({"patient": patient, "by": prescriber, "at": noon})

    kept = (Regimen, DoseEvent, ToxicologyResult)
    assert not any(model.objects.exists() for model in kept)


class TestDoseForm:
    @pytest.mark.parametrize(
        ("start", "stop", "medication"),
        [(-60, 3, "MTD"), (5, None, ""), (-60, -1, "")],
        ids=["stops ahead", "starts ahead", "ended"],
    )
    def test_begins_with_what_is_taken_today(
        self, as_prescriber, patient, start, stop, medication
    ):
        today = clinic_today()
        RegimenFactory(
            patient=patient,
            medication="MTD",
            started_on=today + start * DAY,
            stopped_on=None if stop is None else today + stop * DAY,
        )

        page = as_prescriber.get(f"/people/{patient.pk}/medication/doses/add/")

        assert page.context["form"].initial["medication"] == medication


def test_an_order_alone_is_no_dose_taken(patient, noon):
    def logged(days, kind):
        DoseEventFactory(
            patient=patient,
            medication="NTX_XR",
            kind=kind,
            on=noon.date() + days * DAY,
            amount_mg=380,
            recorded_at=noon,
        )

    logged(-40, "administered")
    logged(-3, "prescribed")
    logged(5, "prescribed")

    given_on = noon.date() - 40 * DAY
    assert log.last_day_taken(patient.pk, "NTX_XR", noon.date()) == given_on
    seen = log.doses_until(patient.pk, noon.date(), most=9)
    assert [one.kind for one in seen] == ["prescribed", "administered"]
    assert log.last_taken_on(seen, "NTX_XR") == given_on
