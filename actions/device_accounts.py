"""Removing an account from a device: first the device family, then the steps (ACC-1 to ACC-5).

Most customers who ask still have the device, so the steps for a device at hand come first. A button leads to the
steps without access to it.
"""

import re

from actions.base import BotAction, TopicAction, offer_later, say_question
from actions.turn import Turn

FAMILIES = frozenset({"apple", "android", "gmail"})
# Families whose steps for a device out of reach are done on another device.
ELSEWHERE = frozenset({"apple", "android"})
STEPS, SAMSUNG, PASSWORD, PREVIOUS_OWNER = (
    f"unlock_account_device/{name}" for name in ("how", "samsung", "password", "previous_owner")
)
ACCESS_INTENTS = {"have_access": True, "no_access": False}
# Follow-ups that may say that the device is out of reach.
WITHOUT = frozenset({"dont_have", "not_there", "what_if_not", "refuse"})
# Topics in which « il ne s'allume plus » is about the account on the device.
ACCOUNT_TOPICS = frozenset({None, "device_accounts", "return_conditions", "tradein_privacy"})
_OUT_OF_REACH = re.compile(
    r"(?<!pas )(?<!plus )\b(?:cass[ée]|mort|(?:écran|ecran|tout) noir|hs|foutu|volé|perdu|noyé|explosé|éclaté|fissuré"
    r"|brisé)\w*\b|dans l['’ ]eau"
    r"|(?:s['’ ]?|dé)(?:allume|marre)\w*\s+(?:plus|pas)|march\w+\s+(?:plus|pas)|fonctionne\w*\s+(?:plus|pas)"
    r"|[ée]cran\b.{0,15}\br[ée]pond\w* (?:plus|pas)|(?:pas|plus|sans) (?:d['’ ]|aucun )?acc[èe]s"
    # « je l'ai envoyé sans retirer iCloud », but not « avant de l'envoyer »
    r"|(?:ai|a|est|sont)\s+(?:déjà |deja |bien )?(?:r?envoyé|posté|expédié|vendu|donné|parti)\w*"
    r"|\b(?:mis|d[ée]pos[ée]|laiss[ée]|jet[ée])\w* (?:dans (?:la|une)|[àa] la) (?:bo[iî]te|poste)"
    r"|plus (?:l['’]|le |la |mon |ma )(?:iphone|ipad|appareil|tel\b|téléphone|tablette)|plus entre les mains"
    r"|plus (?:en|sous la) main|[àa] distance\b"
    r"|\b(?:est|tel|t[ée]l[ée]phone|iphone) (?:est )?(?:bloqu[ée]|ver+ouill[ée])\b",
    re.IGNORECASE,
)
# « Il s'allume encore », « j'y ai encore accès »: only then are the steps on the device offered again.
_IN_REACH = re.compile(
    r"(?<!pas )\b(?:encore|toujours|bien|de nouveau)\b[^.!?]{0,25}\b(?:acc[èe]s|allum\w+|march\w+|fonctionn\w+|en main)"
    r"|\b(?:j['’ ]?(?:y )?ai|avec|retrouvé)\s+(?:l['’ ]|un |encore |toujours )*acc[èe]s"
    r"|\bs['’ ]?(?:allume|ouvre)\w*(?! (?:pas|plus))|\bpas (?:cass|mort|hs)"
    r"|\b(?:march|fonctionn)\w+ (?:encore|bien|toujours|à nouveau|de nouveau)|/have_access",
    re.IGNORECASE,
)
# Where the steps without access are done: « depuis un pc », « pas d'autre appareil Apple », « sur un autre tel ».
_DEVICE = r"(?:appareil|t[ée]l|smartphone|iphone|ipad|portable|tablette)"
_ELSEWHERE = re.compile(
    r"\b(?:pc|mac|macbook|ordis?|ordinateurs?|navigateur|chromebook|windows)\b|icloud\.com"
    rf"|\b(?:d['’ ]?|aucun )autres? {_DEVICE}|\b(?:un|le|mon|son) autre {_DEVICE}"
    rf"|\b{_DEVICE}\w* (?:de|d['’]) ?(?:mon|ma|un|mes|quelqu)",
    re.IGNORECASE,
)
_ANOTHER = re.compile(r"\bautre\b", re.IGNORECASE)
_NO_SAMSUNG = re.compile(
    r"\b(?:pas (?:d['’]|de |un |le )?|oubli\w+ (?:le )?)(?:samsung|galaxy)|\bmoi c['’ ]?est un (?:i?phone|ipad|apple)",
    re.I,
)
# A password or a code of the account, not of the device: no documented fact says how to recover it.
_OF_ACCOUNT = re.compile(
    r"\b(?:mot de passe|mdp|password|identifiant|code)\b.{0,20}\b(?:apple|icloud|google|gmail|compte)\b"
    r"|\b(?:2|deux|double) ?(?:facteurs?|authent\w*)|\bcode\b.{0,30}\b(?:sms|re[çc]u|envoy\w+)\b",
    re.IGNORECASE,
)
_GOOGLE = re.compile(r"\b(?:google|gmail)\b", re.IGNORECASE)
_ANDROID = re.compile(r"\b(?:android|samsung|galaxy|xiaomi|redmi|huawei|honor|oppo|pixel|oneplus|sony|nokia)\b", re.I)
_SAME_DEVICE = re.compile(r"\b(?:dessus|aussi|pareil|m[êe]me|dedans|en plus|[ée]galement|ipad|iphone|apple)\b", re.I)


