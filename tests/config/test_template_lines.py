"""The gate that keeps templates readable."""

from config.local.check import checks
from config.local.template_lines import figure, is_readable, lengths_in


def test_counts_every_line(tmp_path):
    (tmp_path / "a.html").write_text(f"{'x' * 161}\nshort\n")

    assert lengths_in(tmp_path.rglob("*.html")) == [161, 5]


def test_one_line_in_a_hundred_may_be_long():
    assert is_readable([161] + [80] * 99)
    assert not is_readable([161, 161] + [80] * 98)


def test_no_line_may_be_longer_still():
    assert is_readable([240] + [80] * 99)
    assert not is_readable([241] + [80] * 9_999)


def test_no_template_is_no_fault():
    assert is_readable([])
    assert "0 of 0" in figure([])


def test_prints_both_counts():
    assert figure([241, 161, 80, 80]) == (
        "2 of 4 template lines (50.00%) are over 160 characters, 1 over 240"
    )


def test_is_a_check_of_the_house():
    assert "config.local.template_lines" in checks()["template lines"]
