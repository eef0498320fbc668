from django.conf import settings
from django.contrib.sites.models import Site
from django.shortcuts import redirect, render

from catalogue.forms import PhotoForm
from catalogue.models import Photo, Plant


def plants(request):
    return render(request, "catalogue/plants.html", {"plants": Plant.objects.select_related("genus")})


def photos(request):
    form = PhotoForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        form.instance.site = current_site(request)
        form.save()
        return redirect("photos")
    return render(request, "catalogue/photos.html", {"form": form, "photos": Photo.on_site.all()})


def current_site(request):
    # `migrate` makes the first site only; a second one gets its row with the first photo sent to it.
    defaults = {"domain": request.get_host(), "name": request.get_host()[:50]}
    return Site.objects.get_or_create(pk=settings.SITE_ID, defaults=defaults)[0]
