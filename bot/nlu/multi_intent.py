"""Decides which questions a message asks, and in which order: one, several, or one with small talk."""

from collections.abc import Sequence

from bot.nlu import message_parts
from bot.nlu.context import topic_of
from bot.nlu.model import RELATED, Ranking, Reading
from bot.nlu.text import names_order

MAX_QUESTIONS = 3
# A question counts if both its part and the whole message support it, or if the part alone is certain. Chosen on
# tests/nlu/questions/several.yml: lower thresholds find more questions, but also more wrong ones.
SEEN_IN_WHOLE = 0.05  # from this probability in the whole message on, it supports a topic
SURE_OF_PART = 0.55  # topic of a part that asks, if the whole message supports it
SURE_OF_STATEMENT = 0.7  # topic of a part that asks nothing, if the whole message supports it
CERTAIN_OF_PART = 0.7  # topic of a part, if the whole message does not support it
SURE_OF_QUESTION = 0.2  # question of a part, if the whole message supports its topic
SURE_OF_UNSEEN = 0.4  # question of a part, if it does not
CERTAIN_STATEMENT = 0.8  # question of a part that asks nothing, if the whole message asks another one
# A part that asks the whole message's question needs less: they confirm each other.
CONFIRMED_PART = 0.4
# A part often looks out of scope only because it is short: if the whole message supports its topic this much, the
# probability of « out of scope » does not count.
SUPPORTED = 0.02
UNSURE_OF_WHOLE = 0.5  # below it, the whole message's own question is uncertain
LIKELY_REST = 0.3  # an uncertain question of the whole message that is added to the only clear part
LIKELY_TOPIC = 0.5  # from this probability of the topic on, that of `inform` does not count
CLEARER_THAN = 0.6  # below it, the reading of the only part that asks may replace the whole message's
SURE_OF_WHOLE = 0.9  # a question of the whole message that outweighs related questions of its parts
# A question in one message with a greeting or thanks needs more confidence, unless the small talk itself is uncertain.
SURE_BESIDE = 0.75
LIKELY_BESIDE = 0.3
SURE_OF_SMALL_TALK = 0.6
# Minimum probability of a topic that is named before a short message about it: « pour la facture, je la vois pas ».
SURE_OF_SUBJECT = 0.6
# Complaints that often accompany the question that the customer wants answered.
COMPLAINTS = frozenset({"contact_support/no_answer", "contact_seller/no_answer"})
# Intents that may accompany a question without being what the customer wants.
SMALL_TALK = frozenset({"greet", "goodbye", "thank", "affirm", "deny", "stop", "repair", "out_of_scope/insult"})

# General questions: dropped if their part asks nothing, and another part has a question of the same or a related topic.
GENERAL = frozenset(
    {
        "ask_return_conditions/general",
        "ask_withdrawal/how",
        "contact_support/contact",
        "product_not_working/what_to_do",
        "report_damaged_parcel/what_to_do",
        "track_delivery/how",
        "unlock_account_device/how",
        "where_is_parcel/where",
    }
)
# Openings (« j'ai un souci avec ma commande », « j'ai reçu mon colis »): another part asks the question.
OPENINGS = frozenset({"where_is_parcel/problem", "where_is_parcel/received"})
FOLLOW_UPS = frozenset({"follow_up", "ask_duration"})
# Follow-ups that are questions themselves, so that one message may contain a question and a follow-up to it.
ASKING = frozenset({"ask_duration"}) | {
    f"follow_up/{kind}"
    for kind in ("where", "who", "who_pays", "must_i", "too_late", "confirmed", "template", "what_if_not", "dont_have")
}
UNKNOWN = "out_of_scope/other"
# Unanswerable questions whose subject the reply names.
NAMED_UNKNOWN = frozenset({"out_of_scope/shop", "out_of_scope/tradein_price"})
# Intents that are never a question: « c'est encore moi », « je suis remonté ».
STATEMENTS = frozenset({"inform", "have_access", "no_access", "clarify", "distress/tired"})


