# being written
from django.http import HttpResponse
from django.urls import path

app_name = "medications"
urlpatterns = [
    path(
        "people/<int:pk>/medication/",
        lambda r, **k: HttpResponse("being written"),
        name="decision",
    ),
    path(
        "people/<int:pk>/medication/live/",
        lambda r, **k: HttpResponse("being written"),
        name="live",
    ),
    path("knowledge/", lambda r, **k: HttpResponse("being written"), name="knowledge"),
    path(
        "knowledge/<str:rule>/",
        lambda r, **k: HttpResponse("being written"),
        name="rule",
    ),
]
