"""Removing an account from a device: the family, whether the device can be used, and the steps."""

import pytest

HOW, SAMSUNG = "unlock_account_device/how", "unlock_account_device/samsung"


@pytest.mark.parametrize(
    ("family", "access", "reply"),
    [
        ("apple", True, "utter_steps_apple_access"),
        ("apple", False, "utter_steps_apple_no_access"),
        ("android", True, "utter_steps_android_access"),
        ("android", False, "utter_steps_android_no_access"),
        ("gmail", None, "utter_steps_gmail"),
    ],
)
def test_device_steps(act, family, access, reply):
    assert act("action_device_steps", slots={"device_family": family, "has_access": access}).names == [reply]


def unlocked(act, text="comment retirer le compte ?", question=HOW, **given):
    return act("action_device_accounts", text=text, intent="unlock_account_device", question=question, **given)


def test_a_device_that_an_earlier_message_named_is_not_asked_for(act):
    """« icloud jarrive pas à l'enlever » about a return; later « comment j'enlève le compte alors ? »."""
    named = {"entities": [{"entity": "device_family", "value": "apple"}], "intent": {"name": "no_access"}}
    result = unlocked(act, earlier=[{"event": "user", "text": "icloud", "parse_data": named}])
    assert (result.next, result.slots["device_family"]) == ("action_device_steps", "apple")


def test_a_device_that_is_named_brings_its_steps_at_once(act):
    result = unlocked(act, entities={"device_family": "apple"})
    assert (result.names, result.next) == ([], "action_device_steps")
    assert (result.slots["device_family"], result.slots["has_access"]) == ("apple", True)


def test_without_a_device_it_is_asked_which(act):
    assert unlocked(act).names == [f"utter_{HOW}"]


@pytest.mark.parametrize(
    ("text", "family", "has_access"),
    [
        ("et pour le mettre à jour avant de le vendre ?", {}, False),
        ("finalement il s'allume encore", {}, True),
        ("et sur l'android de mon fils ?", {"device_family": "android"}, True),
    ],
)
def test_a_dead_device_stays_dead_until_it_is_said_to_work_or_another_is_meant(act, text, family, has_access):
    slots = {"device_family": "apple", "has_access": False, "topic": "device_accounts"}
    result = unlocked(act, text, slots=slots, entities=family)
    assert (result.slots["has_access"], result.next) == (has_access, "action_device_steps")


@pytest.mark.parametrize(
    "text", ["j'ai pas d'autre appareil apple", "ça marche avec un ordi ?", "sur icloud.com, d'un pc ?"]
)
@pytest.mark.parametrize(
    ("action", "intent"),
    [("action_device_access", "have_access"), ("action_device_accounts", "unlock_account_device"),
     ("action_follow_up", "follow_up"), ("action_inform", "inform"), ("action_correct", "correct")],
)  # fmt: skip
def test_icloud_is_a_web_site_however_that_was_asked(act, text, action, intent):
    slots = {"device_family": "apple", "has_access": False, "topic": "device_accounts", "question": HOW}
    result = act(action, intent=intent, text=text, slots=slots)
    assert (result.names, result.next) == (["utter_steps_apple_elsewhere"], "action_listen")


def test_a_google_account_on_an_ipad_gets_no_steps_of_android(act):
    slots = {"device_family": "apple", "has_access": True, "topic": "device_accounts"}
    result = unlocked(act, "et le compte google dessus ?", slots=slots, entities={"device_family": "android"})
    assert result.names == ["utter_steps_google_on_apple"]
    result = unlocked(act, "et le compte google de mon samsung ?", slots=slots, entities={"device_family": "android"})
    assert result.next == "action_device_steps"


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("icloud sur un iphone à l'écran cassé", {"device_family": "apple", "device_broken": "écran cassé"}),
        ("icloud sur un iphone qui s'allume plus", {"device_family": "apple"}),
        ("retirer icloud, l'iphone est tombé dans l'eau", {"device_family": "apple"}),
    ],
)
def test_a_broken_device_in_the_message_is_not_asked_about_again(act, text, entities):
    result = unlocked(act, text, entities=entities)
    assert (result.slots["device_family"], result.slots["has_access"]) == ("apple", False)
    assert result.next == "action_device_steps"


def test_a_google_account_on_a_samsung_has_steps_and_a_samsung_account_has_none(act):
    family = {"device_family": "android"}
    assert unlocked(act, "mon compte Google sur mon Samsung", SAMSUNG, entities=family).next == "action_device_steps"
    assert unlocked(act, "mon compte Samsung", SAMSUNG, entities=family).names == [f"utter_{SAMSUNG}"]


def test_a_samsung_that_works_gets_an_androids_steps_after_an_iphone(act):
    slots = {"topic": "device_accounts", "device_family": "apple", "has_access": False}
    result = unlocked(act, "et pour le Samsung de ma mère", SAMSUNG, slots=slots)
    assert result.slots["device_family"] == "android"
    assert act("action_device_access", intent="have_access", slots=result.slots).next == "action_device_steps"


def test_and_for_an_android(act):
    slots = {"topic": "device_accounts", "device_family": "apple", "has_access": False}
    result = act("action_inform", intent="inform", slots=slots, entities={"device_family": "android"})
    assert result.next == "action_device_steps"


def test_a_previous_owners_account_gets_no_steps_for_ones_own(act):
    slots = {"topic": "device_accounts", "device_family": "apple", "question": "unlock_account_device/previous_owner"}
    result = act("action_device_access", intent="have_access", text="je veux juste m'en servir", slots=slots)
    assert (result.names, result.next) == (["utter_unlock_account_device/previous_owner"], "action_listen")


