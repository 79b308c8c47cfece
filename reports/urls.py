from django.urls import path

from reports.views import (
    audit,
    caseload,
    chart,
    hands,
    home,
    live,
    measures,
    saved_views,
    set_up,
    shares,
)

app_name = "reports"
urlpatterns = [
    path("", home.home, name="home"),
    path("clinic/set-up/", set_up.set_up, name="set_up"),
    path("clinic/set-up/mail/", set_up.try_mail, name="try_mail"),
    path("clinic/set-up/open/", set_up.open_for_people, name="open_for_people"),
    path("rules-due/", home.rules_due, name="rules_due"),
    path("people/<int:pk>/", chart.chart, name="chart"),
    path("people/<int:pk>/intake/live/", live.live, name="live"),
    path("people/<int:pk>/history/", chart.history, name="history"),
    path("people/<int:pk>/measures/", measures.measures, name="measures"),
    path("people/<int:pk>/measures/timeline/", measures.timeline, name="timeline"),
    path(
        "people/<int:pk>/measures/timeline/given/<int:timeline_given>/",
        measures.timeline_given,
        name="timeline_given",
    ),
    path(
        "people/<int:pk>/measures/timeline/<int:timeline_given>.svg",
        measures.timeline_file,
        name="timeline_file",
    ),
    path(
        "people/<int:pk>/measures/scores/<int:scores_given>.csv",
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
    path("audit/", audit.audit, name="audit"),
    path("audit/export/", audit.export, name="audit_export"),
    path("audit/heads.txt", audit.heads, name="audit_heads"),
    path("caseload/", caseload.caseload, name="caseload"),
    path("caseload/all-clinics/", caseload.everywhere, name="caseload_everywhere"),
    path("caseload/day-sheet/", caseload.day_sheet, name="day_sheet"),
    path("caseload/export/", caseload.export, name="caseload_export"),
    path("caseload/hand-over/", hands.hand_over, name="hand_over"),
    path("caseload/assign/", hands.assign, name="assign"),
    path("caseload/follow-up/", hands.add_for_all, name="add_for_all"),
    path("caseload/shares/", shares.shares, name="shares"),
    path("caseload/views/save/", saved_views.save, name="save_view"),
    path("caseload/views/<int:pk>/delete/", saved_views.delete, name="delete_view"),
    path("caseload/views/<int:pk>/restore/", saved_views.restore, name="restore_view"),
    path(
        "hand-overs/<int:pk>/take-back/",
        hands.take_back_hand_over,
        name="take_back_hand_over",
    ),
    path(
        "follow-ups/<int:pk>/take-back-added/",
        hands.take_back_added,
        name="take_back_added",
    ),
]
