"""What people type, and what it is recognised as: nothing is guessed, nothing is lost."""

import time
from hashlib import sha256
from pathlib import Path

import pytest

from knowledge.editions import knowledge
from knowledge.medicines import medicines
from knowledge.names import (
    corrected,
    entries,
    is_ingredient,
    recognise,
    recognise_allergen,
    says_none,
    search,
    search_allergens,
)
from knowledge.names.near import near_names
from knowledge.names.vocabulary import (
    TABLE,
    TOGETHER,
    apart,
    name_groups,
    of_medicines,
)
from knowledge.names.writing import plain, words_in
from knowledge.tables import shipped

TYPED = Path(__file__).parent / "typed_names.tsv"
NOT_RECOGNISED = "-"


def typed_rows():
    lines = TYPED.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [(row[0], row[1], row[2:] == ["street"]) for row in rows]


ROWS = typed_rows()
PARTS = ("nmp", "naltrexone_injection_parts", "soy")
SETS = knowledge().ingredients
MEMBERS = sorted({n for key in SETS.keys() - {*PARTS} for n in SETS[key].names})


@pytest.mark.parametrize(("text", "meant", "street"), ROWS, ids=[r[0] for r in ROWS])
def test_an_entry_as_people_type_it(text, meant, street):
    read = recognise(text)

    expected = () if meant == NOT_RECOGNISED else apart(meant)
    assert set(read.ingredients) == set(expected)
    assert read.is_known == bool(expected)
    assert read.from_street == street
    assert read.written == text


def test_the_share_that_is_recognised():
    """Printed with -s; a wrong one is a fault, an unknown one is only work."""
    named = [row for row in ROWS if row[1] != NOT_RECOGNISED]
    known = [text for text, _, _ in named if recognise(text).is_known]
    wrong = [
        text
        for text, meant, _ in ROWS
        if recognise(text).is_known
        and set(recognise(text).ingredients) - {*apart(meant)}
    ]
    print(f"{len(known)} of {len(named)} entries recognised, {len(wrong)} wrongly")  # noqa: T201

    assert len(ROWS) >= 300
    assert not wrong
    assert len(known) == len(named)


class TestEveryMember:
    @pytest.mark.parametrize("name", MEMBERS)
    def test_of_a_class_is_recognised_as_itself(self, name):
        assert recognise(name).ingredients == tuple(name.split("/"))
        assert recognise(f"{name.upper()} 20 mg tab po bid prn").is_known

    @pytest.mark.parametrize("key", sorted(name_groups()))
    def test_of_our_own_names_is_recognised(self, key):
        read = recognise_allergen if key == "allergens" else recognise
        for one in name_groups()[key].names():
            assert read(one.name).is_known, one.name
            assert set(read(one.name).ingredients) <= {
                *one.ingredients,
                *(i for i in one.ingredients for i in read(i).ingredients),
            }, one.name

    def test_a_product_for_oud_by_each_of_its_brands(self):
        for brand, ingredient in medicines().brands.items():
            assert ingredient in recognise(brand).ingredients

    def test_stands_for_ingredients_that_name_themselves(self):
        known = of_medicines()
        for one in known.names.values():
            assert all(plain(name) in known for name in one.ingredients), one


class TestWhatIsNotRecognised:
    def test_a_slip_is_offered_put_right(self):
        read = recognise("alprozolam 1 mg from the street")

        assert not read.is_known
        assert read.from_street
        assert read.near[0] == "alprazolam"
        assert corrected(read, "alprazolam") == "alprazolam 1 mg from the street"

    def test_what_stands_beside_a_name_is_offered_without_it(self):
        read = recognise("morphine sulfte 15 mg")

        assert (read.ingredients, read.odd) == ((), "sulfte")
        assert read.near == ("morphine",)
        assert corrected(read, "morphine") == "morphine 15 mg"

    @pytest.mark.parametrize(
        ("written", "right"),
        [
            ("aspirin and lamotrgine", "aspirin and lamotrigine"),
            ("lamotrgine + aspirin", "lamotrigine + aspirin"),
            ("aspirin lamotrgine 5 mg", "aspirin lamotrigine 5 mg"),
        ],
    )
    def test_of_two_medicines_neither_is_lost(self, written, right):
        read = recognise(written)

        assert read.near == ("lamotrigine",)
        assert corrected(read, "lamotrigine") == right

    @pytest.mark.parametrize("written", ["aspirin and xqzvt", "xqzvt, aspirin"])
    def test_one_that_nobody_knows_is_not_dropped_for_the_other(self, written):
        assert recognise(written).near == ()

    def test_what_the_rest_says_already_is_not_said_twice(self):
        read = recognise("Tylenol acetaminophn")

        assert corrected(read, "acetaminophen") == "Tylenol"

    def test_two_slips_are_near_too(self):
        assert "hydroxychloroquine" in recognise("hidroxychloroquin").near

    def test_a_denial_offers_nothing(self):
        assert recognise("denies alprazolam") == recognise("denies alprazolam")
        assert recognise("denies alprazolam").near == ()

    def test_only_what_was_offered_puts_right(self):
        read = recognise("alprozolam")

        assert corrected(read, "oxycodone") == "alprozolam"
        assert corrected(recognise("alprazolam"), "zolpidem") == "alprazolam"

    def test_at_most_three_are_offered(self):
        assert all(len(recognise(text).near) <= 3 for text, _, _ in ROWS)

    @pytest.mark.parametrize("odd", ["", "   ", "?", "...", "(", "x" * 400, "ab", "🙂"])
    def test_odd_input_is_nothing(self, odd):
        read = recognise(odd)

        assert not read.is_known
        assert entries(odd) in ((), (odd.strip(),))

    def test_no_words_are_near_nothing(self):
        assert near_names([], of_medicines()) == []
        assert near_names(words_in("xyz"), of_medicines()) == []