def test_it_works_no_more_is_no_access_however_it_was_classified(act):
    slots = {"topic": "device_accounts", "device_family": "apple", "has_access": True}
    result = act("action_device_access", intent="have_access", text="mais l'écran marche plus", slots=slots)
    assert result.slots["has_access"] is False


@pytest.mark.parametrize(("text", "before"), [("il est noir", True), ("il n'est pas cassé", False)])
def test_what_is_not_broken_is_at_hand(act, text, before):
    slots = {"topic": "device_accounts", "device_family": "apple", "has_access": before}
    assert act("action_device_access", intent="have_access", text=text, slots=slots).slots["has_access"] is True


def test_a_broken_device_that_is_still_here_was_not_shipped(act):
    text, slots = "oui je l'ai encore, l'écran est cassé", {"topic": "tradein_cancellation"}
    assert act("action_device_access", intent="have_access", text=text, slots=slots).names == [
        "utter_cancel_tradein/how"
    ]


def test_and_without_access(act):
    slots = {"topic": "device_accounts", "device_family": "apple", "has_access": True}
    result = act("action_device_access", intent="no_access", slots=slots)
    assert (result.slots["has_access"], result.next) == (False, "action_device_steps")


@pytest.mark.parametrize(
    ("intent", "reply"), [("no_access", "utter_cancel_tradein/shipped"), ("have_access", "utter_cancel_tradein/how")]
)
def test_of_a_trade_in_it_says_whether_the_device_has_left(act, intent, reply):
    assert act("action_device_access", intent=intent, slots={"topic": "tradein_cancellation"}).names == [reply]


def test_a_device_that_does_not_start_any_more_is_faulty_where_no_account_was_spoken_of(act):
    result = act("action_device_access", intent="no_access", slots={"topic": "parcel"})
    assert (result.next, result.slots["asked_question"]) == ("action_faulty_product", "product_not_working/what_to_do")


@pytest.mark.parametrize(
    ("named", "family", "answer"),
    [
        ("android", "android", ([], "action_device_steps")),
        ("apple", None, ([f"utter_{HOW}"], "action_listen")),
        (None, None, ([f"utter_{HOW}"], "action_listen")),
    ],
)
def test_a_device_is_put_right_and_no_order_number_asked_for(act, named, family, answer):
    slots = {"topic": "device_accounts", "device_family": "apple", "has_access": True}
    given = {"device_family": named} if named else {}
    # With the mapping `custom`, the slot keeps the old device until the action sets it.
    result = act("action_correct", intent="correct", slots=slots, entities=given)
    assert (result.slots["device_family"], (result.names, result.next)) == (family, answer)


def test_of_two_devices_in_a_correction_the_other_one_counts(act):
    """« j'ai dit android mais c'est un iphone »"""
    slots = {"topic": "device_accounts", "device_family": "android", "has_access": True}
    named = {"entities": {"device_family": "android"}, "other_values": {"device_family": ["apple"]}}
    result = act("action_correct", intent="correct", slots=slots, **named)
    assert (result.slots["device_family"], result.next) == ("apple", "action_device_steps")


def test_gmail_on_a_device_out_of_hand_is_removed_as_android_s_google_account(act):
    read = {"intent": "unlock_account_device", "question": "unlock_account_device/how"}
    text = "mon gmail est encore sur le tel que j'ai envoyé hier"
    result = act("action_device_accounts", text=text, entities={"device_family": "gmail"}, **read)
    assert (result.slots["device_family"], result.slots["has_access"]) == ("android", False)


def test_a_device_that_the_customer_does_not_have_is_none(act):
    read = {"intent": "unlock_account_device", "question": "unlock_account_device/samsung"}
    result = act(
        "action_device_accounts",
        text="je n'ai pas de samsung, j'ai un iphone",
        **read,
        entities={"device_family": "apple"},
    )
    assert (result.slots["device_family"], result.next) == ("apple", "action_device_steps")
    none = act("action_device_accounts", text="oubliez samsung", **read, slots={"device_family": "android"})
    assert none.names == ["utter_unlock_account_device/how"]


def test_the_steps_that_need_a_password_do_not_come_again_when_it_is_lost(act):
    read = {"intent": "unlock_account_device", "question": "unlock_account_device/password"}
    slots = {"question": "unlock_account_device/how", "topic": "device_accounts", "device_family": "apple"}
    text = "et sur icloud.com, j'ai oublié mon mot de passe apple"
    assert act("action_device_accounts", text=text, slots=slots | {"has_access": False}, **read).names == [
        "utter_account_password"
    ]
    assert act("action_device_accounts", text=text, slots=slots, **read).next == "action_device_steps"


def test_a_device_that_was_posted_gets_the_steps_without_it(act):
    text = "je l'ai mis dans la boite aux lettres hier mais j'ai oublié mon compte google"
    result = unlocked(act, text, entities={"device_family": "android"})
    assert result.slots["has_access"] is False


def test_what_is_not_found_in_gmail_is_in_the_settings_of_the_device(act):
    """The same steps were repeated."""
    slots = {"question": HOW, "topic": "device_accounts", "device_family": "gmail", "has_access": True}
    read = {"intent": "follow_up", "question": "follow_up/not_there", "text": "y a pas marqué gérer les comptes"}
    result = act("action_follow_up", slots=slots, **read)
    assert (result.slots["device_family"], result.next) == ("android", "action_device_steps")