class DeviceAccounts(TopicAction):
    key = "device_accounts"

    async def answer_topic(self, turn: Turn, question: str) -> None:
        # Removing an account without the device needs the account's password too: do not offer these steps again.
        steps_failed = any(name.endswith("_no_access") for name in turn.last_answer())
        of_account = steps_failed or _OF_ACCOUNT.search(turn.message)
        if question == PASSWORD and turn.slot("has_access") is False and of_account:
            turn.say("utter_account_password")
            return
        if answer_from_elsewhere(turn):
            return
        if _is_google_on_apple(turn):
            turn.say("utter_steps_google_on_apple")
            return
        still_out_of_reach = _stays_out_of_reach(turn)
        # Samsung devices run Android: there are steps for the Google account, but not for the Samsung account.
        denied = _NO_SAMSUNG.search(turn.message)
        maker = "android" if question == SAMSUNG and not denied else None
        if denied and not turn.entity("device_family"):
            turn.set(device_family=None)
        named = turn.entity("device_family") or maker or turn.slot("device_family")
        turn.set(
            device_family=named or (None if denied or _ANOTHER.search(turn.message) else _family_named_before(turn))
        )
        if question == SAMSUNG and ("google" in turn.message.lower() or _NO_SAMSUNG.search(turn.message)):
            question = STEPS  # a Google account on a Samsung, or another device
        if question == PASSWORD and turn.slot("device_family") in FAMILIES:
            _set_access(turn, has_access=False)
            give_steps_or_ask_family(turn)
            return
        if question != STEPS:
            say_question(turn, question)
            return
        out_of_reach = bool(turn.entity("device_broken") or _OUT_OF_REACH.search(turn.message))
        if turn.slot("asked_question") and turn.slot("device_family") and not out_of_reach:
            give_steps_or_ask_family(turn)  # « et c'est où ? » after the steps: repeat them
            return
        _set_access(turn, not out_of_reach and not still_out_of_reach)
        give_steps_or_ask_family(turn)


class DeviceSteps(BotAction):
    """The numbered steps for this family and this access."""

    def name(self) -> str:
        return "action_device_steps"

    async def answer(self, turn: Turn) -> None:
        family = turn.slot("device_family")
        access = "" if family == "gmail" else "_no_access" if turn.slot("has_access") is False else "_access"
        turn.say(f"utter_steps_{family}{access}")
        offer_later(turn)


class DeviceAccess(BotAction):
    """« Et si je n'ai plus accès ? »: gives the steps without access; after a trade-in, asks if the device was sent."""

    def name(self) -> str:
        return "action_device_access"

    async def answer(self, turn: Turn) -> None:
        has_access = ACCESS_INTENTS[turn.intent]
        if turn.form:
            turn.then("action_follow_up")  # « je ne l'ai pas » is about the value that the form asks for
            return
        if turn.refers_to == PREVIOUS_OWNER:
            say_question(turn, PREVIOUS_OWNER)  # the steps need that owner's password
        elif turn.slot("topic") == "tradein_cancellation":
            turn.say("utter_cancel_tradein/how" if has_access else "utter_cancel_tradein/shipped")
        elif turn.slot("topic") in ACCOUNT_TOPICS or _returns_to_steps(turn):
            # « mais l'écran marche plus » means no access, however it was classified.
            out_of_reach = bool(_OUT_OF_REACH.search(turn.message))
            if answer_from_elsewhere(turn):
                return
            _set_access(turn, has_access and not out_of_reach)
            give_steps_or_ask_family(turn)
        else:
            turn.set(asked_question="product_not_working/what_to_do")
            turn.then("action_faulty_product")


