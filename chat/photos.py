"""The photos of a conversation: stored, sent, read and erased.

They are stored in the database, as bytes: every web process can read them, no volume must be shared or backed up, no
file has a URL, and they are erased in the same transaction as the conversation's texts.
"""

import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from chat import limits, rows
from chat.models import HandOverRequest, Message, Photo
from chat.pictures import Picture
from chat.rows import Answer
from chat.system_messages import PHOTOS_HOW, PHOTOS_KEPT, PHOTOS_WITH_REQUEST
from chat.updates import active
from shop.unicode import NO_BREAK

# The payload of the button that opens the file chooser. It never reaches Rasa, which has no such intent.
ATTACH = "/attach_photos"
ATTACH_BUTTON = {"title": "Joindre des photos", "payload": ATTACH}
_REQUEST_BUTTON = {"title": "Laisser une demande", "payload": "/leave_message"}
_ONE = {"photos": "Votre photo est jointe", "them": "la"}
_SEVERAL = {"photos": "Vos photos sont jointes", "them": "les"}
# One photo is decoded at a time: the largest WebP takes 220 MB.
DECODER = ThreadPoolExecutor(1, thread_name_prefix="decoder")


class UnknownPhoto(Exception):
    """This conversation has no such photo, or has sent it already."""


def reserve(conversation: uuid.UUID) -> uuid.UUID:
    """Create the row of a photo before its file is checked; it counts towards the limits even if it is then refused.

    Raises limits.TooMany or ConversationClosed.
    """
    with transaction.atomic():
        locked = rows.lock_active(conversation)
        limits.check_photo(locked)
        return Photo.objects.create(conversation=locked).id


def store(conversation: uuid.UUID, photo: uuid.UUID, picture: Picture) -> None:
    """Store the checked picture. Raises ConversationClosed, if the conversation was erased meanwhile."""
    with transaction.atomic():
        rows.lock_active(conversation)
        values = {"data": picture.data, "small": picture.small, "width": picture.width, "height": picture.height}
        Photo.objects.filter(id=photo).update(**values)


def attach(message: Message, ids: Sequence[uuid.UUID]) -> None:
    """Attach these stored photos to this message, which is not saved yet. Raises UnknownPhoto."""
    unsent = _not_erased(Photo.objects.filter(conversation=message.conversation, message=None, id__in=ids))
    found = {photo.id: photo for photo in unsent.only("id", "width", "height")}
    if len(found) != len(ids):
        raise UnknownPhoto
    message.photos = [{"id": str(one), "width": found[one].width, "height": found[one].height} for one in ids]
    message.save(force_insert=True)
    unsent.update(message=message)


def shown(conversation: uuid.UUID, photo: uuid.UUID) -> Photo | None:
    """The photo, if the customer's window may still show it."""
    row = active(conversation).first()
    if row is None:
        return None
    return _not_erased(Photo.objects.filter(id=photo, conversation=row, message__seq__gt=row.hidden_now)).first()


def sent(photo: uuid.UUID) -> Photo | None:
    """The photo for the team, once it was sent; the customer's window may have hidden it since."""
    return _not_erased(Photo.objects.filter(id=photo, message__isnull=False).select_related("conversation")).first()


def erase(photos: "QuerySet[Photo]") -> None:
    """Erase the pictures. The rows stay."""
    photos.update(data=b"", small=b"", width=0, height=0)


def words(count: int) -> str:
    """The text of a message of photos, for views without pictures."""
    return f"{count}{NO_BREAK}photo{'s' if count > 1 else ''}"


def with_offer(reply: rows.Reply) -> rows.Reply:
    """The reply with the button for photos, if the bot asks for it."""
    return {**reply, "buttons": [ATTACH_BUTTON, *reply["buttons"]]} if reply.get("photos") else reply


def forget_unsent(before: datetime) -> int:
    """Delete the photos that were uploaded or refused before this moment and never sent; return how many."""
    return Photo.objects.filter(message=None, at__lt=before).delete()[0]


def concerns(message: Message) -> bool:
    """Whether the chat itself answers this message, which the bot cannot read."""
    return bool(message.photos) or message.payload == ATTACH


def answer(message: Message) -> Answer:
    """The reply to a message of photos, or to the button that an old widget posts instead of opening a file chooser."""
    if not message.photos:
        return {"replies": [rows.plain(PHOTOS_HOW)], "explanation": None}
    about = _ONE if len(message.photos) == 1 else _SEVERAL
    if HandOverRequest.objects.filter(conversation=message.conversation_id.hex).exists():
        return {"replies": [rows.plain(PHOTOS_WITH_REQUEST.format(**about))], "explanation": None}
    return {"replies": [rows.plain(PHOTOS_KEPT.format(**about), _REQUEST_BUTTON)], "explanation": None}


def _not_erased(photos: "QuerySet[Photo]") -> "QuerySet[Photo]":
    return photos.exclude(data=b"")
