"""The decision aid: what it says, in two languages, how hard it reads, what it draws."""

import dataclasses
import datetime as dt
import re

import pytest

from knowledge.decision_aid.content import LANGUAGES, aid, build, texts
from knowledge.editions import knowledge
from medications.decision_aid.arrays import CannotBeDrawn, dots
from medications.decision_aid.fit import AidOption, Picked, applying, travel_minutes
from medications.decision_aid.reading_grade import (
    grade,
    grade_in,
    grade_spanish,
    syllables_spanish,
)
from medications.decision_aid.today import (
    Today,
    dated_words,
    day_words,
    moment_words,
    today,
)
from medications.models.medicines import talk_choices
from medications.options.evaluate import evaluate
from plans.drafting.reading import joined
from tests.medications.pictures import CLEAR, NOW, ago, picture

TAG = re.compile(r"^(\[(V\*? \d+|M|M; 2R|P)\]|\[V \d+; M\])+$")
AIM = 6.0
ROWS = {row.key: row for row in aid().rows}
COLUMNS = [column.key for column in aid().columns]


def said(row, language):
    return [row.label[language], *(cell.words[language] for cell in row.cells.values())]


def everything(language):
    rows = [text for row in aid().rows for text in said(row, language)]
    around = [
        text[language]
        for part in ("chips", "choices", "sure", "people", "today", "words")
        for key, text in aid().words[part].items()
        if key not in ("days", "months")
    ]
    return [*rows, *around]


def leaves(table, path=()):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        else:
            yield path, key, value


class TestContent:
    @pytest.mark.parametrize("row", aid().rows, ids=lambda row: row.key)
    def test_every_option_has_its_answer_in_every_row(self, row):
        for column in COLUMNS:
            drawn = row.figures and column in row.figures.by_column
            unknown = row.figures is not None
            assert column in row.cells or drawn or unknown, f"{row.key}.{column}"

    def test_both_languages_say_the_same_things(self):
        there = {}
        for path, key, value in leaves(aid().words):
            name = key.removesuffix("_es").removesuffix("_en")
            if key in LANGUAGES or key.endswith(("_en", "_es")):
                there.setdefault((*path, "" if key in LANGUAGES else name), {})[
                    key[-2:]
                ] = bool(value)
        assert there
        for path, found in there.items():
            assert found.keys() == {"en", "es"}, path
            assert found["en"] == found["es"], path
        for row in aid().rows:
            for words in (row.label, row.note, *(c.words for c in row.cells.values())):
                assert bool(words["en"]) == bool(words["es"]), row.key

    @pytest.mark.parametrize("row", aid().rows, ids=lambda row: row.key)
    def test_every_text_says_what_it_rests_on_and_when_it_was_checked(self, row):
        assert row.reviewed <= dt.date(2026, 11, 28)
        for column, cell in row.cells.items():
            assert cell.basis, column
            assert TAG.match(cell.tag), cell.tag

    def test_the_same_placeholders_stand_in_both_languages(self):
        for path, key, value in leaves(aid().words):
            if key == "en":
                other = aid().words
                for part in path:
                    other = other[part]
                found = [set(re.findall(r"{\w+}", t)) for t in (value, other["es"])]
                assert found[0] == found[1], path

    def test_numbers_in_words_are_the_same_in_both_languages(self):
        for row in aid().rows:
            for column, cell in row.cells.items():
                numbers = [sorted(re.findall(r"\d+", cell.words[k])) for k in LANGUAGES]
                assert numbers[0] == numbers[1], f"{row.key}.{column}"

    def test_a_number_in_words_is_never_only_from_memory_or_policy(self):
        for row in aid().rows:
            for column, cell in row.cells.items():
                if re.search(r"\d", cell.words["en"]):
                    assert "[V" in cell.tag, f"{row.key}.{column}"

    def test_every_chip_is_something_that_may_matter_and_colours_a_row(self):
        chips = set(aid().words["chips"])
        assert chips == set(knowledge().wishes)
        assert {key for row in aid().rows for key in row.fits} == chips

    def test_choices_and_questions_are_those_that_are_kept(self):
        assert set(aid().words["choices"]) == set(dict(talk_choices()))
        assert list(aid().words["sure"]) == ["sure", "know", "matters", "support"]

    def test_rows_of_one_block_stand_together(self):
        order = [row.block for row in aid().rows]
        assert list(dict.fromkeys(order)) == list(aid().words["blocks"])
        assert order == sorted(order, key=list(aid().words["blocks"]).index)

    def test_another_word_is_another_digest(self):
        parts = (aid().words, {"rows": {}}, {})
        changed = ({**aid().words, "reviewed": dt.date(2026, 1, 1)}, {"rows": {}}, {})
        assert build(*parts).digest == build(*parts).digest
        assert build(*parts).digest != build(*changed).digest

    def test_what_stands_beside_a_number_is_not_for_the_clinic_to_write(self):
        keys = dict(texts(aid()))
        assert {"clinic.hours", "cost.MTD", "visits.BUP_SL"} <= keys.keys()
        assert not [key for key in keys if key.startswith(("stayed.", "deaths."))]