def _returns_to_steps(turn: Turn) -> bool:
    """« et pour le Galaxy, s'il ne s'allume plus ? » after another topic: the steps were given earlier."""
    return turn.slot("has_access") is not None and turn.entity("device_family") is not None


def answer_from_elsewhere(turn: Turn) -> bool:
    """« Depuis un pc c'est bon ? » after the steps without access: iCloud.com is a web site (ACC-2, ACC-4)."""
    family = turn.slot("device_family")
    if turn.slot("has_access") is not False or family not in ELSEWHERE or turn.slot("topic") != DeviceAccounts.key:
        return False
    if turn.entity("device_family") not in (None, family) or not _ELSEWHERE.search(turn.message):
        return False
    turn.set(question=STEPS, topic=DeviceAccounts.key)
    turn.say(f"utter_steps_{family}_elsewhere")
    return True


def answer_without_access(turn: Turn, kind: str) -> bool:
    """« Pas accès », « je peux pas l'ouvrir » after the steps with access: the steps without it (ACC-2, ACC-4)."""
    family, has_access = turn.slot("device_family"), turn.slot("has_access")
    if turn.refers_to == STEPS and family == "gmail" and kind == "not_there":
        # « Y a pas marqué « gérer les comptes » »: the same account is in the device's settings too.
        turn.set(device_family="android")
        _set_access(turn, has_access=True)
        give_steps_or_ask_family(turn)
        return True
    if turn.refers_to != STEPS or kind not in WITHOUT or family not in FAMILIES or has_access is not True:
        return False
    if not _OUT_OF_REACH.search(turn.message):
        return False
    _set_access(turn, has_access=False)
    give_steps_or_ask_family(turn)
    return True


def _family_named_before(turn: Turn) -> str | None:
    """The family that an earlier message named, for example while it was about a return."""
    entities = [one for said in turn.messages() for one in (said.get("parse_data") or {}).get("entities") or []]
    return next((one["value"] for one in reversed(entities) if one["entity"] == "device_family"), None)


def _set_access(turn: Turn, has_access: bool) -> None:
    """Store whether the device can be used. If not, a Gmail account is removed like Android's Google account."""
    turn.set(question=STEPS, topic=DeviceAccounts.key, has_access=has_access)
    if not has_access and turn.slot("device_family") == "gmail":
        turn.set(device_family="android")


def _stays_out_of_reach(turn: Turn) -> bool:
    """Whether the device is still unusable: until the customer says that it works, or mentions another one."""
    other = turn.entity("device_family") not in (None, turn.slot("device_family"))
    return turn.slot("has_access") is False and not other and not _IN_REACH.search(turn.message)


def _is_google_on_apple(turn: Turn) -> bool:
    """« Et un compte Google dessus aussi ? » about an iPad: Android's steps do not apply, and no fact gives others."""
    if not _GOOGLE.search(turn.message) or _ANDROID.search(turn.message) or not _SAME_DEVICE.search(turn.message):
        return False
    named = [turn.entity("device_family"), *turn.other_values("device_family"), turn.slot("device_family")]
    return "apple" in named and "gmail" not in named[:-1]


def give_steps_or_ask_family(turn: Turn) -> None:
    """Give the steps if the device family is known; otherwise ask for it."""
    if turn.slot("device_family") in FAMILIES:
        turn.then("action_device_steps")
    else:
        turn.say(f"utter_{STEPS}")


def correct_device(turn: Turn) -> None:
    """« C'est pas un iPhone, c'est un Android »: the steps for the other family; ask if it names none."""
    named = [turn.entity("device_family"), *turn.other_values("device_family")]
    turn.set(device_family=next((family for family in named if family != turn.slot("device_family")), None))
    give_steps_or_ask_family(turn)
