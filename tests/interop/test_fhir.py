"""Instruments and their answers as FHIR R4B resources."""

import datetime as dt
import io
import json

import pytest
from django.core.management import CommandError, call_command
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from assessments.actions.measures import mark_entered_in_error, record_assessment
from interop.fhir.questionnaires import (
    canonical,
    questionnaire,
    response,
    skipped_by,
    slug,
)
from knowledge.instruments.registry import find, instruments
from knowledge.instruments.scoring import score_with
from tests.assessments.oracle import SHEETS
from tests.factories import PatientFactory

AT = dt.datetime(2026, 11, 21, 17, tzinfo=dt.UTC)
KEYS = sorted(instruments())


def as_json(resource):
    return json.loads(resource.model_dump_json())


def item(resource, link):
    return next(i for i in resource["item"] if i["linkId"] == link)


@pytest.mark.parametrize("key", KEYS)
class TestEach:
    def test_is_a_valid_questionnaire(self, key):
        instrument = find(key)
        found = as_json(questionnaire(instrument))

        assert Questionnaire.model_validate(found)
        assert found["copyright"] == instrument.licence
        assert instrument.tag in found["description"]
        links = [i["linkId"] for i in found["item"]]
        assert links[: len(instrument.items)] == list(instrument.item_keys)

    def test_every_text_is_there_in_spanish(self, key):
        found = as_json(questionnaire(find(key)))
        for one in (i for i in found["item"] if i["type"] == "choice"):
            parts = one["_text"]["extension"][0]["extension"]
            assert {p["url"] for p in parts} == {"lang", "content"}

    @pytest.mark.parametrize("place", [0, -1])
    def test_its_answers_are_a_valid_response(self, key, place):
        instrument = find(key)
        answers = {
            name: allowed[place]
            for name, allowed in zip(instrument.item_keys, SHEETS[key], strict=True)
        }
        score = score_with(instrument, answers, {})
        found = as_json(
            response(
                instrument,
                answers=answers,
                context={},
                score=score,
                status=score.status.value,
                authored=AT,
            )
        )

        assert QuestionnaireResponse.model_validate(found)
        assert found["questionnaire"].startswith(canonical(instrument) + "|")
        asked = {i["linkId"] for i in as_json(questionnaire(instrument))["item"]}
        assert {i["linkId"] for i in found["item"]} <= asked
        if score.total is not None:
            total = item(found, "score.total") if "score.total" in asked else None
            assert total is None or (
                total["answer"][0]["valueDecimal"] == float(score.total)
            )

    def test_answers_stay_those_that_are_offered(self, key):
        for one in as_json(questionnaire(find(key)))["item"]:
            codes = [
                (o["valueCoding"]["system"], o["valueCoding"]["code"])
                for o in one.get("answerOption", [])
            ]
            assert len(codes) == len(set(codes))


class TestCodes:
    def test_verified_loinc_codes_are_used(self):
        found = as_json(questionnaire(find("phq9")))

        assert found["code"][0]["code"] == "44249-1"
        assert item(found, "self_harm")["code"][0]["code"] == "44260-8"
        offered = item(found, "mood")["answerOption"]
        assert [o["valueCoding"]["code"] for o in offered] == [
            "LA6568-5",
            "LA6569-3",
            "LA6570-1",
            "LA6571-9",
        ]
        assert item(found, "score.total")["code"][0]["code"] == "44261-6"

    def test_the_second_item_of_gad7_has_a_code_of_its_own_for_two(self):
        found = as_json(questionnaire(find("gad7")))
        second = item(found, "uncontrollable_worry")["answerOption"][2]["valueCoding"]
        third = item(found, "worry_many_things")["answerOption"][2]["valueCoding"]

        assert (second["code"], third["code"]) == ("LA18938-3", "LA6570-1")

    @pytest.mark.parametrize("code", ["LA18938-3", "LA6570-1"])
    def test_both_are_read_as_two(self, code):
        sent = {"uncontrollable_worry": code, "nervous": "LA6571-9"}
        answers = dict.fromkeys(find("gad7").item_keys, 0) | sent

        assert score_with(find("gad7"), answers, {}).total == 5

    def test_cows_has_no_code_from_loinc(self):
        text = json.dumps(as_json(questionnaire(find("cows"))))

        assert "loinc" not in text
        assert "72514-3" not in text


