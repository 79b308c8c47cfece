"""Every address of the site, by app. (/healthz is answered by config.health.)"""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