class TestAsides:
    @pytest.mark.parametrize(
        ("text", "meant"),
        [
            ("Xanax (alprazolam) 1 mg", {"alprazolam"}),
            ("alprazolam (Xanax)", {"alprazolam"}),
            ("(Xanax)", {"alprazolam"}),
            ("gabapentin (for sleep)", {"gabapentin"}),
            ("Methadone (itching)", {"methadone"}),
            ("ibuprofen (with oxycodone)", {"ibuprofen", "oxycodone"}),
            ("Xanax [pharmacy on Main]", {"alprazolam"}),
            ("Percocet (denies)", set()),
            ("ibuprofen (oxycodone or the like)", set()),
            ("Tylenol for pain and oxycodone", set()),
        ],
    )
    def test_count_where_they_name_or_deny(self, text, meant):
        assert set(recognise(text).ingredients) == meant


class TestEntries:
    @pytest.mark.parametrize(
        ("text", "listed"),
        [
            ("", ()),
            ("zinc", ("zinc",)),
            ("Zoloft; zinc, zinc", ("Zoloft", "zinc")),
            ("Xanax\nNorco 10/325", ("Xanax", "Norco 10/325")),
            ("Xanax and Norco", ("Xanax", "Norco")),
            ("Xanax + Norco + zinc", ("Xanax", "Norco", "zinc")),
            ("Xanax & Norco", ("Xanax", "Norco")),
            ("Xanax and blooberry", ("Xanax", "blooberry")),
            ("salt and vinegar", ("salt and vinegar",)),
            ("amoxicillin and clavulanate", ("amoxicillin and clavulanate",)),
            ("oxycodone + acetaminophen", ("oxycodone + acetaminophen",)),
            ("oxycodone/acetaminophen", ("oxycodone/acetaminophen",)),
            ("buprenorphine-naloxone 8-2 mg", ("buprenorphine-naloxone 8-2 mg",)),
            ("metformin 1,000 mg, zinc", ("metformin 1,000 mg", "zinc")),
            ("Percocet 5/325, 1 tab q6h, prn", ("Percocet 5/325, 1 tab q6h, prn",)),
            ("gabapentin, for sleep", ("gabapentin, for sleep",)),
            ("Xanax, stopped 2019", ("Xanax, stopped 2019",)),
            ("Xanax, stopped Norco", ("Xanax", "stopped Norco")),
            ("denies Xanax, Norco", ("denies Xanax, Norco",)),
            ("never Xanax and Norco", ("never Xanax and Norco",)),
            ("Xanax and no Norco", ("Xanax and no Norco",)),
            ("1 tab, Xanax", ("1 tab", "Xanax")),
            ("Xanax,, Norco", ("Xanax", "Norco")),
        ],
    )
    def test_are_cut_where_medicines_end(self, text, listed):
        assert entries(text) == listed

    def test_what_was_stopped_is_not_taken(self):
        assert not any(recognise(e).is_known for e in entries("Xanax, stopped 2019"))


