from django.shortcuts import render

from notes.models import Note


def notes(request):
    return render(request, "notes/notes.html", {"notes": Note.objects.all()})