class TestFigures:
    FIGURES = [row for row in aid().rows if row.figures]

    # The figures of part L of the reference, by row and option.
    KNOWN = {
        ("started", "BUP_SL"): [94],
        ("started", "NTX_XR"): [72],
        ("stayed", "MTD"): [74],
        ("stayed", "BUP_SL"): [46],
        ("used", "BUP_SL"): [57],
        ("used", "NTX_XR"): [65],
        ("deaths", "MTD"): [11, 36],
        ("deaths", "BUP_SL"): [4, 10],
        ("sudden", "BUP_SL"): [1],
        ("sudden", "BUP_XR"): [1],
    }

    def test_they_are_those_of_the_reference_and_no_others(self):
        found = {
            (row.key, column): [one.n for one in many]
            for row in self.FIGURES
            for column, many in row.figures.by_column.items()
        }
        assert found == self.KNOWN

    @pytest.mark.parametrize("row", FIGURES, ids=lambda row: row.key)
    def test_each_has_a_source_a_tag_and_what_the_source_says(self, row):
        figures = row.figures
        assert figures.source
        assert figures.part.startswith("L, ")
        assert re.match(r"^\[V\*? \d+\]$", figures.tag)
        assert all(one.exact for many in figures.by_column.values() for one in many)
        assert f"{figures.of:,}" in row.label["en"]

    @pytest.mark.parametrize("row", FIGURES, ids=lambda row: row.key)
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_each_is_said_both_ways_round(self, row, language):
        for many in row.figures.by_column.values():
            for one in many:
                said, other = row.figures.words(one, language)
                assert str(one.n) in said
                assert f"{row.figures.of - one.n:,}" in other

    def test_rounding_stays_within_half_a_person(self):
        exact = {
            (row.key, column): [
                float(re.search(r"\(?([\d.]+)(?=%| for 1,000)", one.exact)[1])
                for one in many
            ]
            for row in self.FIGURES
            for column, many in row.figures.by_column.items()
        }
        for key, numbers in exact.items():
            for n, value in zip(self.KNOWN[key], numbers, strict=True):
                assert abs(n - value) <= 0.5, key

    def test_second_hand_is_said(self):
        assert ROWS["sudden"].figures.is_second_hand
        assert not ROWS["started"].figures.is_second_hand


class TestArrays:
    @pytest.mark.parametrize(
        ("n", "of"), [(0, 100), (1, 100), (72, 100), (100, 100), (36, 1000)]
    )
    def test_draws_one_dot_for_each_person(self, n, of):
        drawn = dots(n, of)
        assert drawn.about.count("M") == n
        assert drawn.others.count("M") == of - n
        places = re.findall(r"M(\d+) (\d+)", drawn.about + drawn.others)
        assert len(set(places)) == of
        assert all(int(x) < drawn.width and int(y) < drawn.height for x, y in places)

    def test_fills_row_by_row(self):
        assert dots(11, 100).about.endswith("M114 6h0M6 18h0")

    @pytest.mark.parametrize(("n", "of"), [(-1, 100), (101, 100), (1, 7)])
    def test_refuses_what_cannot_be_so(self, n, of):
        with pytest.raises(CannotBeDrawn):
            dots(n, of)

    def test_only_few_are_drawn_as_rings(self):
        assert dots(1, 100).is_hollow
        assert not dots(1, 1000).is_hollow


