"""« Reçu le 17, j'ai jusqu'à quand ? », « donc le 4 décembre, c'est bon ? »: answers with the date (WDR-1, REF-1).

The day comes from the looked-up order if there is one, otherwise from the customer's words (date_mentions.py).
"""

import re
from datetime import date, timedelta
from typing import Any

from actions import responses
from actions.date_mentions import (
    AND_IF_NOT,
    NOTIFIED,
    PROPOSED,
    RECEIVED,
    RETURNED,
    SIGNED,
    UNNAMED,
    DateMention,
    days_in,
    earlier_mention,
    forget,
    is_correction,
    remember,
)
from actions.lookup_base import ORDER
from actions.turn import Turn
from shop import access, clock, formatting
from shop.order_card import right_of
from shop.records import OrderRecord
from shop.rules.refund import refund_deadline
from shop.rules.withdrawal import WITHDRAWAL_DAYS, WithdrawalState, withdrawal_deadline
from shop.said_dates import read

DEADLINE_QUESTION = "ask_return_conditions/deadline"
# Questions that are answered with a date, even if the day was given in an earlier message.
DEADLINE = frozenset({DEADLINE_QUESTION, "ask_return_conditions/too_late"})
# Questions whose answer begins with the date if this message contains the day.
RETURN = frozenset({"ask_withdrawal/how", "ask_return_conditions/general"})
CREDIT = "ask_withdrawal/credit"
REFUND = frozenset({"ask_refund/delay", "ask_refund/not_received"})
_LATE = re.compile(
    r"\btrop tard\b|\bdepasse\w*|\bhors delai|\bc'?est mort\b|\bfichu\b|\bfoutu\b|\bperdu\b|\bloupe\b|\brate\b"
)
# « jusqu'à quand je peux le rendre ? » asks for a date, not for yes or no.
_OPEN_QUESTION = re.compile(
    r"\bquand\b|\bcombien\b|\bquel(?:le)? (?:est )?(?:la |le )?(?:date|jour)|\bcomment\b|\bdate (?:limite|butoir)\b"
)
_YES_NO = re.compile(
    r"\bpuis[- ]je\b|\b(?:je|on) peu[xt]\b|\bpeut[- ]on\b|\bpossible\b|\bencore\b|\bc'?est (?:bon|ca|bien)\b"
    r"|\bdans les (?:temps|delais|\d+ jours)|\bai le (?:droit|temps)|\boui ou non\b|\bca (?:passe|marche|va)\b|\bok\b"
)
# « Pourquoi le 7 ? 21 + 14 font 35 »
_WHY = re.compile(r"\bpourquoi\b|\bpk\b|\bpq\b|\bpkoi\b|\bcomment (?:ca|vous comptez|c'est)\b|\bcomptez\b")
_TODAY = re.compile(r"\bon est\b|\bsommes\b|\bdate d'aujourd")
_HOW_LONG = re.compile(r"\b(?:combien|cb) (?:de |d')?(?:jours?|temps)\b|\breste\b")
# « encore 4 jours », but not « encore dans les 14 jours »
_DAYS_LEFT = re.compile(r"\b(?:encore|reste|plus que|que)(?! dans)\D{0,12}?(\d{1,2})\s?j(?:ours?)?\b")
# « le samedi et le dimanche, ça compte ? », « jours ouvrés ? », « ça commence le 20 ou le 21 ? »
_WHICH_DAYS = re.compile(
    r"\bouvr(?:e|able)s?\b|\bcalendaires?\b"
    r"|\b(?:week[- ]?ends?|samedi|dimanche|ferie)\w*\b.{0,40}\b(?:compt|compris|inclu)"
    r"|\b(?:compt|compris|inclu)\w*\b.{0,30}\b(?:week[- ]?ends?|samedi|dimanche|ferie)"
)
# « le premier jour, c'est samedi ? », « le 28, c'est le jour 1 ? »
_FIRST_DAY = re.compile(
    r"\b(?:premier|1er) jour\W{1,3}c'?est\b"
    r"|\bc'?est (?:quoi |quel |bien )?(?:le )?(?:(?:premier|1er) jour|jour (?:1|un)\b)"
    r"|\bquel (?:est le )?(?:premier|1er) jour\b"
)
# « c'est le 24 novembre ou le 2 décembre ? »
_EITHER = re.compile(r"\bou (?:bien )?(?:le|au|du|jusqu)\b")
_FROM_WHICH_DAY = re.compile(
    r"\b(?:commence|demarre|debute)\w*\b|\ba compter\b|\bse compte\w*\b"
    r"|\bou (?:bien )?(?:du|de la|de l'|a partir du|le|la) (?:jour|moment|date|reception|livraison)\b"
)
_CREDIT = re.compile(r"(?<!pas de )(?<!pas pris de )(?<!sans )(?<!pas un )\bcredit\b")
_NO_CREDIT = re.compile(r"\b(?:sans|aucun|pas (?:pris |fait |eu )?(?:de |d'|un |a )?(?:un )?)\s*credit\b")
_RECEPTION = re.compile(r"\brecept\w*|\bre[cs]ue?\b|\blivraison\b|\barriv\w+")
_NO_RETURN = re.compile(r"refus|\bannul")
# « mais le vendeur me parle de 60 jours »
_SELLER_SAYS = re.compile(
    r"\b(?:vendeurs?|il|elle|ils|on)\b.{0,12}\b(?:dit|dis|disent|parle\w*|annonce|pretend|affirme)\b"
    r".{0,20}\b(?!30\b)\d+ ?(?:jours?|j|semaines?|mois)\b"
)
_RECEIVED_BY_ME = re.compile(r"\b(?:j'? ?ai|g|on a|avons|je l'ai)\s+(?:bien |deja |enfin )?(?:recu|eu|recupere)\b")
# (whether the proposed day is in time, whether the question is « trop tard ? ») → the name of the first sentence.
_OF_DAY = {(True, False): "day_yes", (True, True): "day_not_late", (False, False): "day_no", (False, True): "day_late"}


