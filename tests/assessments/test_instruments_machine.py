"""What holds of every instrument: lookup, refusals, ranges, the command."""

import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given
from hypothesis import strategies as st

from assessments.management.commands.score_instrument import Command
from knowledge.instruments.declaration import Status
from knowledge.instruments.registry import NoSuchInstrument, find, instruments
from knowledge.instruments.scoring import score

EVERY = list(instruments().values())
IDS = [instrument.key for instrument in EVERY]
UNASKED = "zzz"

# Totals worked out from the reference by hand, not from the declarations.
RANGES = {
    "ahc_hrsn": (0, 5),
    "audit_c": (0, 12),
    "barc10": (10, 60),
    "cows": (0, 48),
    "dast10": (0, 10),
    "dsm5_oud": (0, 11),
    "gad7": (0, 21),
    "ort_oud": (0, 9),
    "pc_ptsd5": (0, 5),
    "peg": (0, 10),
    "phq2": (0, 6),
    "phq9": (0, 27),
    "sows": (0, 64),
    "tea": (4, 40),
}
# Allowed values, item by item, as the reference's tables print them.
SUMMED = {
    "cows": [
        "0124",
        "01234",
        "0135",
        "0125",
        "0124",
        "0124",
        "01235",
        *["0124"] * 3,
        "035",
    ],
    "sows": ["01234"] * 16,
    "phq2": ["0123"] * 2,
    "tea": [range(1, 11)] * 4,
    "barc10": [range(1, 7)] * 10,
}


def sheets(instrument):
    """Any mixture of allowed answers and unanswered items."""
    return st.fixed_dictionaries(
        {
            item.key: st.one_of(st.none(), st.sampled_from(item.allowed))
            for item in instrument.items
        }
    )


any_sheet = st.sampled_from(EVERY).flatmap(
    lambda instrument: st.tuples(st.just(instrument), sheets(instrument))
)


class TestLookup:
    @pytest.mark.parametrize(
        ("key", "found"),
        [
            ("COWS", "cows"),
            ("phq-9", "phq9"),
            ("PHQ9", "phq9"),
            ("dsm5_oud", "dsm5_oud"),
            ("DSM-5-OUD", "dsm5_oud"),
            ("c-ssrs", "cssrs"),
            ("Audit C", "audit_c"),
        ],
    )
    def test_is_lenient(self, key, found):
        assert find(key).key == found

    def test_an_unknown_key_is_refused_with_the_near_ones(self):
        with pytest.raises(NoSuchInstrument, match="phq9"):
            find("phq8")

    def test_a_key_like_none_is_refused_with_all(self):
        with pytest.raises(NoSuchInstrument, match="Known: ahc_hrsn"):
            find("q" * 60)

    def test_no_two_instruments_share_a_name(self):
        names = [
            "".join(letter for letter in name if letter.isalnum())
            for instrument in EVERY
            for name in {instrument.key, *instrument.also}
        ]
        spoken = {(name, find(name).key) for name in names}

        assert len(spoken) == len(set(names))


@pytest.mark.parametrize("instrument", EVERY, ids=IDS)
class TestEveryDeclaration:
    def test_says_where_it_is_from(self, instrument):
        assert instrument.licence
        assert instrument.source
        assert instrument.tag.startswith("[")
        assert instrument.version

    def test_speaks_english_and_spanish(self, instrument):
        words = [
            instrument.title,
            instrument.look_back,
            *instrument.flag_words.values(),
        ]
        words += [item.prompt for item in instrument.items]
        words += [choice.words for item in instrument.items for choice in item.choices]
        words += [question.prompt for question in instrument.context]
        words += [band.words for band in instrument.bands]

        assert all(word.en.strip() and word.es.strip() for word in words)

    def test_has_distinct_items_and_values(self, instrument):
        assert len(set(instrument.item_keys)) == len(instrument.items)
        assert all(len(set(i.allowed)) == len(i.allowed) for i in instrument.items)

    def test_bands_rise(self, instrument):
        starts = [band.lowest for band in instrument.bands]

        assert starts == sorted(set(starts))

    def test_flags_in_words_are_flags_it_can_raise(self, instrument):
        assert all(flag == flag.strip() for flag in instrument.flag_words)


