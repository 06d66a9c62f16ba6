"""Stored conversations: numbers, ids, buttons, limits, leases, erasure."""

import uuid
from datetime import timedelta

import pytest

from chat import conversations, leases, limits, tokens, updates
from chat.masking import CARD, IBAN
from chat.models import Conversation, Explanation, Message
from shop import clock
from shop.masking.sources import LABELS

pytestmark = pytest.mark.django_db
REPLY = {"text": "Voici.", "buttons": [{"title": "Oui", "payload": "/affirm"}], "card": None}
ANSWER = {"replies": [REPLY], "explanation": {"intent": "where_is_parcel"}}


@pytest.fixture
def conversation():
    return conversations.open_conversation("192.0.2.1")


class Known:
    """A queryset that returns a conversation's row as it was read before."""

    def __init__(self, row):
        self.first = lambda: row


def ask(conversation, text="où est mon colis ?", client_id=None):
    return conversations.post_text(conversation.id, client_id or uuid.uuid4(), text).seq


def opened(token):
    """The conversation of this token, as a client opens it."""
    return updates.unread(conversations.id_from_token(token), 0)


def pending(conversation):
    return leases.next_pending(conversation.id)


def texts(conversation):
    return [message.text for message in updates.unread(conversation.id, 0).messages]


def test_messages_are_numbered_in_order_and_read_from_any_number_on(conversation):
    assert [ask(conversation, word) for word in ("un", "deux", "trois")] == [1, 2, 3]
    found = updates.unread(conversation.id, 1)
    assert [message.text for message in found.messages] == ["deux", "trois"]
    assert (found.answered, found.typing) == (0, True)


def test_a_message_with_the_same_client_id_is_stored_once(conversation):
    client_id = uuid.uuid4()
    assert ask(conversation, "un", client_id) == ask(conversation, "un", client_id) == 1
    assert texts(conversation) == ["un"]


def test_answers_complete_their_messages_in_order_and_once(conversation):
    ask(conversation, "un"), ask(conversation, "deux")
    first = pending(conversation)
    assert conversations.answer(first, ANSWER)
    assert not conversations.answer(first, ANSWER)
    assert pending(conversation).text == "deux"
    assert conversations.answer(pending(conversation), ANSWER)
    found = updates.unread(conversation.id, 0)
    assert (found.answered, found.typing, pending(conversation)) == (2, False, None)
    assert texts(conversation) == ["un", "deux", "Voici.", "Voici."]


def test_a_delay_notice_is_sent_once_and_not_after_the_answer(conversation):
    ask(conversation)
    late = {"text": "Un instant.", "buttons": [], "card": None}
    message = pending(conversation)
    assert conversations.add_delay_notice(message, late)
    assert not conversations.add_delay_notice(message, late)
    assert updates.unread(conversation.id, 0).typing
    conversations.answer(message, ANSWER)
    ask(conversation, "encore")
    message = pending(conversation)
    conversations.answer(message, ANSWER)
    assert not conversations.add_delay_notice(message, late)


def test_a_button_counts_where_it_was_offered_and_nowhere_else(conversation):
    ask(conversation)
    conversations.answer(pending(conversation), ANSWER)
    button = updates.unread(conversation.id, 1).messages[0].buttons.get()
    seq = conversations.post_button(conversation.id, uuid.uuid4(), button.id).seq
    said = Message.objects.get(conversation=conversation, seq=seq)
    assert (said.text, said.payload) == ("Oui", "/affirm")
    other = conversations.open_conversation("192.0.2.1")
    for stranger, name in ((other, button.id), (conversation, "/affirm"), (conversation, "")):
        with pytest.raises(conversations.UnknownButton):
            conversations.post_button(stranger.id, uuid.uuid4(), name)


OFFER = {
    "text": "Quel est votre numéro ?",
    "buttons": [
        {"title": "Je ne l’ai pas", "payload": "/follow_up"},
        {"title": "Changer l’e-mail", "payload": "/stop"},
    ],
    "card": None,
}


@pytest.mark.parametrize("typed", ["Changer l’e-mail", "changer l'email", "CHANGER  L'E-MAIL !", "changer mon mail"])
def test_a_typed_title_is_the_buttons_choice_in_the_customers_words(conversation, typed):
    ask(conversation)
    conversations.answer(pending(conversation), {"replies": [OFFER], "explanation": None})
    ask(conversation, typed)
    said = Message.objects.filter(conversation=conversation, text=typed).get()
    assert said.payload == ("" if typed == "changer mon mail" else "/stop")


