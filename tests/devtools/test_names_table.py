"""The table of names is made from a wheel, and nothing in the wheel is run."""

import bz2
import os
import pickle
from zipfile import ZipFile

import pytest
from django.core.management import call_command

from devtools.names_table import DICTIONARY, digest, table
from knowledge.names.vocabulary import TABLE

LICENCE = "drug_named_entity_recognition-2.0.9.dist-info/licenses/LICENSE"
# MedlinePlus stands first; what comes after it are other sources.
NAMES = {
    "zidovudine": "zidovudine",
    "retrovir": "zidovudine",
    "zidovudine capsules": "zidovudine",
    "lamivudine (hiv)": "lamivudine (hiv)",
    "lamivudine and zidovudine": "lamivudine and zidovudine",
    "combivir": "lamivudine and zidovudine",
    "lamivudine and newvudine": "lamivudine and newvudine",
    "doublevir": "lamivudine and newvudine",
    "cough": "lamivudine (hiv)",
    "zv": "zidovudine",
    "barium": "barium",
    "aciclovir": "aciclovir",
    "zidovudina": "zidovudine",
    "zidovudinum 2'": "zidovudine",
    "azidothymidine": "zidovudine",
    "lamivudin": "lamivudine (hiv)",
}
US = {*list(NAMES)[:11]}


def wheel(folder, dictionary):
    path = folder / "drug_named_entity_recognition-2.0.9-py3-none-any.whl"
    with ZipFile(path, "w") as archive:
        archive.writestr(DICTIONARY, bz2.compress(pickle.dumps(dictionary)))
        archive.writestr(LICENCE, "MIT License\n")
    return path


def dictionary():
    return {
        "drug_variant_to_canonical": {name: [meant] for name, meant in NAMES.items()},
        "drug_canonical_to_data": {
            meant: {"medline_plus_id": "a"} if name in US else {}
            for name, meant in reversed(NAMES.items())
        },
    }


def test_names_of_the_us_their_brands_and_spellings_are_kept(tmp_path):
    made = table(wheel(tmp_path, dictionary()))
    rows = [line for line in made.splitlines() if not line.startswith("#")]

    assert rows == [
        "Combivir\tlamivudine + zidovudine\tbrand",
        "Retrovir\tzidovudine\tbrand",
        "lamivudin\tlamivudine\tspelling",
        "lamivudine\tlamivudine\tingredient",
        "zidovudina\tzidovudine\tspelling",
        "zidovudine\tzidovudine\tingredient",
    ]


def test_the_licence_stands_at_the_head(tmp_path):
    made = table(wheel(tmp_path, dictionary()))

    assert "# MIT License" in made.splitlines()


class Runs:
    def __reduce__(self):
        return os.getcwd, ()


def test_what_would_run_is_refused(tmp_path):
    with pytest.raises(pickle.UnpicklingError, match="no plain value"):
        table(wheel(tmp_path, Runs()))


def test_the_command_writes_the_table_and_says_its_digest(
    tmp_path, monkeypatch, capsys
):
    written = tmp_path / TABLE.name
    monkeypatch.setattr("devtools.management.commands.names_table.TABLE", written)

    call_command("names_table", str(wheel(tmp_path, dictionary())))

    assert digest(written.read_text()) in capsys.readouterr().out
