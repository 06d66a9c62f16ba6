"""Maximum lengths of the texts that the console's users write: for columns, forms and inputs (`{% limit "NOTE" %}`)."""

from shop.limits import MAX_MESSAGE_CHARACTERS

# A reply to a customer, a canned reply, or the note of an answer by e-mail.
MESSAGE = MAX_MESSAGE_CHARACTERS
NOTE = 1000
# A wording of an added question's answer, and a notice before an answer.
ANSWER = 400
NOTICE = 300
FLAG = 300
REASON, MIN_REASON = 200, 5
TAG = 40
CANNED_TITLE = 40
VIEW_NAME = 60
SEARCH = 200
# The title of a question that a judge types.
QUESTION_TITLE = 200
# The words of a message that an entity's correction names.
ENTITY_WORDS = 60
# The limit of django.contrib.auth.
USERNAME = 150
