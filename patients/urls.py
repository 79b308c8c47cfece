from django.urls import path

from patients.views import (
    chart_access,
    consents,
    disclosures,
    lists,
    merges,
    registry,
    search,
    status,
)

app_name = "patients"
urlpatterns = [
    path("", search.search, name="search"),
    path("new/", registry.register, name="register"),
    path("conditions/", lists.conditions, name="conditions"),
    path("names/<slug:kind>/", lists.names, name="names"),
    path("<int:pk>/details/", registry.details, name="details"),
    path("<int:pk>/status/", status.status, name="status"),
    path("<int:pk>/hold/", status.hold, name="hold"),
    path("<int:pk>/hold/end/", status.end_hold, name="end_hold"),
    path("<int:pk>/care-team/", registry.care_team, name="care_team"),
    path("<int:pk>/contacts/", lists.contacts, name="contacts"),
    path("<int:pk>/twice/", merges.twice, name="twice"),
    path("<int:pk>/merge/<int:other>/", merges.merge, name="merge"),
    path("<int:pk>/merges/<int:merge>/", merges.take_apart, name="take_apart"),
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
    path("<int:pk>/consents/", consents.consents, name="consents"),
    path("<int:pk>/consents/new/", consents.ask, name="ask_consent"),
    path("<int:pk>/consents/<int:consent>/", consents.consent, name="consent"),
    path(
        "<int:pk>/consents/<int:consent>/change/",
        consents.change,
        name="change_consent",
    ),
    path("<int:pk>/consents/<int:consent>/sign/", consents.sign, name="sign_consent"),
    path(
        "<int:pk>/consents/<int:consent>/sign-paper/",
        consents.sign_paper,
        name="sign_consent_paper",
    ),
    path(
        "<int:pk>/consents/<int:consent>/decline/",
        consents.decline,
        name="decline_consent",
    ),
    path(
        "<int:pk>/consents/<int:consent>/discard/",
        consents.discard,
        name="discard_consent",
    ),
    path("<int:pk>/consents/<int:given>/end/", consents.end, name="end_consent"),
    path(
        "<int:pk>/consents/<int:consent>/paper/",
        consents.on_paper,
        name="consent_on_paper",
    ),
    path("<int:pk>/disclosures/", disclosures.disclosures, name="disclosures"),
    path("<int:pk>/disclosures/tell/", disclosures.tell, name="tell"),
    path("<int:pk>/disclosures/ask-list/", disclosures.ask_list, name="ask_list"),
    path(
        "<int:pk>/disclosures/lists/<int:asked>/given/",
        disclosures.answer_list,
        name="answer_list",
    ),
    path(
        "<int:pk>/disclosures/paper/",
        disclosures.list_on_paper,
        name="disclosures_on_paper",
    ),
    path(
        "<int:pk>/disclosures/<int:disclosure>/",
        disclosures.disclosure,
        name="disclosure",
    ),
    path("<int:pk>/give/<slug:thing>/", disclosures.give, name="give"),
    path("<int:pk>/chart-access/", chart_access.chart_access, name="chart_access"),
    path(
        "<int:pk>/chart-access/paper/",
        chart_access.access_on_paper,
        name="chart_access_on_paper",
    ),
    path("<int:pk>/restrict/", chart_access.restrict, name="restrict"),
    path(
        "<int:pk>/lift-restriction/",
        chart_access.lift_restriction,
        name="lift_restriction",
    ),
    path(
        "closed/<int:restriction>/",
        chart_access.open_in_emergency,
        name="open_in_emergency",
    ),
    path("openings/", chart_access.openings, name="openings"),
    path("openings/<int:opening>/", chart_access.review, name="review_opening"),
]
