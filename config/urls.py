"""Every address of the site, by app. (/healthz is answered by config.middleware.)"""

from django.urls import URLPattern, URLResolver, include, path

handler500 = "accounts.views.faults.fault"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls")),
    path("people/", include("patients.urls")),
    path("", include("assessments.urls")),
    path("", include("medications.urls")),
    path("", include("treatment.urls")),
    path("", include("plans.urls")),
    path("", include("aftercare.urls")),
    path("", include("jobs.urls")),
    path("", include("reports.urls")),
]
