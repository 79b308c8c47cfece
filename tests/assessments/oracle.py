"""Scores worked out anew from the clinical reference, part A, as plainly as can be.

Nothing of the scorers is used here: values stand by their place on the sheet, bands by
their upper ends. `SHEETS` gives the allowed values of each place; `ORACLES` what is
expected of one sheet: status, total, band, and the subscales that are looked at.
"""

from fractions import Fraction

INFINITY = 10**6


def band(total, *ends):
    """The first name whose upper end is not passed."""
    return next(name for end, name in ends if total <= end)


def complete(answers):
    return None not in answers


def summed(answers, *ends):
    if not complete(answers):
        return "incomplete", None, None, {}
    total = sum(answers)
    return "complete", total, band(total, *ends) if ends else None, {}


def prorated(answers, may_miss, *ends):
    there = [a for a in answers if a is not None]
    if len(answers) - len(there) > may_miss:
        return "incomplete", None, None, {}
    total = int(Fraction(sum(there), len(there)) * len(answers) + Fraction(1, 2))
    return "complete", total, band(total, *ends), {}


def dsm5(a):
    met, unknown = a.count(1), a.count(None)
    names = ((1, "no OUD"), (3, "mild"), (5, "moderate"), (11, "severe"))
    low, high = band(met, *names), band(met + unknown, *names)
    code = {"mild": "F11.10", "moderate": "F11.20", "severe": "F11.20"}.get(low)
    if low != high:
        return "incomplete", None, f"{low} to {high}, incomplete", {"icd10cm": None}
    status = "incomplete" if unknown else "complete"
    return status, None if unknown else met, low, {"icd10cm": code}


def cows(a):
    ends = (
        (4, "none/minimal"),
        (12, "mild"),
        (24, "moderate"),
        (36, "moderately severe"),
        (48, "severe"),
    )
    return summed(a, *ends)


def phq9(a):
    ends = (
        (4, "none-minimal"),
        (9, "mild"),
        (14, "moderate"),
        (19, "moderately severe"),
        (27, "severe"),
    )
    return prorated(a[:9], 2, *ends)


def gad7(a):
    return prorated(a, 1, (4, "minimal"), (9, "mild"), (14, "moderate"), (21, "severe"))


def pc_ptsd5(a):
    gate, items = a[0], a[1:]
    if gate == 0:
        return "complete", 0, "negative", {}
    if gate is None or not complete(items):
        return "incomplete", None, None, {}
    total = sum(items)
    return "complete", total, "positive" if total >= 4 else "negative", {}


def cssrs(a):
    wish, thoughts, method, intent, plan, ever, recent = a
    if 1 in (intent, plan, recent):
        level = "high"
    elif 1 in (method, ever):
        level = "moderate"
    elif 1 in (wish, thoughts):
        level = "low"
    else:
        level = "none"
    needed = [wish, thoughts]
    needed += [] if thoughts == 0 else [method, intent, plan]
    needed += [1 if recent == 1 else ever]
    needed += [] if ever == 0 else [recent]
    whole = complete(needed)
    shown = level if whole or level == "high" else None
    return "complete" if whole else "incomplete", None, shown, {}


def audit_c(a, sex):
    often, typical, six = a
    if often == 0:
        typical = six = 0
    if None in (often, typical, six):
        return "incomplete", None, None, {}
    total = often + typical + six
    cut = 4 if sex == "male" else 3
    if total < cut:
        name = "negative"
    elif typical == six == 0:
        name = "positive by cut-off, review"
    else:
        name = "positive, severe risk" if total >= 8 else "positive"
    return "complete", total, name, {}


def dast10(a):
    turned = [*a[:2], None if a[2] is None else 1 - a[2], *a[3:]]
    ends = (
        (0, "none"),
        (2, "low"),
        (5, "moderate"),
        (8, "substantial"),
        (10, "severe"),
    )
    return summed(turned, *ends)


# Each class of TAPS: which opening question, and how many places it has.
TAPS = (
    ("tobacco", 0, 3),
    ("alcohol", 1, 4),
    ("cannabis", 2, 3),
    ("stimulants", 2, 3),
    ("heroin", 2, 3),
    ("opioids", 3, 3),
    ("sedatives", 3, 3),
    ("prescription_stimulants", 3, 3),
)


def taps(a):
    scores, place = {}, 4
    for name, opening, length in TAPS:
        own = a[place : place + length]
        place += length
        if a[opening] == 0 or own[0] == 0:
            scores[name] = 0
        else:
            scores[name] = sum(own) if complete(own) else None
    if None in scores.values():
        return "incomplete", None, None, scores
    worst = max(scores.values())
    name = ["no use in 3 months", "problem use", "higher risk"][min(worst, 2)]
    return "complete", None, name, scores