def is_about(rest: Reading, subject: str) -> bool:
    """Whether the rest of the message is about the subject that it started with: its topic, or a follow-up."""
    topic = rest.topics[0][0]
    return topic in FOLLOW_UPS or topic_of(subject) in (topic, RELATED.get(topic))


def questions(whole: Reading, pieces: Sequence[str], readings: Sequence[Reading], topics: set[str]) -> Ranking:
    """The questions of a message with their parts' confidence; empty if the whole message is one question.

    `whole`: the reading of the whole message; `readings`: of its parts, the `pieces`. The question that is
    likeliest in the whole message comes first, even after an introduction; complaints come last.
    """
    asked: dict[str, float] = {}
    stated: set[str] = set()
    for piece, reading in zip(pieces, readings, strict=True):
        question, probability = reading.question
        if question in NAMED_UNKNOWN and _is_unknown(piece, reading, whole):
            asked.setdefault(question, probability)
        if topic_of(question) not in map(topic_of, asked):
            probability = _topic_confidence(reading)  # a second question of the same topic needs its own confidence
        if (
            topic_of(question) in topics
            and _is_sure(piece, reading, probability, whole)
            and not _is_statement(piece, reading, whole)
        ):
            asked.setdefault(question, probability)
            stated |= set() if message_parts.asks(piece) else {question}
    dropped = set(asked)
    _drop_statements(asked, stated, dict(whole.questions))
    dropped -= asked.keys()
    asked = {one: confidence for one, confidence in asked.items() if one not in OPENINGS} or asked
    if asked and asked.keys() <= OPENINGS and (likelier := _likelier_than_opening(whole, topics)):
        return [likelier]
    # « J'ai commandé hier, quand serai-je débité ? » is about the debit alone; so is « je veux le rendre, qui paie ? »
    # about who pays.
    not_asked = dropped | OPENINGS - asked.keys()
    if len(asked) == 1 and (whole.question[0] in not_asked or asked.keys() <= NAMED_UNKNOWN):
        return list(asked.items())
    if len(asked) == 1 and _has_another(whole, asked, readings, topics):
        asked[whole.question[0]] = whole.question[1]
    elif (len(asked) < 2 and whole.question[1] >= UNSURE_OF_WHOLE) or _is_one_question(whole, asked):
        return []
    whole_probabilities = dict(whole.questions)
    first = sorted(asked, key=lambda question: (question in COMPLAINTS, -whole_probabilities.get(question, 0.0)))
    return [(question, asked[question]) for question in first][:MAX_QUESTIONS]


def implied_questions(pieces: Sequence[str], readings: Sequence[Reading], whole: Reading, asked: Ranking) -> set[str]:
    """The questions that are only implied by statements: « j'ai changé de banque, je suis remboursé où ? ».

    They are offered as buttons: when they were answered, people disliked 37 of 42 second answers. If one part asks
    explicitly, the message has one question, unless it names an order. If no part wants anything, only a complaint is
    implied; if the message announces several questions, nothing.
    """
    read = [(piece, reading.question[0]) for piece, reading in zip(pieces, readings, strict=True)]
    questions = {question for question, _ in asked if topic_of(question) not in FOLLOW_UPS}
    wanted = questions & {question for piece, question in read if message_parts.wants(piece)}
    if any(message_parts.announces_several(piece) for piece in pieces):
        return set()
    if not wanted:
        return {question for question, _ in asked[1:] if question in COMPLAINTS}
    if sum(map(message_parts.asks, pieces)) == 1 and not any(map(names_order, pieces)):
        return questions - {asked[0][0]}
    return questions - wanted - {asked[0][0], whole.question[0]}


def _drop_statements(asked: dict[str, float], stated: set[str], whole: dict[str, float]) -> None:
    """Of a statement and a related question, keep the likelier one: « c'est à crédit, j'ai combien de temps ? ».

    `whole`: the probabilities in the whole message. A general question is dropped if there is a specific one:
    « c'est un reconditionné, je veux le rendre ».
    """
    order = list(asked)
    for place, question in enumerate(order):
        if question not in stated or question not in asked:
            continue
        near = [other for other in asked if other != question and _are_near(question, other)]
        after = [other for other in near if topic_of(other) != topic_of(question) and other in order[place:]]
        if question in GENERAL and near:
            del asked[question]
        elif after:
            del asked[min([question, *after], key=lambda one: whole.get(one, 0.0))]


