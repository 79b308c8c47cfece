# being written
from django.http import HttpResponse
from django.urls import path

app_name = "aftercare"
urlpatterns = [
    path(
        "people/<int:pk>/aftercare/",
        lambda r, **k: HttpResponse("being written"),
        name="of_patient",
    ),
    path("workers/", lambda r, **k: HttpResponse("being written"), name="jobs"),
]
