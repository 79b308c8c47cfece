"""Stops and absences of the cohort, replayed by the engine."""

import csv
import datetime as dt
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from interop.cohort.records import Dose, Randomization, Visited
from interop.cohort.replay import CohortCourse, replay, replayed, state_on, told
from interop.cohort.source import NOMINAL_CONSENT
from interop.management.commands import replay_cohort as command
from knowledge.editions import knowledge
from knowledge.schedule.pathways import EventKind
from tests.interop.folder import write
from tests.interop.test_cohort import REAL

DAY = dt.timedelta(days=1)
EDITION = knowledge().on(NOMINAL_CONSENT)
PAGE = Path(__file__).parents[2] / "docs" / "cohort.md"


def day(number):
    return NOMINAL_CONSENT + number * DAY


def course(medication, *days, missed=(), attended=(), second=None):
    """One person with doses and visits on these days of the trial."""
    made = CohortCourse(1, [Randomization(1, 1, "arm", medication, day(0))])
    if second is not None:
        made.drawn.append(Randomization(1, 2, "another", medication, day(second)))
    made.doses = [
        Dose(1, medication, "dispensed", day(one), None, "", f"{one}") for one in days
    ]
    seen = {**dict.fromkeys(missed, "missed"), **dict.fromkeys(attended, "attended")}
    made.visits = [
        Visited(1, day(one), "visit", status, (), f"{one}")
        for one, status in sorted(seen.items())
    ]
    return made


def found(made):
    return [(one.kind, one.trial_day, one.days_away) for one in replayed(made, EDITION)]


def test_a_gap_between_doses_is_found_on_its_first_day():
    events = list(replayed(course("MTD", 1, 2, 3, 5, 6), EDITION))

    assert [(one.kind, one.trial_day) for one in events] == [
        (EventKind.DOSES_MISSED, 4),
        (EventKind.MEDICINE_STOPPED, 7),
    ]
    missed, stopped = events
    assert missed.days_away == 1
    assert "Call the same day" in {one.title for one in missed.owed}
    assert stopped.back_on is None
    assert len(stopped.over_before_back()) == len(stopped.owed) > 3


def test_a_long_gap_interrupts_the_medicine_too():
    kinds = {kind for kind, *_ in found(course("MTD", *range(1, 20), 30))}

    assert EventKind.MEDICINE_INTERRUPTED in kinds


def test_a_depot_stops_where_its_cover_ends():
    [(kind, on, _)] = found(course("NTX_XR", 5))

    assert kind is EventKind.MEDICINE_STOPPED
    assert on > 5 + 20


def test_two_missed_visits_with_none_between():
    made = course("BUP_SL", *range(1, 30), missed=(7, 14), attended=(21,))

    assert (EventKind.NO_SHOWS_TWO, 14, 1) in found(made)


def test_a_second_drawing_is_a_course_of_its_own():
    made = course("BUP_SL", 1, 2, 30, 31, second=30)

    assert len(made.orders()) == 2
    stops = [on for kind, on, _ in found(made) if kind is EventKind.MEDICINE_STOPPED]
    assert stops == [3, 32]


def test_before_the_first_dose_they_are_referred():
    state = state_on(course("MTD", 5), day(1))

    assert state.phase.value == "referred"
    assert not state.treatment.is_taken


def test_rows_that_cannot_be_read_and_who_died_are_left_out(tmp_path):
    write(tmp_path)

    whole = replay(tmp_path)

    assert whole.left_out["a death on file, without its day"] == 1
    assert whole.people == 2
    assert {one.who for one in whole.events} == {1, 2}
    assert replay(tmp_path, up_to=1).people == 1
    assert "| Medicine stopped |" in "\n".join(told(whole))


def test_what_comes_up_seldom_stands_together(tmp_path, monkeypatch):
    write(tmp_path)
    monkeypatch.setattr("interop.cohort.replay.FEW", 0.5)

    assert "others, each in less" in "\n".join(told(replay(tmp_path)))


class TestCommand:
    def test_prints_the_counts(self, tmp_path):
        write(tmp_path)
        out = StringIO()
        call_command("replay_cohort", tmp_path, stdout=out)

        assert "2 people with a dose on file" in out.getvalue()

    def test_writes_each(self, tmp_path):
        write(tmp_path)
        call_command(
            "replay_cohort", tmp_path, each=tmp_path / "each.csv", stdout=StringIO()
        )

        text = (tmp_path / "each.csv").read_text(encoding="utf-8")
        lines = list(csv.DictReader(StringIO(text)))
        assert {one["what"] for one in lines} >= {"medicine_stopped"}

    def test_writes_into_a_page(self, tmp_path):
        write(tmp_path)
        page = tmp_path / "page.md"
        page.write_text(f"Before\n{command.BEGINS}\nold\n{command.ENDS}\nAfter\n")
        call_command("replay_cohort", tmp_path, into=page)

        text = page.read_text()
        assert text.startswith("Before\n")
        assert text.endswith("After\n")
        assert "old" not in text
        assert "people with a dose on file" in text
        page.write_text("No marks")
        with pytest.raises(CommandError, match="lacks the marks"):
            call_command("replay_cohort", tmp_path, into=page)

    def test_refuses_a_folder_without_the_files(self, tmp_path):
        with pytest.raises(CommandError, match="is not in"):
            call_command("replay_cohort", tmp_path)


@pytest.mark.skipif(
    not REAL.is_dir(), reason=f"the CTN-0094 public data is not in {REAL} (or $COHORT)"
)
@pytest.mark.no_cover
def test_the_page_says_what_the_command_finds():
    """Of a small part of the real people."""
    few = told(replay(REAL, up_to=command.SMALL))

    assert "\n".join(few) in PAGE.read_text(encoding="utf-8")