class TestEveryScore:
    @given(any_sheet)
    def test_total_stays_in_its_range(self, drawn):
        instrument, sheet = drawn

        total = score(instrument.key, sheet).total

        if total is not None:
            least, most = RANGES[instrument.key]
            assert least <= total <= most

    @given(any_sheet, st.randoms(use_true_random=False))
    def test_the_order_of_answers_does_not_matter(self, drawn, chance):
        instrument, sheet = drawn
        shuffled = list(sheet.items())
        chance.shuffle(shuffled)

        assert score(instrument.key, dict(shuffled)) == score(instrument.key, sheet)

    @given(any_sheet)
    def test_a_list_in_order_is_the_same_as_names(self, drawn):
        instrument, sheet = drawn

        assert score(instrument.key, [sheet[k] for k in instrument.item_keys]) == score(
            instrument.key, sheet
        )

    @given(any_sheet)
    def test_leaving_an_item_out_is_the_same_as_null(self, drawn):
        instrument, sheet = drawn
        there = {key: value for key, value in sheet.items() if value is not None}

        assert score(instrument.key, there) == score(instrument.key, sheet)

    @given(any_sheet)
    def test_no_band_without_answers_that_carry_it(self, drawn):
        instrument, sheet = drawn
        result = score(instrument.key, sheet)

        if result.status is Status.INCOMPLETE:
            assert result.total is None
            assert result.band is None or instrument.key in {"dsm5_oud", "cssrs"}

    @given(any_sheet, st.data())
    def test_a_value_outside_the_set_is_invalid_and_named(self, drawn, data):
        instrument, sheet = drawn
        item = data.draw(st.sampled_from(instrument.items))
        wrong = data.draw(
            st.one_of(
                st.integers(), st.floats(allow_nan=True), st.just([]), st.just("x")
            )
        )
        spoilt = score(instrument.key, sheet | {item.key: wrong})

        if wrong in item.allowed:
            assert spoilt.status is not Status.INVALID
        else:
            assert spoilt.status is Status.INVALID
            assert spoilt.total is None
            assert [error.item for error in spoilt.errors] == [item.key]

    @given(
        st.sampled_from(sorted(SUMMED)).flatmap(
            lambda key: st.tuples(
                st.just(key),
                st.tuples(
                    *(
                        st.one_of(st.none(), st.sampled_from([int(v) for v in allowed]))
                        for allowed in SUMMED[key]
                    )
                ),
            )
        )
    )
    def test_sums_agree_with_plain_addition(self, drawn):
        key, answers = drawn
        expected = None if None in answers else sum(answers)

        assert score(key, list(answers)).total == expected

    @pytest.mark.parametrize("key", sorted(set(RANGES) - {"phq9", "gad7"}))
    def test_unanswered_is_never_zero(self, key):
        result = score(key, {})

        assert result.total is None
        assert result.status is Status.INCOMPLETE

    @given(st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=9, max_size=9))
    def test_phq9_prorates_as_the_reference_says(self, answers):
        there = [answer for answer in answers if answer is not None]
        expected = None
        if len(there) >= 7:
            # Half up in whole numbers: floor((2 * 9 * sum / n + 1) / 2).
            expected = (2 * 9 * sum(there) + len(there)) // (2 * len(there))

        assert score("phq9", answers).total == expected


