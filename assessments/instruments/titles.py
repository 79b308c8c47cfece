"""What staff call an instrument, and each part of one. No Django."""

SHORT = {
    "ahc_hrsn": "AHC-HRSN",
    "audit_c": "AUDIT-C",
    "barc10": "BARC-10",
    "cssrs": "C-SSRS",
    "dast10": "DAST-10",
    "dsm5_oud": "DSM-5",
    "gad7": "GAD-7",
    "ort_oud": "ORT-OUD",
    "pc_ptsd5": "PC-PTSD-5",
    "phq2": "PHQ-2",
    "phq9": "PHQ-9",
    "rulers": "Readiness",
}


def short_title(key: str) -> str:
    """What staff call an instrument."""
    return SHORT.get(key, key.replace("_", "-").upper())


def part_title(instrument: str, part: str) -> str:
    """What staff call a part of an instrument: BAM risk, TEA health."""
    words = part.replace("_", " ")
    return f"{short_title(instrument)} {words}".strip()
