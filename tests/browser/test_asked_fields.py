"""The input for a value that the assistant asks for: its keyboard, validation, error, and « Annuler »."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.processes


def test_each_value_has_its_field_with_the_error_beside_it(customer):
    page = customer.page
    customer.open()
    customer.say("regardez ma commande")
    number = page.get_by_label("Commande : PX et 8 chiffres")
    expect(number).to_be_focused()
    customer.write("PX4820726")
    fault = page.get_by_role("status").filter(has_text="Il faut PX et 8 chiffres ; ici, il y en a 7.")
    expect(fault).to_be_visible()
    expect(number).to_have_accessible_description(fault.inner_text())
    expect(number).to_have_attribute("aria-invalid", "true")
    assert len(customer.said()) == 2
    customer.say("px 4820 7264")
    email = page.get_by_label("Adresse e-mail")
    expect(email).to_have_attribute("inputmode", "email")
    expect(email).to_have_attribute("autocomplete", "email")
    customer.write("camille.durand@example")
    expect(page.get_by_text("Cette adresse n’est pas complète")).to_be_visible()
    customer.say("c'est camille.durand@example.com merci")
    expect(page.get_by_role("group", name="Commande PX48207264")).to_be_visible()
    expect(email).to_have_count(0)


def test_a_field_is_left_by_its_button_by_a_sentence_or_by_insisting(customer):
    page = customer.page
    customer.open()
    customer.say("regardez ma commande")
    expect(page.get_by_role("group", name="Réponses proposées").get_by_role("button")).to_have_text(["Je ne l’ai pas"])
    page.get_by_label("Commande : PX").fill("PX4820")
    page.get_by_role("button", name="Annuler").click()
    customer.wait_for_answer_to("Annuler")
    expect(page.get_by_label("Votre message")).to_have_value("")
    expect(page.get_by_label("Commande : PX")).to_have_count(0)
    customer.say("regardez ma commande")
    customer.write("482072")
    expect(page.get_by_text("ici, il y en a 6.")).to_be_visible()
    page.get_by_label("Commande : PX").press("Enter")
    customer.wait_for_answer_to("482072")
    customer.say("je veux savoir comment retourner un produit")
    expect(customer.log().locator(".said .bot").last).not_to_contain_text("Je ne reconnais pas")


def test_a_sentence_begun_before_the_question_is_kept(customer):
    """The field for one value must not replace the sentence that the customer is writing."""
    page = customer.page
    customer.open()
    held = []
    page.route("**/chat/v1/messages", lambda route: held.append(route))
    with page.expect_request("**/chat/v1/messages"):
        customer.write("regardez ma commande")
    page.get_by_label("Votre message").fill("elle date du mois dernier\net")
    held[0].continue_()
    customer.wait_for_answer_to("regardez ma commande")
    expect(page.get_by_label("Votre message")).to_have_value("elle date du mois dernier\net")


def test_what_the_page_knows_is_offered_and_sent_by_the_customer_only(bot, customer):
    page = customer.page
    page.goto(f"{bot.web_url}/compte/PX48207264")
    customer.open()
    mine = page.get_by_role("button", name="Où en est ma commande PX48207264 ?")
    expect(mine).to_be_visible()
    customer.say("regardez ma commande")
    expect(page.get_by_label("Commande : PX")).to_have_value("PX48207264")
    assert "PX48207264" not in customer.kept()
    page.get_by_role("button", name="Envoyer").click()
    customer.wait_for_answer_to("PX48207264")
    expect(page.get_by_label("Adresse e-mail")).to_have_value("camille.durand@example.com")
    page.get_by_role("button", name="Options de la conversation").click()
    page.get_by_role("button", name="Nouvelle conversation").click()
    mine.click()
    expect(page.get_by_role("group", name="Commande PX48207264")).to_be_visible()
    assert [text for who, text in customer.said() if who == "customer"] == [
        "Où en est ma commande PX48207264\u00a0?\ncamille.durand@example.com"
    ]