class TestGrade:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_whole_reads_at_grade_six_or_below(self, language):
        assert grade_in(language, joined(everything(language))) <= AIM

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("row", aid().rows, ids=lambda row: row.key)
    def test_every_row_does(self, row, language):
        assert grade_in(language, joined(said(row, language))) <= AIM

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("column", COLUMNS)
    def test_every_option_does(self, column, language):
        lines = [
            row.cells[column].words[language]
            for row in aid().rows
            if column in row.cells
        ]
        assert grade_in(language, joined(lines)) <= AIM

    def test_spanish_is_easy_by_another_formula_too(self):
        """Fernández-Huerta: 206.84 - 60 syllables a word - 1.02 words a sentence."""
        text = joined(everything("es"))
        words = re.findall(r"[A-Za-zÀ-ÿ]+", text)
        sentences = [s for s in re.split(r"[.!?;:\n]+", text) if s.strip()]
        sounds = sum(syllables_spanish(word) for word in words)
        ease = 206.84 - 60 * sounds / len(words) - 1.02 * len(words) / len(sentences)
        assert ease >= 70

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_no_sentence_is_long(self, language):
        for text in everything(language):
            for sentence in re.split(r"[.!?:;]+", text):
                assert len(sentence.split()) <= 22, sentence

    @pytest.mark.parametrize(
        ("word", "count"),
        [
            ("sí", 1),
            ("día", 2),
            ("leer", 2),
            ("ciudad", 2),
            ("quiero", 2),
            ("guerra", 2),
            ("pingüino", 3),
            ("muy", 1),
            ("abstinencia", 4),
            ("y", 1),
            ("medicina", 4),
            ("país", 2),
        ],
    )
    def test_counts_syllables_of_spanish(self, word, count):
        assert syllables_spanish(word) == count

    def test_crawford_as_published(self):
        # Ten words in two sentences, 18 syllables: OP 20, SP 180.
        text = "La casa es muy grande. El perro come poco hoy."
        words = re.findall(r"\w+", text)
        sounds = sum(syllables_spanish(word) for word in words)
        expected = -0.205 * 20 + 0.049 * 100 * sounds / 10 - 3.407
        assert grade_spanish(text) == pytest.approx(max(0, round(expected, 1)))

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_long_words_in_long_sentences_are_harder(self, language):
        hard = (
            "La administración supervisada de medicamentos agonistas opioides "
            "constituye una intervención farmacológica extraordinariamente recomendable"
        )
        assert grade_in(language, hard) > AIM
        assert grade_in(language, "12.") is None

    def test_english_is_flesch_kincaid(self):
        assert grade("The cat sat on the mat.") == 0.0