def test_only_the_newest_answers_titles_can_be_typed(conversation):
    ask(conversation)
    conversations.answer(pending(conversation), {"replies": [OFFER], "explanation": None})
    ask(conversation, "autre chose")
    conversations.answer(pending(conversation), ANSWER)
    ask(conversation, "Je ne l'ai pas")
    assert pending(conversation).payload == ""


def test_a_card_number_in_pieces_leaves_no_piece(conversation):
    for piece in ("voici ma carte", "4111 1111", "puis", "1111", "1111"):
        ask(conversation, piece)
    assert texts(conversation) == ["voici ma carte", CARD, "puis", CARD, CARD]


def test_a_conversation_has_an_end(conversation, monkeypatch):
    """Its length is limited, because some code reads all of it. A retry of the last message is still accepted."""
    monkeypatch.setattr(conversations, "MAX_MESSAGES", 3)
    sent = uuid.uuid4()
    ask(conversation, "un"), ask(conversation, "deux"), ask(conversation, "trois", sent)
    with pytest.raises(updates.ConversationClosed):
        ask(conversation, "quatre")
    assert ask(conversation, "trois", sent) == 3
    assert texts(conversation) == ["un", "deux", "trois"]


def test_the_answer_to_a_piece_quotes_nothing_of_it(conversation):
    """The bot read the first piece as an order's number, and its answer arrives after the second piece."""
    ask(conversation, "voici ma carte 49701000")
    first = leases.next_pending(conversation.id)
    ask(conversation, "00000154")
    explanation = {
        "intent": "inform",
        "entities": [],
        "slots": {"order_number": "PX49701000"},
        "replies": [{"name": "utter_order_unknown", "text": "PX49701000"}],
    }
    replies = [{"text": "Je ne trouve pas PX49701000.", "buttons": [], "card": {"number": "PX49701000"}}]
    conversations.answer(first, {"replies": replies, "explanation": explanation})
    kept = list(Message.objects.values_list("text", "card")), Explanation.objects.get().data
    assert "49701000" not in str(kept)
    assert Explanation.objects.get().data["intent"] == "inform"


def test_an_iban_in_pieces_leaves_no_piece(conversation):
    for piece in ("mon RIB", "FR76 3000 6000", "0112 3456", "7890 189"):
        ask(conversation, piece)
    assert texts(conversation) == ["mon RIB", IBAN, IBAN, IBAN]


@pytest.mark.parametrize(
    ("announced", "secret", "kind"),
    [
        ("mon mot de passe c'est", "Qw8zzTop9", "password"),
        ("Voici mon mdp :", "soleil-72", "password"),
        ("mon code pin est", "4829", "code"),
        ("le code de déverrouillage :", "482913", "code"),
        ("mon n° de sécu", "1 85 05 78 006 084 36", "nir"),
        ("cvv ?", "123", "cvv"),
    ],
)
def test_a_secret_that_the_message_before_announces_is_masked(conversation, announced, secret, kind):
    ask(conversation, announced)
    ask(conversation, secret)
    ask(conversation, secret)
    assert texts(conversation) == [announced, LABELS[kind], secret], "no word announces the second one"


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("mon numéro de commande c'est", "PX48207264"),
        ("mot de passe oublié", "Note10"),
        ("mon e-mail est", "camille.durand@example.com"),
        ("mon mot de passe c'est", "je ne sais plus"),
        ("code promo", "NOEL24"),
        ("ma date de livraison c'est", "12/27"),
        ("mon mot de passe c'est", "PX48207264"),
    ],
)
def test_a_text_after_an_announcement_that_is_no_secret_is_not_masked(conversation, before, text):
    ask(conversation, before)
    ask(conversation, text)
    assert texts(conversation) == [before, text]


def test_erasing_leaves_nothing_and_ends_all_access(conversation):
    token = tokens.issue(conversation.id)
    ask(conversation)
    conversations.rate(conversation.id, True, "merci 4111\u200b1111\ud8001111\x001111")
    assert Conversation.objects.get().comment == f"merci {CARD}"
    conversations.erase(conversation.id)
    assert {(message.text, message.card, message.payload) for message in Message.objects.all()} == {("", None, "")}
    assert pending(conversation) is None
    assert leases.claim_unattended("one") == []
    assert [erased.id for erased in leases.due_bot_erasures()] == [conversation.id]
    assert Conversation.objects.get().comment == ""
    for operation in (
        lambda: opened(token),
        lambda: ask(conversation),
        lambda: updates.unread(conversation.id, 0),
    ):
        with pytest.raises(updates.ConversationClosed):
            operation()