def bam(a):
    """Places 1 to 6, then 7 and 7A to 7G, then 8 to 17."""
    six, rest = a[:6], a[14:]
    q = dict(zip(range(1, 7), six, strict=True))
    q |= dict(zip(range(8, 18), rest, strict=True))
    found = {}
    for name, numbers in (
        ("use", (4, 5, 6)),
        ("risk", (1, 2, 3, 8, 11, 15)),
        ("protective", (9, 10, 12, 13, 14, 16)),
    ):
        own = [q[n] for n in numbers]
        found[name] = sum(own) if complete(own) else None
    status = "incomplete" if None in found.values() else "complete"
    return status, None, None, found


def weekly(a):
    """Each answer stands for itself."""
    names = ("craving", "use", "mood", "sleep", "doses", "side_effects", "self_harm")
    found = dict(zip((*names, "help", "talk"), a, strict=True))
    return ("complete" if complete(a) else "incomplete"), None, None, found


def peg(a):
    if not complete(a):
        return "incomplete", None, None, {}
    mean = int(Fraction(sum(a) * 10, 3) + Fraction(1, 2)) / 10
    name = "mild" if mean < 4 else "moderate" if mean < 7 else "severe"
    return "complete", mean, name, {}


def needed(*answers):
    if any(a for a in answers):
        return 1
    return 0 if complete(answers) else None


def ahc_hrsn(a):
    hits = a[6:]
    least = sum(1 if h is None else h for h in hits)
    most = sum(5 if h is None else h for h in hits)
    domains = {
        "housing": needed(*a[:2]),
        "food": needed(*a[2:4]),
        "transport": needed(a[4]),
        "utilities": needed(a[5]),
        "safety": 1 if least >= 11 else 0 if most < 11 else None,
    }
    whole = None not in domains.values()
    hits_sum = sum(hits) if complete(hits) else None
    return (
        "complete" if whole else "incomplete",
        sum(domains.values()) if whole else None,
        None,
        {**domains, "hits": hits_sum},
    )


def rulers(a):
    importance, confidence, _ = a
    if importance is None or confidence is None:
        return "incomplete", None, None, {}
    if importance < 7:
        focus = "explore ambivalence"
    else:
        focus = "confidence-building" if confidence < 7 else "action planning"
    return "complete", None, focus, {}


YES = (0, 1)
HOW = (0, 1, 2, 3)
FIVE = (0, 1, 2, 3, 4)
TEN = tuple(range(11))

SHEETS = {
    "dsm5_oud": [YES] * 11,
    "cows": [
        (0, 1, 2, 4),
        (0, 1, 2, 3, 4),
        (0, 1, 3, 5),
        (0, 1, 2, 5),
        (0, 1, 2, 4),
        (0, 1, 2, 4),
        (0, 1, 2, 3, 5),
        (0, 1, 2, 4),
        (0, 1, 2, 4),
        (0, 1, 2, 4),
        (0, 3, 5),
    ],
    "sows": [FIVE] * 16,
    "phq2": [HOW] * 2,
    "phq9": [HOW] * 10,
    "gad7": [HOW] * 7,
    "pc_ptsd5": [YES] * 6,
    "cssrs": [YES] * 7,
    "audit_c": [FIVE] * 3,
    "dast10": [YES] * 10,
    "taps": [FIVE] * 4 + [YES] * 25,
    "bam": [FIVE] * 20 + [(0, 4)] + [FIVE] * 3,
    "peg": [TEN] * 3,
    "barc10": [(1, 2, 3, 4, 5, 6)] * 10,
    "ahc_hrsn": [(0, 1, 2), YES, (0, 1, 2), (0, 1, 2), YES, (0, 1, 2)]
    + [(1, 2, 3, 4, 5)] * 4,
    "rulers": [TEN] * 3,
    "tea": [tuple(range(1, 11))] * 4,
    "ort_oud": [YES] * 9,
    "weekly": [(0, 1, 2, 3, 4), HOW, (0, 1, 2), (0, 1, 2), HOW, (0, 1, 2), HOW]
    + [YES] * 2,
}

ORACLES = {
    "dsm5_oud": dsm5,
    "cows": cows,
    "sows": lambda a: summed(
        a, (0, "none"), (10, "mild"), (20, "moderate"), (64, "severe")
    ),
    "phq2": lambda a: summed(a, (2, "negative"), (6, "positive")),
    "phq9": phq9,
    "gad7": gad7,
    "pc_ptsd5": pc_ptsd5,
    "cssrs": cssrs,
    "dast10": dast10,
    "taps": taps,
    "bam": bam,
    "peg": peg,
    "barc10": lambda a: summed(a, (46, "below 47"), (60, "47 or above")),
    "ahc_hrsn": ahc_hrsn,
    "rulers": rulers,
    "tea": summed,
    "ort_oud": lambda a: summed(a, (2, "low"), (9, "high")),
    "weekly": weekly,
}