async def answer_withdrawal(turn: Turn, question: str) -> bool:
    """Say until when the customer may withdraw; return False if no day is known: then send the general reply."""
    if turn.entity(ORDER.number_slot) or question not in DEADLINE | RETURN | {CREDIT}:
        return False
    if question in DEADLINE and _WHICH_DAYS.search(read(turn.message)):
        turn.say("utter_deadline_which_days")
        return True
    today = clock.paris_date(clock.now())
    # « c'est le 20 ou le 21 que ça commence ? » proposes no day.
    days = [] if _FROM_WHICH_DAY.search(read(turn.message)) else days_in(turn.message, today)
    if len(days) > 1 and _EITHER.search(read(turn.message)):
        # « le 24 ou le 2 ? » does not propose one day.
        days = [one for one in days if one.kind not in (PROPOSED, UNNAMED)]
    if ORDER.is_complete(turn):
        order = await _order(turn) if days or _days_left_in(turn.message) is not None else None
        # A shipped order may have no delivery date in its record: then use the customer's day.
        if order is None or right_of(order).state is not WithdrawalState.NOT_DELIVERED:
            return order is not None and _answer_order(turn, order, days)
    kinds = [SIGNED] if question == CREDIT else [SIGNED, RECEIVED]
    no_credit = bool(_NO_CREDIT.search(read(turn.message))) and all(mention.kind != SIGNED for mention in days)
    start = _start(turn, days, today, [RECEIVED] if no_credit else kinds, question not in RETURN)
    asks_first_day = question in DEADLINE and _FIRST_DAY.search(read(turn.message))
    if start is None and asks_first_day:
        turn.say("utter_deadline_first_day_of_any")
        return True
    if start is None:
        return question in DEADLINE and _say_condition(turn, _proposed(days, None))
    if start.day is None:
        turn.say("utter_deadline_no_such_day")
        return True
    _set_context(turn)
    day, last = _in_words(start.day), _in_words(withdrawal_deadline(start.day))
    is_signature = start.kind == SIGNED or (question == CREDIT and not no_credit)
    if no_credit:
        forget(turn, SIGNED)
    if start.day <= today:
        remember(turn, start, SIGNED if is_signature else RECEIVED)
    if asks_first_day and withdrawal_deadline(start.day) >= today:
        turn.say("utter_deadline_first_day", first=_in_words(start.day + timedelta(days=1)), deadline=last)
    elif is_signature and _asks_why_signature(turn.message, days):
        was = "was_" if withdrawal_deadline(start.day) < today else ""
        turn.say(f"utter_deadline_{was}not_reception", start=day, deadline=last)
    elif not is_signature and _CREDIT.search(read(turn.message)):
        turn.say("utter_deadline_signed_when")
    elif start.day > today:
        turn.say("utter_deadline_to_come", start=day, deadline=last)
    else:
        what = responses.text(f"utter_deadline_of_{SIGNED if is_signature else RECEIVED}", start=day)
        _say_period(turn, what, start.day, _proposed(days, start), then_return=question in RETURN)
    return True