class TestSkipping:
    def test_the_screener_skips_what_a_no_closes(self):
        found = as_json(questionnaire(find("cssrs")))
        method = item(found, "method")["enableWhen"]

        assert method == [
            {
                "question": "thoughts",
                "operator": "!=",
                "answerCoding": {
                    "system": "urn:mainstay:questionnaire:cssrs:thoughts",
                    "code": "0",
                },
            }
        ]
        assert "enableWhen" not in item(found, "behavior_ever")

    def test_the_gate_closes_all_five(self):
        assert set(skipped_by(find("pc_ptsd5"))) == {
            "intrusion",
            "avoidance",
            "hypervigilance",
            "numbness",
            "guilt",
        }

    def test_two_conditions_hold_together(self):
        heroin = item(as_json(questionnaire(find("taps"))), "heroin_concern")

        assert heroin["enableBehavior"] == "all"
        assert len(heroin["enableWhen"]) == 2

    def test_nothing_is_skipped_where_everything_is_needed(self):
        assert skipped_by(find("cows")) == {}


class TestCommand:
    def run(self, *args, sent=None, **options):
        out = io.StringIO()
        stdin = {"stdin": io.StringIO(sent)} if sent is not None else {}
        call_command("fhir_questionnaires", *args, stdout=out, **stdin, **options)
        return out.getvalue()

    def test_writes_each_into_a_folder(self, tmp_path):
        self.run(to=tmp_path / "new")

        files = sorted(p.stem for p in (tmp_path / "new").iterdir())
        assert files == sorted(slug(key) for key in KEYS)

    def test_prints_the_one_that_was_named(self):
        assert json.loads(self.run("PHQ-9"))["id"] == "phq9"

    def test_an_unknown_name_is_met_with_the_near_ones(self):
        with pytest.raises(CommandError, match="phq9"):
            self.run("phq8")

    def test_answers_become_a_response(self):
        sent = {"answers": {"frequency": 2, "typical_day": 1, "six_or_more": 0}}
        found = json.loads(
            self.run(
                "audit_c", sent=json.dumps({**sent, "sex": "female"}), answers=True
            )
        )

        assert found["status"] == "completed"
        assert item(found, "score.band")["answer"][0]["valueString"] == "positive"
        (said,) = item(found, "context")["item"]
        assert said["answer"][0]["valueCoding"]["code"] == "female"

    def test_unanswered_is_left_out_and_the_response_stays_open(self):
        found = json.loads(
            self.run("phq2", sent='{"answers": {"mood": 2}}', answers=True)
        )

        assert found["status"] == "in-progress"
        assert [i["linkId"] for i in found["item"]] == ["mood"]

    @pytest.mark.parametrize(
        ("keys", "sent"),
        [
            (["phq2"], "{"),
            (["phq2"], "[1, 2]"),
            (["phq2"], '{"answers": {"mood": 9}}'),
            (["phq2", "phq9"], "{}"),
        ],
    )
    def test_what_cannot_be_read_is_refused(self, keys, sent):
        with pytest.raises(CommandError):
            self.run(*keys, sent=sent, answers=True)

    @pytest.mark.django_db
    def test_a_recorded_one_names_the_person_by_id_alone(self, clinic, clinician, noon):
        person = PatientFactory(clinic=clinic)
        kept = record_assessment(
            patient=person,
            instrument="dsm5_oud",
            answers=dict.fromkeys(find("dsm5_oud").item_keys, 1),
            context={
                "supervised": False,
                "criteria_free_months": 2,
                "as_of": "2026-11-21",
                "severity_before": "mild",
            },
            by=clinician,
            at=noon,
        )
        found = json.loads(self.run(assessment=kept.pk))

        assert found["subject"] == {"reference": f"Patient/{person.pk}"}
        assert person.family_name not in json.dumps(found)
        assert item(found, "score.total")["answer"][0]["valueDecimal"] == 11
        said = {i["linkId"]: i["answer"][0] for i in item(found, "context")["item"]}
        assert said["context.as_of"] == {"valueDate": "2026-11-21"}
        assert said["context.criteria_free_months"] == {"valueInteger": 2}
        assert said["context.supervised"] == {"valueBoolean": False}

        mark_entered_in_error(assessment=kept, reason="Typo", by=clinician, at=noon)
        assert json.loads(self.run(assessment=kept.pk))["status"] == "entered-in-error"

    @pytest.mark.django_db
    def test_one_that_is_not_there_is_said_so(self):
        with pytest.raises(CommandError, match="no assessment"):
            self.run(assessment=404)