class TestReading:
    def test_an_unknown_item_is_named_with_the_near_ones(self):
        result = score("phq9", {"slep": 1})

        assert result.errors[0].item == "slep"
        assert "sleep" in result.errors[0].message

    def test_a_list_of_the_wrong_length_is_refused(self):
        result = score("cows", [0] * 10)

        assert result.status is Status.INVALID
        assert "10 answers were sent; cows has 11" in result.errors[0].message

    @pytest.mark.parametrize("answers", [None, 3, "0,1,2"])
    def test_what_is_no_sheet_is_refused(self, answers):
        assert score("cows", answers).status is Status.INVALID

    def test_one_item_answered_twice_and_differently_is_refused(self):
        result = score("phq2", {"interest": 1, "q1": 2, "mood": 0})

        assert result.errors[0].item == "interest"
        assert "twice" in result.errors[0].message
        assert score("phq2", {"interest": 1, "q1": 1, "mood": 0}).total == 1

    @pytest.mark.parametrize(
        "name",
        ["1", "q1", "Q1", "item 1", "interest", "44250-9", "phq2_1", "Anhedonia"],
    )
    def test_an_item_goes_by_key_number_code_or_other_name(self, name):
        assert score("phq2", {name: 2, "mood": 1}).total == 3

    def test_truth_is_not_a_number(self):
        assert score("phq2", [True, False]).status is Status.INVALID

    @pytest.mark.parametrize(("raw", "total"), [("2", 2), (2.0, 2), (" 2 ", 2)])
    def test_numbers_in_other_clothes_are_read(self, raw, total):
        assert score("phq2", [raw, 0]).total == total

    def test_long_nonsense_is_quoted_short(self):
        message = score("phq2", ["x" * 500, 0]).errors[0].message

        assert len(message) < 120

    def test_a_misspelt_circumstance_is_refused(self):
        result = score("dsm5", [0] * 11, {"supervized": True})

        assert result.status is Status.INVALID
        assert result.errors[0].message == "Did you mean supervised?"

    def test_a_circumstance_nobody_uses_is_said(self):
        result = score("phq2", [0, 0], {UNASKED: 1})

        assert result.flags == ("not used in scoring: zzz",)

    @pytest.mark.parametrize(
        "context",
        [
            {"criteria_free_since": "last spring"},
            {"criteria_free_days": -1},
            {"criteria_free_days": "many"},
            {"supervised": "perhaps"},
        ],
    )
    def test_a_circumstance_that_makes_no_sense_is_refused(self, context):
        result = score("dsm5", [0] * 11, context)

        assert [error.item for error in result.errors] == list(context)


def run(key, text):
    """What the command prints, and its exit code."""
    out, code = io.StringIO(), 0
    try:
        call_command(Command(stdout=out), key, stdin=io.StringIO(text))
    except CommandError as refusal:
        code = refusal.returncode
    return json.loads(out.getvalue()), code


class TestCommand:
    def test_prints_exactly_the_documented_form(self):
        printed, code = run("phq-2", '{"answers": [2, 1]}')

        assert code == 0
        assert printed == {
            "instrument": "phq2",
            "version": "2003, 1",
            "status": "complete",
            "total": 3,
            "band": "positive",
            "subscales": {},
            "flags": ["positive: give the full PHQ-9"],
            "errors": [],
        }

    @pytest.mark.parametrize(
        "sent",
        [
            {"answers": [2, 1, 0], "sex": "male"},
            {"answers": [2, 1, 0], "context": {"sex": "male"}},
        ],
    )
    def test_takes_context_beside_the_answers_or_nested(self, sent):
        printed, code = run("audit_c", json.dumps(sent))

        assert (printed["band"], code) == ("negative", 0)

    def test_unfinished_answers_are_no_error(self):
        printed, code = run("cows", '{"answers": {"pulse": 1}}')

        assert (printed["status"], printed["total"], code) == ("incomplete", None, 0)

    @pytest.mark.parametrize(
        ("key", "text", "said"),
        [
            ("phq9", "{", "not JSON"),
            ("phq9", "[" * 100_000, "not JSON"),
            ("phq9", "[1, 2]", 'object with "answers"'),
            ("phq9", "{}", 'object with "answers"'),
            ("phq8", '{"answers": []}', "Near: phq9"),
            ("phq9", '{"answers": [9]}', "1 answers were sent"),
            ("phq9", '{"answers": {"sleep": 9}}', "allowed: 0, 1, 2, 3"),
            ("phq9", '{"answers": {"sleep": NaN}}', "allowed: 0, 1, 2, 3"),
        ],
    )
    def test_what_is_invalid_exits_with_2_and_says_why(self, key, text, said):
        printed, code = run(key, text)

        assert code == 2
        assert printed["status"] == "invalid"
        assert printed["total"] is None
        assert said in printed["errors"][0]["message"]

    def test_reads_the_standard_input(self, monkeypatch):
        monkeypatch.setattr("sys.stdin", io.StringIO('{"answers": [0, 0]}'))
        out = io.StringIO()

        call_command(Command(stdout=out), "phq2")

        assert json.loads(out.getvalue())["total"] == 0
