from django.views.decorators.cache import never_cache


@never_cache
def healthz(request):
    raise RuntimeError("the till does not open")