class TestToday:
    def answer(self, key, facts=None, *, dispenses=True, taken=(), **more):
        column = next(c for c in aid().columns if c.key == key)
        options = evaluate(picture(facts, **more))
        return today(column, options, dispenses=dispenses, taken=frozenset(taken))

    def test_what_is_taken_already_is_not_started(self):
        assert self.answer("MTD", CLEAR, taken=["MTD"]) == Today("taking")
        assert self.answer("BUP_XR", CLEAR, taken=["SUBLOCADE"]) == Today("taking")
        assert self.answer("BUP_SL", CLEAR, taken=["SUBLOCADE"]) != Today("taking")

    def test_nothing_to_start_where_no_medicine_is_chosen(self):
        assert self.answer("NONE", CLEAR) == Today("no_medicine")

    def test_a_clear_picture_opens_everything_but_what_has_steps(self):
        found = {key: self.answer(key, CLEAR).key for key in COLUMNS}
        steps = {"yes", "one_step", "yes_after"}
        agonists = ("BUP_SL", "BUP_XR", "MTD")
        assert {found[key] for key in agonists} <= steps
        assert found["NONE"] == "no_medicine"

    def test_methadone_is_had_elsewhere_where_the_clinic_does_not_dispense(self):
        assert self.answer("MTD", CLEAR, dispenses=False) == Today("elsewhere")

    def test_says_the_first_day_where_time_decides(self):
        found = self.answer(
            "NTX_XR", CLEAR, last_short_acting_dt={"value": ago(days=3)}
        )
        assert found.key == "not_yet"
        assert found.earliest == NOW + dt.timedelta(days=4)
        assert found.is_later

    def test_closed_without_a_date(self):
        found = self.answer("BUP_XR", CLEAR, rems=False)
        assert found == Today("closed")
        assert found.is_later

    def test_not_advised_is_no_closed_door(self):
        assert self.answer("MTD", CLEAR, qtc=520) == Today("not_advised")

    def test_unknown_is_no_yes_and_no_no(self):
        facts = {k: v for k, v in CLEAR.items() if k != "qtc"}
        found = self.answer("MTD", facts, long_qt=None)
        assert not found.is_later
        assert self.answer("BUP_XR", {"dsm_count": 8}).key == "yes_after"
        assert self.answer("NTX_XR", {"dsm_count": 8}).key == "maybe"

    def test_a_low_dose_start_is_said_where_it_is_the_open_way(self):
        found = self.answer(
            "BUP_SL",
            CLEAR,
            phys_dependence=True,
            cows=3,
            history_pw=True,
            last_short_acting_dt={"value": ago(hours=20)},
        )
        assert found == Today("yes_low")

    def test_a_wait_of_hours_ends_today_unless_a_start_needs_none(self):
        facts = {
            "phys_dependence": True,
            "cows": 14,
            "last_short_acting_dt": {"value": ago(hours=2)},
        }
        called_for = self.answer("BUP_SL", CLEAR, **facts, history_pw=True)
        assert called_for == Today("yes_low")

        film = next(c for c in aid().columns if c.key == "BUP_SL")
        alone = dataclasses.replace(film, ways=("BUP_SL",))
        found = today(alone, evaluate(picture(CLEAR, **facts)), dispenses=True)
        assert found == Today("later_today", NOW + dt.timedelta(hours=4))
        assert found.is_later

    def test_an_hour_of_today_is_said_as_an_hour(self):
        moment = NOW + dt.timedelta(hours=3)
        assert moment_words(Today("later_today", moment), aid(), "en") == "12:00"
        assert moment_words(Today("yes"), aid(), "en") == ""

    def test_days_are_named_in_each_language(self):
        day = dt.datetime(2026, 11, 27, tzinfo=dt.UTC)
        assert day_words(day, aid(), "en") == "Friday, November 27"
        assert day_words(day, aid(), "es") == "viernes 27 de noviembre"
        assert moment_words(Today("not_yet", day), aid(), "en") == "Friday, November 27"
        assert dated_words(day, aid(), "en") == "Friday, November 27, 2026"
        assert dated_words(day, aid(), "es") == "viernes 27 de noviembre de 2026"


def table(picked=None, language="en", **more):
    parts = {
        "applies": frozenset(),
        "own": {},
        "todays": {key: Today("yes") for key in COLUMNS},
        **more,
    }
    fits = {key: fit.options for key, fit in knowledge().wishes.items()}
    return AidOption(
        aid=aid(), language=language, picked=picked or Picked(), fits=fits, **parts
    )


def cells(shown, row):
    found = next(r for b in shown.blocks() for r in b.rows if r.key == row)
    return {cell.column: cell for cell in found.cells}


