"""URLs of the public chat API."""

from django.urls import path, re_path

from chat.api import endpoint, photos, stream, views

urlpatterns = [
    path("v1/conversations", views.conversations_endpoint),
    path("v1/conversation", views.conversation_endpoint),
    path("v1/messages", views.messages_endpoint),
    path("v1/stream", stream.stream_endpoint),
    path("v1/photos", photos.photos_endpoint),
    path("v1/photos/<uuid:photo>", photos.photo_endpoint),
    path("v1/rating", views.rating_endpoint),
    path("v1/activity", views.activity_endpoint),
    path("v1/transcript.txt", views.transcript_endpoint),
    re_path("", endpoint.not_found),
]
