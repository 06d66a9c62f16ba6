"""Erasing a conversation or a person, with a receipt."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat.models import Message, Sender
from console import audit
from console.access import requires_role
from console.models import Erasure, Thread
from console.privacy import erase as erasing
from console.privacy import person as persons
from console.views.base import user_of


@require_http_methods(["GET", "POST"])
@requires_role("manage")
def erase(request: HttpRequest) -> HttpResponse:
    """Erase a person: first show what would be erased; erase it after the confirmation."""
    context: dict[str, object] = {"receipts": Erasure.objects.select_related("user")[:50], "typed": ""}
    if request.method == "POST":
        typed = request.POST.get("personne", "")
        context["typed"] = typed
        try:
            person = persons.parse_identifier(typed)
            if "confirmer" in request.POST:
                receipt = erasing.erase_person(person, user_of(request))
                audit.record(request, "erased", receipt)
                return redirect("console:receipt", pk=receipt.pk)
            context |= {
                "found": persons.threads_of(person),
                "unindexed": len(persons.unindexed_of(person)),
                "receipts": erasing.receipts_of(person).select_related("user"),
            }
        except (persons.InvalidIdentifier, erasing.ErasureIncomplete) as fault:
            context["problem"] = str(fault)
    return render(request, "console/erase.html", context)


@require_POST
@requires_role("manage")
def erase_thread(request: HttpRequest, pk: int) -> HttpResponse:
    """Erase one conversation; the page has asked for confirmation."""
    thread = get_object_or_404(Thread.objects.select_related("chat"), pk=pk)
    try:
        receipt = erasing.erase_thread(thread, user_of(request))
    except erasing.ErasureIncomplete as fault:
        return render(request, "console/error.html", {"message": str(fault), "back": ""}, status=503)
    audit.record(request, "erased", receipt)
    return redirect("console:receipt", pk=receipt.pk)


@require_POST
@requires_role("manage")
def erase_message(request: HttpRequest, pk: int, seq: int) -> HttpResponse:
    """Erase one message of a customer; the page has asked for confirmation."""
    thread = get_object_or_404(Thread.objects.select_related("chat"), pk=pk)
    message = get_object_or_404(Message, conversation=thread.chat_id, seq=seq, sender=Sender.CUSTOMER)
    try:
        erasing.erase_message(thread, message)
    except erasing.ErasureIncomplete as fault:
        return render(request, "console/error.html", {"message": str(fault), "back": ""}, status=503)
    audit.record(request, "erased_message", thread, message=seq)
    return redirect(f"{reverse('console:thread', args=[pk])}?message={seq}")


@require_safe
@requires_role("manage")
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "console/receipt.html", {"receipt": get_object_or_404(Erasure, pk=pk)})
