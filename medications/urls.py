from django.urls import path

from medications.views import choosing, decision, interactions, knowledge, treatment

app_name = "medications"
urlpatterns = [
    path("people/<int:pk>/medication/", decision.decision, name="decision"),
    path(
        "people/<int:pk>/medication/interactions/",
        interactions.interactions,
        name="interactions",
    ),
    path(
        "people/<int:pk>/medication/decide/<str:choice>/",
        choosing.decide,
        name="decide",
    ),
    path(
        "people/<int:pk>/medication/decisions/<int:decision>/",
        choosing.recorded,
        name="recorded",
    ),
    path(
        "people/<int:pk>/medication/under-way/",
        treatment.under_way,
        name="under_way",
    ),
    path("people/<int:pk>/medication/start/", treatment.start, name="start"),
    path(
        "people/<int:pk>/medication/regimens/<int:regimen>/stop/",
        treatment.stop,
        name="stop",
    ),
    path("people/<int:pk>/medication/doses/add/", treatment.add_dose, name="add_dose"),
    path(
        "people/<int:pk>/medication/toxicology/add/",
        treatment.add_toxicology,
        name="add_toxicology",
    ),
    path("knowledge/", knowledge.rules, name="knowledge"),
    path("knowledge/<str:rule>/", knowledge.rule, name="rule"),
]
