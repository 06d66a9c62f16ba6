"""Values defined once in shop/, and the files that must repeat them because they cannot import Python."""

import re

from chat import pictures, uploads
from harness.checks import assert_none
from harness.contacts import TYPED_PHONE
from harness.project import ROOT
from shop.contacts import BUYBACK_EMAIL, HOURS, PHONE, PHONE_URI, POSTAL_ADDRESS, PRIVACY_EMAIL, SUPPORT_EMAIL
from shop.limits import MAX_COMMENT_CHARACTERS, MAX_MESSAGE_CHARACTERS, MAX_PHOTOS
from shop.numbers import DIGITS, ORDER_PREFIX, TRADEIN_PREFIX
from shop.rules.phone_line import CLOSES, OPENS


def plain(text):
    """With ordinary spaces, even for TypeScript's placeholder of a no-break space."""
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
        "README.md", "docs/*.md", "data/responses/*.yml", "deploy/nginx/*", "widget/src/*.ts", "data/facts.yml",
        "tests/e2e/conversations/*/*.yml",
    )
    for path in sorted(ROOT.glob(pattern))
]  # fmt: skip
CODE = [
    path
    for package in ("actions", "bot", "chat", "console", "demo", "harness", "shop", "web")
    for path in sorted((ROOT / package).rglob("*"))
    if path.suffix in {".py", ".html"} and path != ROOT / "shop" / "contacts.py"
]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
# Without the opening hours and the town, which occur in other dates and addresses, too.
OWN_CONTACT = re.compile(
    "|".join(
        re.escape(one)
        for one in (
            TYPED_PHONE.partition("(0)1 ")[2], PHONE_URI, SUPPORT_EMAIL, BUYBACK_EMAIL, PRIVACY_EMAIL, POSTAL_ADDRESS[1]
        )
    ),
    re.IGNORECASE,
)  # fmt: skip


def found_in(paths, pattern):
    """{file:line: what the pattern finds there}"""
    return {
        f"{path.relative_to(ROOT)}:{number}": found
        for path in paths
        for number, line in enumerate(plain(path.read_text()).splitlines(), 1)
        if (found := set(re.findall(pattern, line)))
    }


def test_texts_give_the_contacts_of_the_shop():
    found = found_in(TEXTS, CONTACT)
    kinds = {place.split("/")[0].split(":")[0] for place in found}
    assert kinds >= {"README.md", "data", "deploy", "widget", "tests"}, f"contacts are only found in {kinds}"
    assert_none(
        f"{place}: « {word} » is not in shop/contacts.py: correct one of the two"
        for place, words in found.items()
        for word in words - CONTACTS
    )


def test_code_and_tests_import_the_contacts():
    assert_none(
        f"{place}: import « {word} » from shop/contacts.py"
        for place, words in (found_in(CODE, CONTACT) | found_in(TESTS, OWN_CONTACT)).items()
        for word in words
    )


PREFIXES = f"{ORDER_PREFIX}|{TRADEIN_PREFIX}"
RESPONSES = "data/responses/*.yml"
# (files, pattern with the repeated value in parentheses, the value, its source)
COPIES = [
    ("widget/src/pages.ts", r"/\^\[A-Z\]\{2\}\\d\{(\d+)\}\$/", DIGITS, "shop/numbers.py"),
    ("widget/src/composer.ts", r"MAX_CHARACTERS = (\d+)", MAX_MESSAGE_CHARACTERS, "shop/limits.py"),
    ("widget/src/rating.ts", r"MAX_CHARACTERS = (\d+)", MAX_COMMENT_CHARACTERS, "shop/limits.py"),
    ("widget/src/photos.ts", r"MAX_PHOTOS = (\d+)", MAX_PHOTOS, "shop/limits.py"),
    ("chat/api/openapi.yml", r"maxItems: (\d+)", MAX_PHOTOS, "shop/limits.py"),
    ("widget/src/shrink.ts", r"SIDE = (\d+)", pictures.SIDE, "chat/pictures.py"),
    ("chat/api/openapi.yml", r"(\d+) million pixels", pictures.MAX_PIXELS // 10**6, "chat/pictures.py"),
    ("chat/api/openapi.yml", r"of (\d+) MB", uploads.MAX_BYTES >> 20, "web/settings.py"),
    ("chat/api/openapi.yml", r" text: {.*maxLength: (\d+)}", MAX_MESSAGE_CHARACTERS, "shop/limits.py"),
    ("chat/api/openapi.yml", r" comment: {.*maxLength: (\d+)}", MAX_COMMENT_CHARACTERS, "shop/limits.py"),
    (RESPONSES, r"(\d[\d ]*) caractères", MAX_MESSAGE_CHARACTERS, "shop/limits.py"),
    ("docs/nlu.md", r"at most ([\d,]+) characters", MAX_MESSAGE_CHARACTERS, "shop/limits.py"),
    ("docs/security.md", r"([\d,]+) characters a message", MAX_MESSAGE_CHARACTERS, "shop/limits.py"),
    (RESPONSES, r"(\d+) chiffres", DIGITS, "shop/numbers.py"),
    (RESPONSES, rf"\b(?:{PREFIXES})(\d+)", "1234567890"[:DIGITS], "shop/numbers.py"),
    ("README.md", r"(\d+) chiffres", DIGITS, "shop/numbers.py"),
    ("widget/src/masking-cards.ts", r"\(\?:(px\|rp)\)", PREFIXES.lower(), "shop/numbers.py"),
    ("widget/src/masking-cards.ts", r"SHOP_DIGITS = (\d+)", DIGITS, "shop/numbers.py"),
    ("shop/masking/secrets.json", r"\(\?!\(\?:(px\|rp)\)", PREFIXES.lower(), "shop/numbers.py"),
    ("data/nlu/entities.yml", r"\\d\[\\s\.-\]\)\(\?:\\d\{(\d)\}", DIGITS, "shop/numbers.py"),
    ("data/nlu/entities.yml", r"\)(p\\s\?x)\[", r"\s?".join(ORDER_PREFIX.lower()), "shop/numbers.py"),
    ("data/nlu/entities.yml", r"\)(r\\s\?p)\[", r"\s?".join(TRADEIN_PREFIX.lower()), "shop/numbers.py"),
]


def test_copies_are_like_their_sources():
    assert_none(
        f"{place}: says {copy}, {source} says {value}: correct one of the two"
        for files, pattern, value, source in COPIES
        for place, copies in copies_in(files, pattern).items()
        for copy in copies
        if copy.replace(" ", "").replace(",", "") != str(value)
    )


def copies_in(files, pattern):
    return found_in(sorted(ROOT.glob(files)), pattern) or {files: {f"nothing like {pattern}"}}


def test_inputs_take_their_lengths_from_one_place():
    found = found_in(sorted((ROOT / "console" / "templates").rglob("*.html")), r'(?:max|min)length="(\d+)"')
    assert_none(f"{place}: use {{% limit … %}} (console/limits.py), not {lengths}" for place, lengths in found.items())
