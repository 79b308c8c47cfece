"""The measurements that can be recorded, each with its units and limits. No Django.

`low` and `high` are what can be measured in a living person; where a measurement feeds
a fact they are the fact's own. `usual` is where nearly every result lies: outside of it
the question "is this so?" is asked, to catch slips of the finger and of the unit [P].
Neither is a reference limit: those come with each result, from the laboratory that
measured it. LOINC codes serve to read files and want a second reader [M].
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from assessments.facts import FACTS


@dataclass(frozen=True, slots=True)
class ObservationKind:
    """One kind of observation; `choices` where the result is a word."""

    code: str
    label: str
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    choices: tuple[str, ...] = ()
    fact: str = ""
    group: str = "Laboratory"
    is_whole: bool = False
    # Other units it may be given in, and g/mol where moles are among them.
    units: tuple[str, ...] = ()
    molar_mass: Decimal | None = None
    usual: tuple[Decimal, Decimal] | None = None
    decimals: int = 1
    loinc: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def all_units(self) -> tuple[str, ...]:
        return (self.unit, *self.units) if self.unit else ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that a file may call it."""
        return (self.code, self.label, *self.also, *self.loinc)


def between(low: str, high: str) -> tuple[Decimal, Decimal]:
    return Decimal(low), Decimal(high)


def _of_fact(
    code: str,
    group: str,
    label: str = "",
    *,
    usual: tuple[Decimal, Decimal] | None = None,
    units: tuple[str, ...] = (),
    loinc: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
) -> ObservationKind:
    fact = FACTS[code]
    whole = fact.kind.value == "int"
    return ObservationKind(
        code=code,
        label=label or fact.label,
        unit=fact.unit,
        low=fact.low,
        high=fact.high,
        fact=code,
        group=group,
        is_whole=whole,
        units=units,
        usual=usual,
        decimals=0 if whole else 1,
        loinc=loinc,
        also=also,
    )


def _number(
    code: str,
    label: str,
    unit: str,
    possible: tuple[Decimal, Decimal],
    usual: tuple[Decimal, Decimal],
    group: str,
    *,
    units: tuple[str, ...] = (),
    molar_mass: str = "",
    decimals: int = 1,
    loinc: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
) -> ObservationKind:
    return ObservationKind(
        code=code,
        label=label,
        unit=unit,
        low=possible[0],
        high=possible[1],
        group=group,
        units=units,
        molar_mass=Decimal(molar_mass) if molar_mass else None,
        usual=usual,
        decimals=decimals,
        loinc=loinc,
        also=also,
    )


def _test(
    code: str, label: str, *also: str, fact: str = "", loinc: tuple[str, ...] = ()
) -> ObservationKind:
    """A test whose result is a word."""
    return ObservationKind(
        code=code,
        label=label,
        choices=("negative", "positive"),
        fact=fact,
        group=TESTS,
        also=also,
        loinc=loinc,
    )


HEART, VITAL, LAB = "Heart", "Vital signs", "Laboratory"
TESTS, BODY, SCALE = "Infection and pregnancy tests", "Body", "Withdrawal"