class TestAllergens:
    @pytest.mark.parametrize(
        ("text", "meant"),
        [
            ("Methadone (itching)", {"methadone"}),
            ("NMP", {"n methyl 2 pyrrolidone"}),
            ("N-methyl-2-pyrrolidone", {"n methyl 2 pyrrolidone"}),
            ("PLGH", {"poly (dl lactide co glycolide)"}),
            ("poly (DL-lactide-co-glycolide)", {"poly (dl lactide co glycolide)"}),
            ("PLG", {"polylactide co glycolide"}),
            ("carboxymethyl cellulose", {"carboxymethylcellulose"}),
            ("polysorbate", {"polysorbate 20"}),
            ("polysorbate 80", {"polysorbate 80"}),
            ("soy", {"soy lecithin"}),
            ("Soybean lecithin", {"soy lecithin"}),
            ("Suboxone", {"buprenorphine", "naloxone"}),
            ("Vivitrol", {"naltrexone"}),
            ("Sublocade - lump", set()),
            ("Sublocade", {"buprenorphine", "sublocade"}),
            ("sulfa - hives", {"sulfonamide"}),
            ("allergic to penicillin", {"penicillin"}),
            ("PCN (anaphylaxis as a child)", {"penicillin"}),
            ("codeine: nausea and vomiting", {"codeine"}),
            ("latex gloves", {"latex"}),
            ("peanuts", {"peanut"}),
            ("shellfish", {"shellfish"}),
            ("pollen", {"pollen"}),
            ("cats and dogs", {"animal dander"}),
            ("penicilin", set()),
            ("something at the hospital", set()),
        ],
    )
    def test_are_recognised(self, text, meant):
        assert set(recognise_allergen(text).ingredients) == meant

    def test_a_part_of_a_product_is_the_one_that_rules_read(self):
        for name in (n for key in PARTS for n in SETS[key].names):
            assert recognise_allergen(name).is_known, name

    def test_what_is_no_medicine_is_none(self):
        assert not recognise("peanut").is_known
        assert recognise_allergen("peanut").is_known


class TestChoosing:
    def test_names_that_begin_so_come_first(self):
        found = [one.name for one in search("alpra", 8)]

        assert found[0] == "alprazolam"

    def test_a_brand_tells_its_ingredients(self):
        (norco,) = [one for one in search("norc", 8) if one.name == "Norco"]

        assert norco.is_brand
        assert norco.ingredients == ("hydrocodone", "acetaminophen")

    def test_names_that_hold_it_come_after(self):
        found = [one.name for one in search("zolam", 20)]

        assert "alprazolam" in found
        assert "midazolam" in found

    def test_spellings_and_one_letter_offer_nothing(self):
        assert "zanax" not in [one.name for one in search("zan", 50)]
        assert search("a", 8) == ()

    def test_no_more_than_asked_for(self):
        assert len(search("met", 5)) == 5

    def test_allergens_are_offered_for_allergies(self):
        assert "latex" in [one.name for one in search_allergens("lat", 20)]
        assert "latex" not in [one.name for one in search("lat", 20)]


def test_a_value_of_a_fact_is_an_ingredient_or_free_text():
    assert is_ingredient("alprazolam")
    assert is_ingredient("n methyl 2 pyrrolidone")
    assert not is_ingredient("alprozolam 1 mg")
    assert not is_ingredient("Xanax")


class TestTheTable:
    def test_is_the_one_that_was_made(self):
        kept = shipped()["names"]["origin"]["sha256"]

        assert sha256(TABLE.read_bytes()).hexdigest() == kept

    def test_carries_its_licence(self):
        assert "MIT License" in TABLE.read_text(encoding="utf-8")

    def test_holds_no_short_name_and_no_odd_one(self):
        lines = TABLE.read_text(encoding="utf-8").splitlines()
        for line in (one for one in lines if not one.startswith("#")):
            name, meant, kind = line.split("\t")
            assert len(name) > 2
            assert plain(name) == name.lower()
            assert all(meant.split(TOGETHER))
            assert kind in ("brand", "ingredient", "spelling")

    def test_is_read_in_a_moment(self):
        shipped()
        of_medicines.cache_clear()
        began = time.perf_counter()
        of_medicines()

        assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize(
    "text",
    [
        *("none", "None.", "N/A", "n.a.", "NKDA", "NKA", "NKDA, NKFA", "denies"),
        *("Pt denies any", "no known allergies", "No known drug allergies."),
        *(
            "no meds",
            "none at this time",
            "no other medications",
            "not taking any meds",
        ),
        *("none known", "no known food or drug allergies", "Ninguna conocida", "nada"),
    ],
)
def test_says_that_there_are_none(text):
    assert says_none(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "known",
            "not known",
            "unknown",
            "no food allergies",
            "NKFA",
            "no new meds",
        ),
        *("no insulin", "NKDA except penicillin", "penicillin", "none, penicillin"),
        *("denies Xanax", "no psych meds", "not sure"),
    ],
)
def test_says_something_else(text):
    assert not says_none(text)
