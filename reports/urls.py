from django.urls import path

from reports.views import chart, home

app_name = "reports"
urlpatterns = [
    path("", home.home, name="home"),
    path("people/<int:pk>/", chart.chart, name="chart"),
    path("people/<int:pk>/record/", chart.record, name="record"),
    path("caseload/", home.home, name="caseload"),
]
