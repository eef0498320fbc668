from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import path

from catalogue.views import photos, plants
from shop.health import healthz
from shop.running import version

urlpatterns = [
    path("", plants, name="plants"),
    path("photos/", photos, name="photos"),
    path("version", version, name="version"),
    path("healthz", healthz, name="healthz"),
    path("admin/", admin.site.urls),
    # Only in development: elsewhere the web server hands out media.
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
]
