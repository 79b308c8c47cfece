from django.urls import path

from patients.views import lists, registry, search

app_name = "patients"
urlpatterns = [
    path("", search.search, name="search"),
    path("new/", registry.register, name="register"),
    path("conditions/", lists.conditions, name="conditions"),
    path("names/<slug:kind>/", lists.names, name="names"),
    path("<int:pk>/details/", registry.details, name="details"),
    path("<int:pk>/status/", registry.status, name="status"),
    path("<int:pk>/care-team/", registry.care_team, name="care_team"),
    path("<int:pk>/contacts/", lists.contacts, name="contacts"),
    path(
        "<int:pk>/no-known-allergies/",
        lists.no_known_allergies,
        name="no_known_allergies",
    ),
    path("<int:pk>/add/<slug:kind>/", lists.add, name="add"),
    path("<int:pk>/end/<slug:kind>/<int:entry>/", lists.end, name="end"),
    path(
        "<int:pk>/put-right/<slug:kind>/<int:entry>/",
        lists.put_name_right,
        name="put_name_right",
    ),
]
