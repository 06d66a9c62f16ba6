"""Dates on the console's pages: « 1er décembre », with a no-break space after the day."""

import re
from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template

from harness.checks import assert_none
from harness.project import ROOT

FIRST = datetime(2026, 11, 30, 23, 5, tzinfo=UTC)
# The formats that Django's filter `date` writes right: a time, or a date for programs.
PLAIN_FORMATS = {"c", "Y-m-d", "H:i", "H:i:s"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("day_month", "1er\u00a0décembre"),
        ("medium_date", "1er\u00a0déc. 2026"),
        ("long_date", "1er\u00a0décembre 2026"),
        ("medium_datetime", "1er\u00a0déc., 00:05"),
        ("long_datetime", "1er\u00a0décembre, 00:05"),
        ("full_datetime", "mardi 1er\u00a0décembre 2026 à 0\u00a0h\u00a005"),
    ],
)
def test_the_first_of_a_month_in_paris(name, text):
    assert Template(f"{{% load console %}}{{{{ at|{name} }}}}").render(Context({"at": FIRST})) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [("day_month", "21\u00a0février"), ("medium_date", "21\u00a0fév. 2026"), ("long_date", "21\u00a0février 2026")],
)
def test_a_date_without_a_time(name, text):
    assert Template(f"{{% load console %}}{{{{ day|{name} }}}}").render(Context({"day": date(2026, 2, 21)})) == text


def test_no_template_writes_a_date_by_itself():
    assert_none(
        f"{path.relative_to(ROOT)}: « {found} »: use a filter of console/templatetags/console.py"
        for path in sorted((ROOT / "console" / "templates").rglob("*.html"))
        for found in re.findall(r"\|date:[\"']([^\"']*)", path.read_text())
        if found not in PLAIN_FORMATS
    )
