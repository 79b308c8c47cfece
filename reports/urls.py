from django.urls import path

from reports.views import caseload, chart, home

app_name = "reports"
urlpatterns = [
    path("", home.home, name="home"),
    path("people/<int:pk>/", chart.chart, name="chart"),
    path("people/<int:pk>/record/", chart.record, name="record"),
    path("caseload/", caseload.caseload, name="caseload"),
    path("caseload/export/", caseload.export, name="caseload_export"),
]
