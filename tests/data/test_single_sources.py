"""Values with one source in shop/, and the files that repeat them because they cannot import it."""

import re

import pytest

from harness.project import ROOT
from shop.contacts import BUYBACK_EMAIL, HOURS, PHONE, PHONE_URI, POSTAL_ADDRESS, PRIVACY_EMAIL, SUPPORT_EMAIL
from shop.limits import MAX_COMMENT_CHARACTERS, MAX_MESSAGE_CHARACTERS
from shop.numbers import DIGITS, ORDER_PREFIX, TRADEIN_PREFIX
from shop.rules.phone_line import CLOSES, OPENS


def plain(text):
    """With ordinary spaces, and TypeScript's placeholder for one as well."""
    return re.sub(r"\$\{NB\}|[\u00a0\u202f]", " ", text)


CONTACT = re.compile(
    r"\+33 ?\(0\)\d(?: \d\d)+|(?:tel:)?\+33\d+|[\w.-]+@pixmania\.com|\d+ rue \w+|\b75\d{3} Paris"
    r"|\d+ h à \d+ h|\d\d:\d\d to \d\d:\d\d"
)
CONTACTS = {
    *map(plain, (PHONE, PHONE_URI, *POSTAL_ADDRESS)),
    SUPPORT_EMAIL,
    BUYBACK_EMAIL,
    PRIVACY_EMAIL,
    plain(HOURS)[len("du lundi au vendredi de ") : -len(" (heure de Paris)")],
    f"{OPENS:%H:%M} to {CLOSES:%H:%M}",
}
TEXTS = [
    path
    for pattern in (
        "README.md", "docs/*.md", "data/responses/*.yml", "deploy/nginx/*", "widget/src/*.ts", "tests/data/facts.yml",
        "tests/e2e/conversations/*/*.yml",
    )
    for path in sorted(ROOT.glob(pattern))
]  # fmt: skip
CODE = [
    path
    for package in ("actions", "bot", "chat", "console", "demo", "shop", "web")
    for path in sorted((ROOT / package).rglob("*"))
    if path.suffix in {".py", ".html"} and path != ROOT / "shop" / "contacts.py"
]


def contacts_in(paths):
    """{file:line: what looks like a contact}"""
    return {
        f"{path.relative_to(ROOT)}:{number}": found
        for path in paths
        for number, line in enumerate(plain(path.read_text()).splitlines(), 1)
        if (found := set(CONTACT.findall(line)))
    }


def test_texts_give_the_contacts_of_the_shop():
    found = contacts_in(TEXTS)
    kinds = {place.split("/")[0].split(":")[0] for place in found}
    assert kinds >= {"README.md", "data", "deploy", "widget", "tests"}, f"contacts are only found in {kinds}"
    wrong = [f"{place}: {', '.join(words - CONTACTS)}" for place, words in found.items() if words - CONTACTS]
    assert not wrong, "not as in shop/contacts.py; correct one of the two:\n" + "\n".join(wrong)


def test_code_imports_the_contacts():
    written = [
        f"{place}: {', '.join(words & CONTACTS)}" for place, words in contacts_in(CODE).items() if words & CONTACTS
    ]
    assert not written, "import it from shop/contacts.py instead:\n" + "\n".join(written)


PREFIXES = f"{ORDER_PREFIX}|{TRADEIN_PREFIX}"
RESPONSES = "data/responses/*.yml"
# (files, the value where they repeat it, in brackets, the value itself, its source)
COPIES = [
    ("widget/src/composer.ts", r"MAX_CHARACTERS = (\d+)", MAX_MESSAGE_CHARACTERS, "shop/limits.py"),
    ("widget/src/rating.ts", r"MAX_CHARACTERS = (\d+)", MAX_COMMENT_CHARACTERS, "shop/limits.py"),
    ("chat/api/openapi.yml", r" text: {.*maxLength: (\d+)}", MAX_MESSAGE_CHARACTERS, "shop/limits.py"),
    ("chat/api/openapi.yml", r" comment: {.*maxLength: (\d+)}", MAX_COMMENT_CHARACTERS, "shop/limits.py"),
    (RESPONSES, r"(\d[\d ]*) caractères", MAX_MESSAGE_CHARACTERS, "shop/limits.py"),
    ("docs/nlu.md", r"at most ([\d,]+) characters", MAX_MESSAGE_CHARACTERS, "shop/limits.py"),
    ("docs/security.md", r"([\d,]+) characters a message", MAX_MESSAGE_CHARACTERS, "shop/limits.py"),
    (RESPONSES, r"(\d+) chiffres", DIGITS, "shop/numbers.py"),
    (RESPONSES, rf"\b(?:{PREFIXES})(\d+)", "12345678"[:DIGITS], "shop/numbers.py"),
    ("README.md", r"(\d+) chiffres", DIGITS, "shop/numbers.py"),
    ("widget/src/masking.ts", r"\(\?:(px\|rp)\)", PREFIXES.lower(), "shop/numbers.py"),
    ("widget/src/masking.ts", r"\[0-9\]\{(\d)\}", DIGITS, "shop/numbers.py"),
    ("widget/src/masking.ts", r"digits\.length === (\d+)", DIGITS, "shop/numbers.py"),
    ("data/nlu/entities.yml", r"\\d\[\\s\.-\]\)\(\?:\\d\{(\d)\}", DIGITS, "shop/numbers.py"),
    ("data/nlu/entities.yml", r"\)(p\\s\?x)\[", r"\s?".join(ORDER_PREFIX.lower()), "shop/numbers.py"),
    ("data/nlu/entities.yml", r"\)(r\\s\?p)\[", r"\s?".join(TRADEIN_PREFIX.lower()), "shop/numbers.py"),
]


@pytest.mark.parametrize(("files", "pattern", "value", "source"), COPIES)
def test_a_copy_is_like_its_source(files, pattern, value, source):
    copies = [copy for path in sorted(ROOT.glob(files)) for copy in re.findall(pattern, plain(path.read_text()))]
    assert copies, f"{files} does not repeat {source} any more: take it off this list"
    wrong = {copy for copy in copies if copy.replace(" ", "").replace(",", "") != str(value)}
    assert not wrong, f"{files} says {', '.join(wrong)}, {source} says {value}: correct one of the two"
