from django.urls import path

from reports.views import caseload, chart, home, live, measures

app_name = "reports"
urlpatterns = [
    path("", home.home, name="home"),
    path("rules-due/", home.rules_due, name="rules_due"),
    path("people/<int:pk>/", chart.chart, name="chart"),
    path("people/<int:pk>/intake/live/", live.live, name="live"),
    path("people/<int:pk>/record/", chart.record, name="record"),
    path("people/<int:pk>/measures/", measures.measures, name="measures"),
    path("people/<int:pk>/measures/timeline/", measures.timeline, name="timeline"),
    path(
        "people/<int:pk>/measures/timeline.svg",
        measures.timeline_file,
        name="timeline_file",
    ),
    path(
        "people/<int:pk>/measures/scores.csv",
        measures.scores_file,
        name="scores_file",
    ),
    path(
        "people/<int:pk>/measures/of/<str:instrument>/",
        measures.results,
        name="results",
    ),
    path(
        "people/<int:pk>/measures/measured/<str:code>/",
        measures.measured,
        name="measured",
    ),
    path("caseload/", caseload.caseload, name="caseload"),
    path("caseload/export/", caseload.export, name="caseload_export"),
]
