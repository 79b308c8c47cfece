"""A made-up cohort of a handful of people, with every fault that the real one has."""

from interop.cohort import files

# Rows by file, without the header. People 1 to 5; 6 has no site, 7 no number of one.
ROWS = {
    "everybody.csv": ["1,27", "2,30", "3,51", "4,27", "5,27", "6,27", "7,27", ",27"],
    "site_masked.csv": ["1,11", "2,11", "3,22", "4,22", "5,11", "7,NA"],
    "demographics.csv": [
        "1,30,No,White,Full Time,Yes,More than HS,Never married,No",
        "2,NA,,,,,,,Yes",
        "3,200,No,White,Full Time,Yes,HS/GED,Never married,Yes",
        "4,55,No,Refused/missing,Student,No,Not answered,Missing,Yes",
        "5,,,,,,,,",
        "6,41,No,Black,Full Time,Yes,HS/GED,Never married,Yes",
    ],
    "psychiatric.csv": [
        "1,No,Yes,No,No,No,Yes,Yes,No,No,Yes,,,,,",
        "2,,,,,,,Not answered,Missing,,,,,,,",
        "3,No,No,No,No,No,No,No,No,No,Yes,No,No,No,No,No",
        "4,Perhaps,No,No,No,No,No,No,No,No,Yes,No,No,No,No,No",
    ],
    "asi.csv": ["1,Yes", "2,"],
    "qol.csv": ["3,Yes", "4,No"],
    "fagerstrom.csv": ["1,Yes,4,11-20", ",Yes,4,11-20", "2,No,,", "3,Yes,11,"],
    "pain.csv": ["1,Severe Pain,0", "2,Missing,0"],
    "rbs.csv": [
        *("1,heroin,Yes,30", "1,heroin,Yes,30", "2,heroin,Yes,31", "2,glue,No,0"),
        *("2,heroin,No,", "2,cocaine,Yes,0"),
    ],
    "rbs_iv.csv": ["1,14,1,14,Yes,5,5,5,12,5", "2,0,0,0,No,,,,1,", "3,,,,,,,,,"],
    "detox.csv": ["3,admission,-8", "3,discharge,-2", "3,elsewhere,1"],
    "withdrawal.csv": ["2,1,7", "2,,13", "2,9,20"],
    "withdrawal_pre_post.csv": ["2,post,0,", "2,pre,1,0"],
    "uds.csv": ["1,Opioid,0", "1,Opioid,0", "2,Unknown,0", "2,Thc,9999"],
    "uds_temp.csv": ["1,1,0", "2,99,0", "2,7,0", "1,0,7"],
    "visit.csv": [
        "1,BASELINE,,,,,,,,,,,,,,,,,0",
        "1,P1Wk1A,visit,1,,,,,,,,,,,,,,,7",
        "1,P1Wk2A,no visit,,,1,,,,,,,,,,,,,14",
        "1,P1Wk3A,no visit,,,,,,1,,,,,,,,,,",
        "2,P1Wk9A,no visit,,,,,1,,,,,,,,,,,",
        "3,WK24,no visit,,1,,,,,,,,,,,,,,",
        "3,WK23,MISSING,1,,,,,,,,,,,,,,,",
        "2,P1Wk1A,perhaps,,,,,,,,,,,,,,,,7",
    ],
    "screening_date.csv": ["1,0,-3", "2,,0"],
    "first_survey.csv": ["1,0", "2,x"],
    "tlfb.csv": ["1,Heroin,-2", "1,Opioid,-1", "1,Heroin,5", "1,Alcohol,0", "2,,0"],
    "randomization.csv": [
        "1,Methadone,1,5",
        "1,Methadone,2,5",
        "2,Outpatient BUP + EMM,1,7",
        "2,Outpatient BUP + SMM,2,30",
        "3,Inpatient NR-NTX,1,5",
        "4,Placebo,1,5",
    ],
    "treatment.csv": [
        "1,30,5",
        "1,10,5",
        "1,30,4",
        "1,397,6",
        "2,90,8",
        "2,16,9",
        "3,1,6",
        "3,2,34",
        "5,16,9",
        "2,NaN,10",
        "2,-4,11",
        "2,much,12",
        "2,16,",
        "9,16,9",
        "99999999999999999999,16,9",
        "2,12,31",
    ],
    "meta_study_length.csv": ["27,Methadone,1,1,24,Treatment"],
    "meta_substance_groups_uds.csv": [
        "Alcohol,Alcohol,NO,NO",
        "Opiate 300,Opioid,Opioid,Opioid",
        "Cannabinoids,THC,THC,THC",
        "Solvent,Glue,NO,NO",
    ],
}
_REASONS = (
    *("is_no_note", "is_dead", "is_no_show", "is_no_funding", "is_left_study"),
    *("is_in_jail", "is_forgot", "is_in_hospital", "is_illness", "is_moved"),
    *("is_missing_14_consecutive", "is_window", "is_unable", "is_on_vacation"),
    "is_other",
)
HEADERS = {name: columns for name, columns in files.NEEDED if columns} | {
    "rbs.csv": ("who", "what", "did_use", "days"),
    "withdrawal_pre_post.csv": ("who", "what", "withdrawal", "when"),
    "visit.csv": ("who", "visit", "what", *_REASONS, "when"),
    "screening_date.csv": ("who", "screening_day", "day_zero"),
    "meta_study_length.csv": (
        *("project", "treatment", "phase"),
        *("stage", "weeks", "description"),
    ),
    "meta_substance_groups_uds.csv": ("Substance", "CTN-0027", "CTN-0030", "CTN-0051"),
}
ROWS_IN_ALL = sum(len(rows) for rows in ROWS.values())


def write(folder, **changed):
    """Write all the files; `changed` gives other rows by name (or None: no such file)."""
    for name, rows in ROWS.items():
        rows = changed.get(name.removesuffix(".csv"), rows)
        if rows is not None:
            lines = [",".join(HEADERS[name]), *rows]
            (folder / name).write_text("\n".join(lines) + "\n")
    return folder