def _likelier_than_opening(whole: Reading, topics: set[str]) -> tuple[str, float] | None:
    """The likeliest other question, if all others are likelier: « j'ai reçu mon colis, mais l'aspirateur est rayé »."""
    known = [(question, p) for question, p in whole.questions if topic_of(question) in topics]
    others = [(question, p) for question, p in known if question not in OPENINGS]
    opening = sum(p for question, p in known if question in OPENINGS)
    return others[0] if sum(p for _, p in others) > opening else None


def _is_unknown(piece: str, reading: Reading, whole: Reading) -> bool:
    """Whether the part is confidently classified as unanswerable, and the whole message supports that."""
    question, confidence = reading.question
    supported = dict(whole.questions).get(question, 0.0) >= SEEN_IN_WHOLE and whole.question[1] < SURE_OF_WHOLE
    return confidence >= CERTAIN_OF_PART and supported and message_parts.asks(piece)


def _are_near(one: str, other: str) -> bool:
    return topic_of(other) in (topic_of(one), RELATED.get(topic_of(one)))


def follow_up_first(pieces: Sequence[str], readings: Sequence[Reading], asked: Ranking, topics: set[str]) -> Ranking:
    """« Pourquoi si long ? Et c'est quoi votre e-mail ? »: the follow-up to the previous answer, then the questions.

    The same as `asked` if the message does not start with a follow-up, or asks nothing else.
    """
    start, *rest = zip(pieces, readings, strict=True)
    question, probability = start[1].question
    if topic_of(question) not in FOLLOW_UPS or probability < SURE_OF_PART or not message_parts.asks(start[0]):
        return asked
    others = dict(asked) or {
        reading.question[0]: _topic_confidence(reading)
        for piece, reading in rest
        if topic_of(reading.question[0]) in topics
        and message_parts.asks(piece)
        and _topic_confidence(reading) >= CERTAIN_OF_PART
        and reading.question[1] >= SURE_OF_QUESTION
    }
    return [(question, probability), *others.items()][:MAX_QUESTIONS] if others else asked


def follow_up_after(pieces: Sequence[str], readings: Sequence[Reading], asked: Ranking) -> Ranking:
    """« Comment créer un compte, et est-ce obligatoire ? »: the question, then the follow-up to it.

    `readings`: of the parts, in the context of the only question in `asked`.
    """
    for piece, reading in zip(pieces, readings, strict=True):
        question, probability = reading.question
        if question in ASKING and probability >= CERTAIN_OF_PART and message_parts.asks(piece):
            return [*asked, (question, probability)]
    return asked


def _has_another(whole: Reading, asked: dict[str, float], readings: Sequence[Reading], topics: set[str]) -> bool:
    """Whether the whole message's own question is another one than that of the only clear part."""
    question, confidence = whole.question
    if question in asked or topic_of(question) not in topics:
        return False
    if confidence < UNSURE_OF_WHOLE:
        return confidence >= LIKELY_REST and topic_of(question) not in map(topic_of, asked)
    # « le vendeur, je le contacte où, et il répond quand »: the second part alone is a follow-up.
    return any(topic_of(reading.question[0]) in FOLLOW_UPS and reading.question[1] >= 0.5 for reading in readings)


def _is_one_question(whole: Reading, asked: dict[str, float]) -> bool:
    """Whether the whole message is one question, and the parts only related ones."""
    question, confidence = whole.question
    near = {topic_of(question), RELATED.get(topic_of(question))}
    return question not in asked and confidence >= SURE_OF_WHOLE and near.issuperset(map(topic_of, asked))


