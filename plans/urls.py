from django.urls import path

from plans.views import editing, reading, reviewing, signing

app_name = "plans"
urlpatterns = [
    path("people/<int:pk>/plan/", reading.current, name="current"),
    path("people/<int:pk>/plan/draft/", editing.draft, name="draft"),
    path("plans/<int:pk>/", reading.detail, name="detail"),
    path("plans/<int:pk>/print/<int:plan_paper>/", reading.printed, name="print"),
    path("plans/<int:pk>/level-of-care/", editing.level_of_care, name="level_of_care"),
    path("plans/<int:pk>/add-need/", editing.add_need, name="add_need"),
    path("plans/<int:pk>/discard/", editing.discard, name="discard"),
    path("plans/<int:pk>/accept-all/", editing.accept_all, name="accept_all"),
    path("plans/<int:pk>/sign/", signing.sign, name="sign"),
    path(
        "plans/<int:pk>/patient-signature/",
        signing.patient_signature,
        name="patient_signature",
    ),
    path("plans/<int:pk>/new-version/", signing.new_version, name="new_version"),
    path("plans/<int:pk>/review/", reviewing.review, name="review"),
    path(
        "plans/reviews/<int:pk>/take-back/",
        reviewing.take_back_review,
        name="take_back_review",
    ),
    path("plans/<int:pk>/close/", signing.close, name="close"),
    path("plans/goals/<int:pk>/", editing.goal, name="goal"),
    path("plans/needs/<int:pk>/add/", editing.add, name="add"),
    path("plans/needs/<int:pk>/set-aside/", editing.set_aside, name="set_aside"),
    path("plans/needs/<int:pk>/take-up/", editing.take_up, name="take_up"),
    path("plans/interventions/<int:pk>/accept/", editing.accept, name="accept"),
    path("plans/interventions/<int:pk>/reopen/", editing.reopen, name="reopen"),
    path("plans/interventions/<int:pk>/decline/", editing.decline, name="decline"),
    path("plans/interventions/<int:pk>/change/", editing.change, name="change"),
    path("plans/interventions/<int:pk>/remove/", editing.remove, name="remove"),
]
