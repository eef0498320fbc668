from django.contrib import admin

from catalogue.models import Photo, Plant


@admin.register(Plant)
class PlantAdmin(admin.ModelAdmin):
    list_display = ["name", "latin_name", "price"]
    search_fields = ["name", "latin_name"]


@admin.register(Photo)
class PhotoAdmin(admin.ModelAdmin):
    list_display = ["title", "site", "sent"]
    list_filter = ["site"]
