from django.http import JsonResponse
from django.shortcuts import redirect, render

from cards.models import Card
from cards.tasks import write


def cards(request):
    if request.method == "POST":
        card = Card.objects.create(text=request.POST["text"], pages=int(request.POST.get("pages", 0)))
        write.delay(card.pk)
        return redirect("/")
    return render(request, "cards/cards.html", {"cards": Card.objects.order_by("-pk")[:50]})


def cards_json(request):
    return JsonResponse({card.text: card.written_by for card in Card.objects.order_by("pk")})
