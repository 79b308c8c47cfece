# being written
from django.http import HttpResponse
from django.urls import path

app_name = "assessments"
urlpatterns = [
    path("people/<int:pk>/intake/", lambda r, **k: HttpResponse("being written"), name="intake"),
    path("people/<int:pk>/measures/", lambda r, **k: HttpResponse("being written"), name="measures"),
]