def answer_refund(turn: Turn, question: str) -> bool:
    """Say by when the refund arrives; False if the day of the return is not known."""
    # Neither a refused parcel (WDR-4) nor a cancelled order is a return.
    if question not in REFUND or AND_IF_NOT.search(read(turn.message)) or _NO_RETURN.search(read(turn.message)):
        return False
    today = clock.paris_date(clock.now())
    days = days_in(turn.message, today)
    start = _start(turn, days, today, [RETURNED], True)
    if start is None and not _RECEIVED_BY_ME.search(read(turn.message)):
        # « il est arrivé le 10 »: in this question, what arrived is the return.
        start = next((mention for mention in days if mention.kind == RECEIVED), None)
    if start is None or start.day is None or start.day > today:
        return False
    remember(turn, start, RETURNED)
    proposed, last = _proposed(days, start), refund_deadline(start.day)
    if today <= last and _SELLER_SAYS.search(read(turn.message)):
        turn.say("utter_refund_seller_says", deadline=_in_words(last))
        return True
    asks = proposed and ("?" in turn.message or _asks_yes_no(turn.message))
    opening = "plain" if not asks else "yes" if proposed == last else "no"
    turn.say(
        "utter_refund_due" if today <= last else "utter_refund_overdue",
        opening=_opening(opening),
        start=_in_words(start.day),
        deadline=_in_words(last),
        days_left=formatting.days((last - today).days) if today < last else None,
    )
    return True


async def _order(turn: Turn) -> OrderRecord | None:
    """The looked-up order; None if the number and e-mail match none, or may not be tried again yet."""
    try:
        return await ORDER.record(turn)
    except (access.NoMatch, access.Locked):
        return None


def _answer_order(turn: Turn, order: OrderRecord, days: list[DateMention]) -> bool:
    """Compare a proposed day with the order's deadline; return False if there is none: the order's reply follows."""
    contradicted = any(mention.kind == RECEIVED for mention in days)
    right = right_of(order)
    # « 14 jours du 21, ça fait le 5 ? »: the day that starts the period is no proposal.
    proposed = next((one.ahead for one in days if one.kind in (PROPOSED, UNNAMED) and one.day != right.start), None)
    if not (proposed or contradicted or _days_left_in(turn.message) is not None):
        return False
    if right.start is None or right.deadline is None or right.state not in {WithdrawalState.OPEN, WithdrawalState.PAST}:
        return False
    start = _in_words(right.start)
    if order.has_credit and contradicted:
        turn.say("utter_deadline_not_reception", start=start, deadline=_in_words(right.deadline))
        return True
    kind = "credit_order" if order.has_credit else "order"
    what = responses.text(f"utter_deadline_of_{kind}", number=order.number, start=start)
    _say_period(turn, what, right.start, proposed)
    return True


def _proposed(days: list[DateMention], start: DateMention | None) -> date | None:
    """The day that the customer wants to compare: « jusqu’au 4 décembre ? », « et le 4 ? »; not « le 4 ou le 7 ? »."""
    others = [mention for mention in days if start is None or mention.day != start.day]
    named = [mention.day for mention in others if mention.kind == PROPOSED]
    found = named or [mention.ahead for mention in others if mention.kind == UNNAMED]
    return found[0] if len(found) == 1 else None


def _start(turn: Turn, days: list[DateMention], today: date, kinds: list[str], is_context: bool) -> DateMention | None:
    """The day that starts the period: from this message or, if the question is about the period itself, an earlier one.

    In the latter case, « le 17 » alone answers « quel jour ? », or corrects the earlier day.
    """
    signed = SIGNED in (turn.slot("said_days") or {}) and not _NO_CREDIT.search(read(turn.message))
    for kind in kinds:
        named = next((mention for mention in days if mention.kind == kind), None)
        # « mais je l'ai reçu le 26 ! »: with a credit contract, its signature still counts (WDR-1).
        if named and not (kind == RECEIVED and signed and is_context):
            return named
    if not is_context:
        return None
    earlier = earlier_mention(turn, [SIGNED] if signed and SIGNED in kinds else kinds)
    alone = next(
        (mention for mention in days if mention.kind == UNNAMED and mention.day and mention.day <= today), None
    )
    return alone if alone and (earlier is None or is_correction(turn.message)) else earlier


