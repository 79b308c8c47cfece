"""Many pictures at once: in order, each answered, whatever one of them holds."""

import csv
import io
import json
import sys

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEvent
from knowledge.medicines import medicines
from medications.clinic_policy.caseload_standings import lines
from medications.options import batch
from medications.options.batch_rows import BatchRow
from tests.factories import ClinicFactory, PatientFactory

NOW = "2026-11-21T09:00:00Z"


def line(**more):
    return json.dumps({"as_of": NOW, "facts": {"cows": 14}, **more})


@pytest.fixture
def stream(monkeypatch):
    def streaming(text, *args):
        out = io.StringIO()
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))
        code = 0
        try:
            call_command("moud_options", *args, stdout=out)
        except SystemExit as ended:
            code = ended.code
        return code, [json.loads(one) for one in out.getvalue().splitlines()]

    return streaming


class TestStream:
    def test_one_answer_a_line_in_order(self, stream):
        text = "\n".join(line(id=f"p{n}") for n in range(batch.CHUNK + 20))

        code, answers = stream(text, "--jobs", "1")

        assert code == 0
        assert [one["id"] for one in answers] == [
            f"p{n}" for n in range(batch.CHUNK + 20)
        ]
        assert answers[0]["options"]

    def test_several_processes_answer_the_same(self, stream):
        text = "\n".join(line(id=n) for n in range(batch.CHUNK + 20))

        assert stream(text, "--jobs", "2") == stream(text, "--jobs", "1")

    def test_a_line_that_cannot_be_read_is_named_and_the_rest_answered(self, stream):
        text = "\n".join(
            [line(id=1), "", "{not json", line(facts={"qtcc": 1}), line(id=5)]
        )

        code, answers = stream(text, "--jobs", "1")

        assert code == 2
        assert [one.get("line") for one in answers] == [None, 3, 4, None]
        assert [e["fact"] for e in answers[2]["errors"]] == ["qtcc"]
        assert "cows" not in json.dumps(answers[1])

    def test_one_line_may_be_a_stream_too(self, stream):
        _, (alone,) = stream(line(id="a"), "--lines", "--jobs", "1")

        assert alone["id"] == "a"
        assert all(one["what_would_change"] == [] for one in alone["options"])

    def test_a_document_over_several_lines_is_one_picture(self, stream):
        text = json.dumps(json.loads(line()), indent=2)

        code, answers = stream(text)

        assert (code, len(answers)) == (0, 1)
        assert any(one["what_would_change"] for one in answers[0]["options"])

    def test_nothing_is_no_picture(self, stream):
        code, (answer,) = stream("")

        assert code == 2
        assert answer["errors"][0]["fact"] == "picture"

    def test_a_day_before_the_knowledge_is_said_of_its_line(self, stream):
        early = json.dumps({"as_of": "1999-12-31"})

        code, answers = stream(f"{early}\n{line()}", "--jobs", "1")

        assert (code, answers[0]["line"]) == (2, 1)


class TestSpread:
    def test_takes_no_more_than_the_workers_are_kept_busy_with(self):
        taken = []

        def items():
            for number in range(100_000):
                taken.append(number)
                yield number

        results = batch.spread(_doubled, items(), jobs=1)

        assert [next(results) for _ in range(3)] == [0, 2, 4]
        assert len(taken) == batch.CHUNK

    def test_as_many_processes_as_cores(self, monkeypatch):
        assert batch.cores() >= 1
        monkeypatch.delattr(batch.os, "sched_getaffinity", raising=False)
        assert batch.cores() == 1


def _doubled(numbers):
    return [2 * number for number in numbers]


@pytest.mark.django_db
class TestCaseload:
    def rows(self, *args):
        with io.StringIO() as out:
            before, sys.stdout = sys.stdout, out
            try:
                call_command("options_for", "--jobs", "1", *args)
            finally:
                sys.stdout = before
            return list(csv.DictReader(io.StringIO(out.getvalue())))

    def test_a_row_for_each_person_and_medication(self, clinic):
        people = [PatientFactory(clinic=clinic, status="active") for _ in range(3)]
        PatientFactory(clinic=clinic, status="discharged")
        PatientFactory(clinic=ClinicFactory(), status="active")

        rows = self.rows("--clinic", str(clinic.pk))

        assert len(rows) == 3 * len(medicines().weighed)
        assert {row["mrn"] for row in rows} == {person.mrn for person in people}
        assert {row["standing"] for row in rows} <= {
            "NEEDS_DATA",
            "AVOID",
            "CAUTION",
            "CONTRAINDICATED",
            "ELIGIBLE",
            "PREFERRED",
        }
        assert all(row["missing"] for row in rows if row["standing"] == "NEEDS_DATA")

    def test_names_are_left_out(self, clinic):
        PatientFactory(clinic=clinic, status="active", family_name="Quillfeather")

        assert "Quillfeather" not in str(self.rows("--clinic", str(clinic.pk)))

    def test_by_status(self, clinic):
        PatientFactory(clinic=clinic, status="active")
        held = PatientFactory(clinic=clinic, status="on_hold")

        rows = self.rows("--clinic", str(clinic.pk), "--status", "on_hold")

        assert {row["person"] for row in rows} == {str(held.pk)}

    def test_a_formula_is_no_formula(self, clinic):
        PatientFactory(clinic=clinic, status="active", mrn="=1+1")

        assert {row["mrn"] for row in self.rows("--clinic", str(clinic.pk))} == {
            "'=1+1"
        }

    def test_into_a_file_that_is_not_there_yet(self, clinic, tmp_path):
        PatientFactory(clinic=clinic, status="active")
        file = tmp_path / "options.csv"

        call_command(
            "options_for", "--clinic", str(clinic.pk), "--out", str(file), "--jobs", "1"
        )

        assert file.read_text().startswith(",".join(BatchRow._fields))
        with pytest.raises(CommandError, match="is there already"):
            call_command("options_for", "--clinic", str(clinic.pk), "--out", str(file))
        with pytest.raises(CommandError, match="cannot be written"):
            call_command(
                "options_for",
                "--clinic",
                str(clinic.pk),
                "--out",
                str(tmp_path / "no" / "f.csv"),
            )

    def test_another_number_is_no_clinic(self, clinic):
        with pytest.raises(CommandError, match="no clinic"):
            call_command("options_for", "--clinic", "999999")

    def test_is_in_the_audit(self, clinic):
        self.rows("--clinic", str(clinic.pk))

        assert AuditEvent.objects.filter(
            verb="options.exported", clinic_id=clinic.pk
        ).exists()

    def test_more_people_than_are_read_at_once(self, clinic, monkeypatch, noon):
        monkeypatch.setattr("medications.clinic_policy.caseload_standings.AT_ONCE", 2)
        for _ in range(5):
            PatientFactory(clinic=clinic, status="active")

        found = lines(clinic=clinic.pk, statuses=["active"], at=noon, jobs=1)
        assert len({one.person for one in found}) == 5


@pytest.mark.django_db(transaction=True)
def test_two_processes_weigh_a_caseload_alike(clinic, noon):
    for _ in range(3):
        PatientFactory(clinic=clinic, status="active")
    wanted = {"clinic": clinic.pk, "statuses": ["active"], "at": noon}

    assert list(lines(**wanted, jobs=2)) == list(lines(**wanted, jobs=1))
