from bot.nlu.second_question import questions

TOPICS = {"ask_refund", "ask_invoice"}
READ = {
    "Quand serai-je remboursé ?": [("ask_refund", 0.95)],
    "Où est ma facture ?": [("ask_invoice", 0.9)],
    "Bonjour à toute l'équipe !": [("greet", 0.99)],
    "Je ne sais plus trop.": [("ask_invoice", 0.3)],
}
WHOLE = [("ask_refund", 0.48), ("ask_invoice", 0.45), ("greet", 0.01)]


def asked(*sentences, whole=WHOLE):
    return questions(" ".join(sentences), whole, lambda pieces: [READ[piece] for piece in pieces], TOPICS)


def test_two_questions_in_their_order_each_as_sure_as_its_sentence():
    assert asked("Où est ma facture ?", "Quand serai-je remboursé ?") == [("ask_invoice", 0.9), ("ask_refund", 0.95)]


def test_a_greeting_or_an_unsure_sentence_is_no_question():
    assert asked("Bonjour à toute l'équipe !", "Quand serai-je remboursé ?") == []
    assert asked("Quand serai-je remboursé ?", "Je ne sais plus trop.") == []


def test_what_the_whole_message_does_not_support_is_no_question():
    assert asked("Où est ma facture ?", "Quand serai-je remboursé ?", whole=[("ask_refund", 0.98)]) == []