def _say_condition(turn: Turn, proposed: date | None) -> bool:
    """Answer « donc le 4 décembre, c'est bon ? » without a day of reception: « if you received it from … on ».

    Return False if no future day is proposed.
    """
    if proposed is None or proposed < clock.paris_date(clock.now()):
        return False
    earliest = proposed
    while withdrawal_deadline(earliest - timedelta(days=1)) >= proposed:
        earliest -= timedelta(days=1)
    turn.say("utter_deadline_if", earliest=_in_words(earliest))
    return True


def _say_period(turn: Turn, what: str, start: date, proposed: date | None, *, then_return: bool = False) -> None:
    """Say the period's end.

    `what`: the event that started it, in words. `then_return`: add that the return comes afterwards.
    """
    text, deadline = read(turn.message), withdrawal_deadline(start)
    counted, today = start + timedelta(days=WITHDRAWAL_DAYS), clock.paris_date(clock.now())
    left = (deadline - today).days
    late, said_left = bool(_LATE.search(text)), _days_left_in(turn.message)
    values: dict[str, Any] = {
        "what": what,
        "deadline": _in_words(deadline),
        "days_left": formatting.days_left(left) if left >= 0 else None,
        "counted": _in_words(counted) if counted != deadline else None,
        "then": responses.text("utter_deadline_then_return") if then_return else None,
    }
    if proposed is None and left < 0:
        proposed = _notified_in_time(turn, deadline)
    if proposed and left < 0 and proposed <= deadline:
        remember(turn, DateMention(PROPOSED, proposed, None), NOTIFIED)
        opening = _opening("kept_not_late" if late else "kept")
        turn.say(
            "utter_deadline_kept", opening=opening, day=_in_words(proposed), what=what, deadline=values["deadline"]
        )
    elif left < 0:
        opening = "late" if late else "no_late" if _asks_yes_no(turn.message) or proposed or said_left else "plain"
        turn.say("utter_deadline_past", opening=_opening(opening), **values)
    elif values["counted"] and _WHY.search(text):
        turn.say("utter_deadline_why", **values)
    elif _TODAY.search(text) and (proposed is None or proposed == today):
        turn.say("utter_deadline_open", opening=_opening("today", day=_in_words(today)), **values)
    elif proposed:
        in_time = proposed <= deadline
        opening = _opening(_OF_DAY[in_time, late], day=_in_words(proposed))
        turn.say("utter_deadline_open" if in_time else "utter_deadline_beyond", opening=opening, **values)
    else:
        agreed = said_left == left if said_left is not None else _asks_yes_no(turn.message)
        opening = "not_late" if late else "yes" if agreed else "no" if said_left is not None else "plain"
        if opening == "plain" and _HOW_LONG.search(text):
            opening, values["days_left"] = "days", None
        words = formatting.days_left(left)
        turn.say("utter_deadline_open", opening=_opening(opening, left=words[0].upper() + words[1:]), **values)


def _notified_in_time(turn: Turn, deadline: date) -> date | None:
    """The day on which the customer notified the seller, if an earlier message says so, and it was in time."""
    kept = (turn.slot("said_days") or {}).get(NOTIFIED)
    day = date.fromisoformat(kept) if kept else None
    return day if day and day <= deadline else None


def _set_context(turn: Turn) -> None:
    """Make the deadline the context of the next message, because this answer needed no order."""
    if turn.form == ORDER.form:
        turn.leave_form()
    turn.set(question=DEADLINE_QUESTION, topic="return_conditions", lookup_question=DEADLINE_QUESTION)


def _in_words(day: date) -> str:
    return formatting.near_date(day, clock.paris_date(clock.now()))


def _opening(name: str, **values: str) -> str:
    return responses.text(f"utter_deadline_opening_{name}", **values)


def _asks_why_signature(message: str, days: list[DateMention]) -> bool:
    """Whether the customer asks why the signature of a credit contract counts: « et la réception ? »."""
    text = read(message)
    return bool(_RECEPTION.search(text) and not days) or bool(_WHY.search(text))


def _days_left_in(message: str) -> int | None:
    """« donc j'ai encore 4 jours ? » → 4."""
    found = _DAYS_LEFT.search(read(message))
    return int(found[1]) if found else None


def _asks_yes_no(message: str) -> bool:
    text = read(message)
    return bool(_YES_NO.search(text)) and not _OPEN_QUESTION.search(text)