def test_the_erasure_in_the_bot_is_repeated_later(conversation, monkeypatch):
    """A suspended Rasa process may save the conversation's first turn after the erasure."""
    erased_at = clock.now()
    move = [timedelta(0)]
    monkeypatch.setattr(clock, "now", lambda: erased_at + move[0])
    conversations.open_conversation("192.0.2.1")
    conversations.erase(conversation.id)

    def was_due_after(**since):
        move[0] = timedelta(**since)
        found = [erased.id for erased in leases.due_bot_erasures()]
        if found:
            leases.mark_bot_erased(found[0])
            assert leases.due_bot_erasures() == [], "once at a time"
        return found == [conversation.id]

    assert was_due_after(seconds=2)
    assert not was_due_after(seconds=59)
    assert was_due_after(seconds=61)
    assert not was_due_after(minutes=59)
    assert was_due_after(minutes=61)
    assert not was_due_after(hours=5)
    assert not was_due_after(days=100)


def test_a_late_erasure_in_the_bot_is_repeated_too(conversation, monkeypatch):
    erased_at = clock.now()
    conversations.erase(conversation.id)
    for later, is_due in ((20, True), (59, False), (61, True), (100_000, False)):
        monkeypatch.setattr(clock, "now", lambda later=later: erased_at + timedelta(minutes=later))
        assert bool(leases.due_bot_erasures()) == is_due, later
        leases.mark_bot_erased(conversation.id)


def test_a_failed_erasure_in_the_bot_is_retried_until_it_succeeds(conversation, monkeypatch):
    conversations.erase(conversation.id)
    later = clock.now() + timedelta(days=100)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert [erased.id for erased in leases.due_bot_erasures()] == [conversation.id]


@pytest.mark.parametrize(
    "forged", ["", "x", "{hex}", "{hex}:x", "{other}:{signature}", "{token}x", "{token}:{token}", "é:é"]
)
def test_a_forged_token_opens_nothing(conversation, forged):
    token = tokens.issue(conversation.id)
    values = {"hex": conversation.id.hex, "other": uuid.uuid4().hex, "signature": token.split(":")[1], "token": token}
    with pytest.raises(updates.ConversationClosed):
        conversations.id_from_token(forged.format(**values))


def test_a_token_opens_its_own_conversation_until_it_expires(conversation):
    other = conversations.open_conversation("192.0.2.1")
    ask(other, "un")
    assert not opened(tokens.issue(conversation.id)).messages
    assert [message.text for message in opened(tokens.issue(other.id)).messages] == ["un"]
    Conversation.objects.filter(pk=conversation.pk).update(expires_at=clock.now() - timedelta(seconds=1))
    with pytest.raises(updates.ConversationClosed):
        opened(tokens.issue(conversation.id))


def test_an_expired_conversation_can_still_be_erased_once(conversation):
    """For example by the support team, months later."""
    ask(conversation, "un")
    Conversation.objects.filter(pk=conversation.pk).update(expires_at=clock.now() - timedelta(days=90))
    conversations.erase(conversation.id)
    assert Message.objects.get(conversation=conversation).text == ""
    with pytest.raises(updates.ConversationClosed):
        conversations.erase(conversation.id)


def test_a_message_between_two_reads_comes_with_its_own_state(conversation, monkeypatch):
    ask(conversation)
    known = Conversation.objects.get(id=conversation.id)
    conversations.answer(pending(conversation), ANSWER)
    with monkeypatch.context() as between:
        between.setattr(updates, "active", lambda _: Known(known))
        found = updates.unread(conversation.id, 0)
    assert ([message.seq for message in found.messages], found.answered, found.typing) == ([1], 0, True)
    found = updates.unread(conversation.id, 1)
    assert ([message.seq for message in found.messages], found.answered, found.typing) == ([2], 1, False)


def test_limits_hold_per_conversation_and_per_address(conversation, settings):
    settings.CHAT_LIMIT_MESSAGES, settings.CHAT_LIMIT_ADDRESS, settings.CHAT_LIMIT_OPENINGS = "2/60", "3/60", "2/60"
    client_id = uuid.uuid4()
    ask(conversation, "un", client_id), ask(conversation, "deux")
    with pytest.raises(limits.TooMany) as refused:
        ask(conversation, "trois")
    assert 55 <= refused.value.retry_after <= 60
    assert ask(conversation, "un", client_id) == 1, "what is stored already is acknowledged, however many there are"
    other = conversations.open_conversation("192.0.2.1")
    ask(other, "un")
    with pytest.raises(limits.TooMany):
        ask(other, "deux")
    with pytest.raises(limits.TooMany):
        conversations.open_conversation("192.0.2.1")
    elsewhere = conversations.open_conversation("192.0.2.2")
    assert ask(elsewhere, "un") == 1