class TestTable:
    def test_what_was_picked_shows_where_it_is_met(self):
        shown = table(Picked(frozenset(["few_visits"]), frozenset(["few_visits"])))
        found = cells(shown, "visits")
        assert [key for key, cell in found.items() if cell.fits] == ["BUP_XR", "NTX_XR"]
        assert found["NTX_XR"].is_most
        assert found["NTX_XR"].fits == "Few visits"
        assert not cells(table(), "visits")["NTX_XR"].fits

    def test_what_matters_without_counting_most_is_not_marked_so(self):
        found = cells(table(Picked(frozenset(["few_visits"]))), "visits")
        assert found["BUP_XR"].fits
        assert not found["BUP_XR"].is_most

    def test_a_wish_that_speaks_for_none_asks_for_a_talk(self):
        shown = table(Picked(frozenset(["cost"])))
        row = next(r for b in shown.blocks() for r in b.rows if r.key == "cost")
        assert row.asks
        assert not any(cell.fits for cell in row.cells)

    def test_a_number_that_there_is_not_is_said_so(self):
        found = cells(table(), "started")
        assert found["MTD"].no_number
        assert found["BUP_SL"].drawn[0].said == "94 of 100 got started"
        assert not found["NONE"].no_number

    def test_on_and_off_are_two_pictures(self):
        drawn = cells(table(language="es"), "deaths")["MTD"].drawn
        assert [one.said for one in drawn] == [
            "Con ella: murieron unas 11 de 1,000",
            "Sin ella: murieron unas 36 de 1,000",
        ]

    def test_rows_for_some_people_are_for_them_alone(self):
        keys = {row.key for block in table().blocks() for row in block.rows}
        assert not keys & {"pregnancy", "driving", "pain"}
        shown = table(applies=frozenset(["driving"]))
        assert "driving" in {row.key for block in shown.blocks() for row in block.rows}

    def test_the_clinics_words_take_the_place_of_those_that_ship(self):
        found = cells(table(own={"cost.MTD": "Ten dollars."}), "cost")
        assert (found["MTD"].text, found["MTD"].is_own) == ("Ten dollars.", True)
        assert not found["BUP_SL"].is_own

    def test_the_way_here_is_this_persons(self):
        text = cells(table(travel=40), "visits")["MTD"].text
        assert text.endswith("40 minutes each way for you.")
        assert "minutes" not in cells(table(travel=0), "visits")["MTD"].text

    def test_starting_today_has_its_row_where_somebody_was_looked_at(self):
        later = {key: Today("yes") for key in COLUMNS} | {
            "NTX_XR": Today("not_yet", NOW)
        }
        row = table(todays=later).start()
        texts = {cell.column: cell.text for cell in row.cells}
        assert texts["MTD"] == "Yes."
        assert texts["NTX_XR"].endswith("Saturday, November 21.")
        assert table(todays={}).start() is None
        assert cells(table(todays=later), "cost")["NTX_XR"].is_later
        assert not cells(table(todays={}), "cost")["NTX_XR"].is_later


class TestApplying:
    @pytest.mark.parametrize(
        ("facts", "shown"),
        [
            ({"pregnancy": True}, True),
            ({"lactation": True, "pregnancy": False}, True),
            ({"pregnancy": False, "could_be_pregnant": True}, False),
            ({"could_be_pregnant": True}, True),
            ({"could_be_pregnant": True, "sex": "male"}, False),
            ({}, False),
        ],
    )
    def test_the_row_about_a_baby(self, facts, shown):
        assert ("pregnancy" in applying(picture(facts), Picked())) is shown

    @pytest.mark.parametrize(
        ("facts", "shown"),
        [
            ({"occupation": ["driving"]}, True),
            ({"occupation": ["other"]}, False),
            ({}, False),
        ],
    )
    def test_the_row_about_driving(self, facts, shown):
        assert ("driving" in applying(picture(facts), Picked())) is shown

    def test_pain_by_fact_or_by_wish(self):
        assert "pain" in applying(picture(pain=["chronic"]), Picked())
        assert "pain" in applying(picture(), Picked(frozenset(["pain"])))
        assert "pain" not in applying(picture(), Picked())

    def test_travel(self):
        assert travel_minutes(picture(travel=40)) == 40
        assert travel_minutes(picture()) is None


class TestSixRowsFirst:
    def test_six_stand_open_and_the_rest_unfolds(self):
        shown = table()
        rest = [row.key for block in shown.folded() for row in block.rows]

        assert [row.key for row in shown.first()] == [
            *("craving", "stayed", "deaths", "take", "visits", "first_day")
        ]
        assert not {row.key for row in shown.first()} & set(rest)
        assert len(rest) + 6 == sum(len(block.rows) for block in shown.blocks())

    def test_what_answers_a_pick_unfolds_by_itself(self):
        picked = table(Picked(frozenset(["cost"])))

        assert any(block.speaks_to_a_pick for block in picked.folded())
        assert not any(block.speaks_to_a_pick for block in table().folded())

    def test_the_shot_of_the_same_day_has_a_number_of_its_own(self):
        said = cells(table(), "first_day")["BUP_XR"].text

        assert "17 of 100" in said
        assert "15 of 100" in said