def _is_statement(piece: str, reading: Reading, whole: Reading) -> bool:
    """« J'ai renvoyé le colis, où est mon argent ? »: a part that asks nothing is a statement, not a question."""
    question, confidence = reading.question
    if question.endswith("/unknown") and not message_parts.asks(piece):
        return True
    certain = confidence >= CERTAIN_STATEMENT or whole.question[1] < UNSURE_OF_WHOLE
    return not (certain or question == whole.question[0] or message_parts.asks(piece))


def _is_sure(piece: str, reading: Reading, probability: float, whole: Reading) -> bool:
    """Whether the part is sure enough of its question; one that asks nothing (« je l'ai pas ici ») needs more."""
    question, confidence = reading.question
    support = dict(whole.topics).get(topic_of(question), 0.0)
    if support >= SUPPORTED:
        probability /= max(1 - dict(reading.topics).get("out_of_scope", 0.0), probability)
    seen = support >= SEEN_IN_WHOLE
    supported = SURE_OF_PART if message_parts.asks(piece) else SURE_OF_STATEMENT
    needed = supported if seen else CERTAIN_OF_PART
    return confidence >= (SURE_OF_QUESTION if seen else SURE_OF_UNSEEN) and probability >= (
        CONFIRMED_PART if question == whole.question[0] else needed
    )


def _topic_confidence(reading: Reading) -> float:
    """The probability that the part is about its topic or a related one, leaving `inform` aside."""
    topic, probability = reading.topics[0]
    others = dict(reading.topics)
    about = probability + others.get(RELATED.get(topic, ""), 0.0)
    return about / max(1 - others.get("inform", 0.0), about) if probability >= LIKELY_TOPIC else about


def without_opening(whole: Reading, readings: Sequence[Reading]) -> Reading:
    """The more confident reading of a follow-up, with or without its opening: « ok et je fais ça où »."""
    both = [whole, *readings]
    if len(both) != 2 or any(topic_of(one.question[0]) != "follow_up" for one in both):
        return whole
    return max(both, key=lambda one: one.question[1])


def clearer_part(whole: Reading, pieces: Sequence[str], readings: Sequence[Reading]) -> Reading:
    """« Pardonnez-moi de vous déranger, est-ce que je parle à un humain ? »: the reading of the only part that asks.

    The whole message's reading, unless it is uncertain and the part is certain. A follow-up is about the rest.
    """
    asking = [reading for piece, reading in zip(pieces, readings, strict=True) if message_parts.asks(piece)]
    if len(asking) != 1 or topic_of(asking[0].question[0]) in FOLLOW_UPS:
        return whole
    return asking[0] if whole.question[1] < CLEARER_THAN and asking[0].question[1] >= SURE_OF_WHOLE else whole


def beside_small_talk(whole: Reading, pieces: Sequence[str], readings: Sequence[Reading]) -> tuple[str, float] | None:
    """The question in « merci beaucoup ! par contre le suivi ne marche pas »; None if there is only small talk."""
    if not _is_small_talk(whole.question[0]):
        return None
    small_talk = sum(probability for question, probability in whole.questions if _is_small_talk(question))
    unsure = SURE_BESIDE if small_talk >= SURE_OF_SMALL_TALK else LIKELY_BESIDE
    asked = []
    for piece, reading in zip(pieces, readings, strict=True):
        question, asks = reading.question[0], message_parts.asks(piece)
        probability = max(_topic_confidence(reading), _asking(reading) if asks else 0.0)
        # « j'ai tout ce qu'il me faut, ciao », « merci quand même »: a statement is no follow-up.
        follows = topic_of(question) in FOLLOW_UPS and not asks
        if probability >= (unsure if asks else CERTAIN_STATEMENT) and not (_is_no_question(question) or follows):
            asked.append((question, probability))
    return max(asked, key=lambda question: question[1], default=None)


def _asking(reading: Reading) -> float:
    """The probability that the part asks something within the scope."""
    return 1 - sum(p for question, p in reading.questions if _is_no_question(question) or question == UNKNOWN)


def _is_no_question(question: str) -> bool:
    return _is_small_talk(question) or question in STATEMENTS


def _is_small_talk(question: str) -> bool:
    return question in SMALL_TALK or topic_of(question) in SMALL_TALK