def test_erasing_is_no_way_round_the_limits(settings):
    settings.CHAT_LIMIT_ADDRESS, settings.CHAT_LIMIT_OPENINGS = "3/60", "4/60"
    for _ in range(3):
        conversation = conversations.open_conversation("192.0.2.9")
        ask(conversation)
        conversations.erase(conversation.id)
    conversation = conversations.open_conversation("192.0.2.9")
    with pytest.raises(limits.TooMany):
        ask(conversation)
    with pytest.raises(limits.TooMany):
        conversations.open_conversation("192.0.2.9")


def test_a_limit_ends_with_its_window(conversation, settings):
    settings.CHAT_LIMIT_MESSAGES = "1/60"
    ask(conversation, "un")
    Message.objects.update(at=clock.now() - timedelta(seconds=61))
    assert ask(conversation, "deux") == 2


def test_the_address_itself_is_not_kept(conversation):
    assert "192.0.2.1" not in str(Conversation.objects.values().get())


def test_one_process_at_a_time_has_the_lease_and_a_dead_one_loses_it(conversation):
    ask(conversation)
    assert leases.take(conversation.id, "one")
    assert leases.take(conversation.id, "one"), "renewed"
    assert not leases.take(conversation.id, "two")
    assert leases.claim_unattended("two") == []
    Conversation.objects.update(leased_until=clock.now() - timedelta(seconds=1))
    assert leases.claim_unattended("two") == [conversation.id]
    assert leases.claim_unattended("three") == []
    assert leases.take(conversation.id, "two")
    leases.release(conversation.id, "one")
    assert not leases.take(conversation.id, "one")
    leases.release(conversation.id, "two")
    assert leases.claim(conversation.id, "one").text == "où est mon colis ?"


def test_the_last_answer_releases_the_lease(conversation):
    ask(conversation, "un"), ask(conversation, "deux")
    assert conversations.answer(leases.claim(conversation.id, "one"), ANSWER).typing
    assert leases.claim(conversation.id, "two") is None
    assert not conversations.answer(leases.claim(conversation.id, "one"), ANSWER).typing
    ask(conversation, "trois")
    assert leases.claim(conversation.id, "two").text == "trois"


def test_leases_are_renewed_together_but_for_what_another_process_took(conversation, monkeypatch, settings):
    others = [conversations.open_conversation("192.0.2.1") for _ in range(2)]
    for one in (conversation, *others):
        ask(one)
        assert leases.claim(one.id, "mine")
    mine, taken, done = pending(conversation), pending(others[0]), pending(others[1])
    conversations.answer(done, ANSWER)
    Conversation.objects.filter(id=taken.conversation_id).update(leased_to="another")
    lease = timedelta(seconds=settings.CHAT_LEASE_SECONDS)
    later = clock.now() + lease / 2
    monkeypatch.setattr(clock, "now", lambda: later)
    assert leases.renew([conversation.id, *(one.id for one in others)], "mine") == 1
    assert Conversation.objects.get(id=conversation.id).leased_until == later + lease
    assert [leases.is_mine(message, "mine") for message in (mine, taken, done)] == [True, False, False]


def test_a_long_wait_gets_a_delay_notice(conversation, monkeypatch, settings):
    ask(conversation)
    updates.seconds_without_reply(conversation.id)
    later = clock.now() + timedelta(seconds=settings.CHAT_MAX_SILENCE_SECONDS + 1)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(updates.DelayNoticeNotStored):
        updates.seconds_without_reply(conversation.id)
    conversations.add_delay_notice(pending(conversation), REPLY)
    updates.seconds_without_reply(conversation.id)
    conversations.answer(pending(conversation), ANSWER)
    updates.seconds_without_reply(conversation.id)


def test_a_message_behind_one_that_was_just_answered_gets_its_delay_notice(conversation, monkeypatch, settings):
    ask(conversation, "un"), ask(conversation, "deux")
    later = clock.now() + timedelta(seconds=settings.CHAT_MAX_SILENCE_SECONDS + 1)
    conversations.answer(pending(conversation), ANSWER)
    Message.objects.filter(conversation=conversation, sender="bot").update(at=later)
    monkeypatch.setattr(clock, "now", lambda: later)
    updates.seconds_without_reply(conversation.id)


def test_a_typed_question_is_classified_and_does_not_press_a_button(conversation):
    menu = {"title": "Où est mon colis ?", "payload": '/where_is_parcel{"question": "where"}'}
    ask(conversation)
    conversations.answer(pending(conversation), {"replies": [{**OFFER, "buttons": [menu]}], "explanation": None})
    ask(conversation, "où est mon colis ?")
    assert pending(conversation).payload == ""
