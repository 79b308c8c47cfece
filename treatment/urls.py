from django.urls import path

from treatment.views import kits, under_way

app_name = "treatment"
urlpatterns = [
    path(
        "people/<int:pk>/medication/under-way/",
        under_way.under_way,
        name="under_way",
    ),
    path("people/<int:pk>/medication/start/", under_way.start, name="start"),
    path(
        "people/<int:pk>/medication/regimens/<int:regimen>/stop/",
        under_way.stop,
        name="stop",
    ),
    path("people/<int:pk>/medication/doses/add/", under_way.add_dose, name="add_dose"),
    path(
        "people/<int:pk>/medication/toxicology/add/",
        under_way.add_toxicology,
        name="add_toxicology",
    ),
    path("people/<int:pk>/kit/", kits.kit, name="kit"),
    path(
        "people/<int:pk>/kit/<int:deed>/take-back/",
        kits.take_back_kit,
        name="take_back_kit",
    ),
]
