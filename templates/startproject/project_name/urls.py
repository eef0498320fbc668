from django.conf import settings
from django.conf.urls.static import static
<%# admin %>
from django.contrib import admin
<%/ admin %>
from django.urls import path
from django.views.generic import TemplateView

from .health import health

urlpatterns = [
    path("", TemplateView.as_view(template_name="index.html"), name="home"),
    path("healthz", health),
<%# admin %>
    path("admin/", admin.site.urls),
<%/ admin %>
    # On your own machine only: on a server, nginx serves uploads.
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
]