HEARTS = (
    _of_fact(
        "qtc",
        HEART,
        usual=between("330", "600"),
        units=("s",),
        loinc=("8636-3",),
        also=("corrected qt", "qtcf", "qtcb", "qtc interval"),
    ),
)
VITALS = (
    _of_fact(
        "hr",
        VITAL,
        "Pulse",
        usual=between("40", "150"),
        loinc=("8867-4",),
        also=("heart rate",),
    ),
    _of_fact(
        "sbp",
        VITAL,
        usual=between("80", "200"),
        units=("kPa",),
        loinc=("8480-6",),
        also=("systolic",),
    ),
    _number(
        "dbp",
        "Diastolic blood pressure",
        "mmHg",
        between("20", "200"),
        between("40", "120"),
        VITAL,
        units=("kPa",),
        decimals=0,
        loinc=("8462-4",),
        also=("diastolic",),
    ),
    _number(
        "temperature",
        "Temperature",
        "°C",
        between("25", "44"),
        between("35", "41"),
        VITAL,
        units=("°F",),
        loinc=("8310-5",),
        also=("body temperature", "temp"),
    ),
    _number(
        "respirations",
        "Breathing rate",
        "/min",
        between("2", "80"),
        between("8", "40"),
        VITAL,
        decimals=0,
        loinc=("9279-1",),
        also=("respiratory rate", "breaths per minute"),
    ),
    _number(
        "spo2",
        "Oxygen saturation",
        "%",
        between("30", "100"),
        between("80", "100"),
        VITAL,
        decimals=0,
        loinc=("59408-5", "2708-6"),
        also=("pulse oximetry", "oxygen saturation"),
    ),
)
BODIES = (
    _number(
        "weight",
        "Weight",
        "kg",
        between("2", "400"),
        between("35", "200"),
        BODY,
        units=("lb", "g"),
        loinc=("29463-7",),
        also=("body weight",),
    ),
    _number(
        "height",
        "Height",
        "cm",
        between("40", "250"),
        between("130", "210"),
        BODY,
        units=("in", "m"),
        loinc=("8302-2",),
        also=("body height",),
    ),
    _of_fact("bmi", BODY, usual=between("14", "60"), loinc=("39156-5",)),
)
LABS = (
    _of_fact(
        "alt",
        LAB,
        usual=between("3", "1000"),
        loinc=("1742-6",),
        also=("sgpt", "alanine aminotransferase"),
    ),
    _of_fact(
        "ast",
        LAB,
        usual=between("3", "1000"),
        loinc=("1920-8",),
        also=("sgot", "aspartate aminotransferase"),
    ),
    _of_fact("uln", LAB, usual=between("20", "80")),
    _number(
        "bilirubin",
        "Bilirubin, total",
        "mg/dL",
        between("0", "80"),
        between("0.1", "20"),
        LAB,
        units=("µmol/L",),
        molar_mass="584.66",
        loinc=("1975-2",),
        also=("total bilirubin", "bilirubin total"),
    ),
    _number(
        "albumin",
        "Albumin",
        "g/dL",
        between("0.3", "8"),
        between("1.5", "6"),
        LAB,
        units=("g/L",),
        loinc=("1751-7",),
    ),
    _number(
        "inr",
        "INR",
        "",
        between("0.5", "25"),
        between("0.8", "6"),
        LAB,
        loinc=("6301-6", "34714-6"),
        also=("prothrombin inr",),
    ),
    _of_fact("child_pugh", LAB),
    _number(
        "creatinine",
        "Creatinine, blood",
        "mg/dL",
        between("0.05", "40"),
        between("0.3", "12"),
        LAB,
        units=("µmol/L",),
        molar_mass="113.12",
        decimals=2,
        loinc=("2160-0",),
        also=("creatinine", "serum creatinine"),
    ),
    _of_fact(
        "crcl", LAB, usual=between("5", "200"), also=("creatinine clearance", "crcl")
    ),
    _of_fact(
        "egfr",
        LAB,
        usual=between("5", "150"),
        loinc=("98979-8", "62238-1", "33914-3"),
        also=("gfr", "estimated gfr"),
    ),
    _number(
        "potassium",
        "Potassium",
        "mmol/L",
        between("1", "12"),
        between("2.5", "7"),
        LAB,
        units=("mEq/L",),
        loinc=("2823-3",),
        also=("k",),
    ),
    _number(
        "magnesium",
        "Magnesium",
        "mg/dL",
        between("0.2", "15"),
        between("0.8", "5"),
        LAB,
        units=("mmol/L",),
        molar_mass="24.305",
        loinc=("19123-9",),
        also=("mg",),
    ),
    _of_fact("platelets", LAB, loinc=("777-3",), also=("platelet count", "plt")),
    _number(
        "hemoglobin",
        "Hemoglobin",
        "g/dL",
        between("1", "30"),
        between("5", "20"),
        LAB,
        units=("g/L",),
        loinc=("718-7",),
        also=("haemoglobin", "hgb", "hb"),
    ),
    _number(
        "hba1c",
        "HbA1c",
        "%",
        between("2", "25"),
        between("3.5", "16"),
        LAB,
        loinc=("4548-4",),
        also=("a1c", "hemoglobin a1c"),
    ),
)
TESTED = (
    _test(
        "pregnancy_test",
        "Pregnancy test",
        "hcg",
        "urine pregnancy test",
        fact="pregnancy_test",
        loinc=("2106-3",),
    ),
    _test(
        "hiv_test",
        "HIV test",
        "hiv ag/ab",
        "hiv antibody",
        fact="hiv",
        loinc=("56888-1",),
    ),
    _test("hcv_antibody", "Hepatitis C antibody", "anti-hcv", loinc=("16128-1",)),
    _test("hcv_rna", "Hepatitis C RNA", "hcv pcr", "hcv viral load", fact="hcv"),
    _test(
        "hbsag",
        "Hepatitis B surface antigen",
        "hbs ag",
        fact="hbv",
        loinc=("5196-1",),
    ),
    _test("syphilis_test", "Syphilis test", "rpr", "treponemal antibody"),
    _test("tb_test", "Tuberculosis test", "igra", "quantiferon"),
)
SCALES = (_of_fact("ciwa", SCALE),)

MEASURES = (*HEARTS, *VITALS, *BODIES, *LABS, *TESTED, *SCALES)
BY_CODE: Mapping[str, ObservationKind] = MappingProxyType({m.code: m for m in MEASURES})


def _word(name: str) -> str:
    return " ".join(name.lower().replace(",", " ").split())


_BY_NAME: Mapping[str, ObservationKind] = MappingProxyType(
    {_word(name): measure for measure in MEASURES for name in measure.names}
)


def measure_named(name: str) -> ObservationKind | None:
    """What a laboratory's or a device's name for a measurement means here."""
    return _BY_NAME.get(_word(name))


def body_mass_index(weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """Weight in kilograms over the square of the height in metres, to one decimal."""
    metres = height_cm / 100
    return (weight_kg / (metres * metres)).quantize(Decimal("0.1"))
