from django.contrib import admin

from catalogue.models import Genus, Photo, Plant


@admin.register(Genus)
class GenusAdmin(admin.ModelAdmin):
    list_display = ["name"]


@admin.register(Plant)
class PlantAdmin(admin.ModelAdmin):
    list_display = ["name", "latin_name", "genus", "price", "stock"]
    list_filter = ["genus"]
    search_fields = ["name", "latin_name"]


@admin.register(Photo)
class PhotoAdmin(admin.ModelAdmin):
    list_display = ["title", "site", "sent"]
    list_filter = ["site"]
