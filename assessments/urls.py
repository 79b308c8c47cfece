from django.urls import path

from assessments.views import (
    answers,
    giving,
    handover,
    intake,
    measures,
    observations,
    panels,
    results,
    together,
)

app_name = "assessments"
urlpatterns = [
    path("people/<int:pk>/intake/", intake.intake, name="intake"),
    path("people/<int:pk>/intake/start/", intake.start, name="start_intake"),
    path("people/<int:pk>/intake/complete/", intake.complete, name="complete_intake"),
    path(
        "people/<int:pk>/intake/step/<slug:step>/", intake.save_step, name="save_step"
    ),
    path(
        "people/<int:pk>/intake/answer/<str:question>/", answers.answer, name="answer"
    ),
    path("people/<int:pk>/intake/clear/<str:question>/", answers.clear, name="clear"),
    path(
        "people/<int:pk>/intake/confirm/<str:question>/",
        answers.confirm,
        name="confirm",
    ),
    path("people/<int:pk>/intake/news/", together.news, name="news"),
    path(
        "people/<int:pk>/intake/step/<slug:step>/panel/<slug:panel>/",
        panels.panel,
        name="panel",
    ),
    path(
        "people/<int:pk>/intake/question/<str:question>/",
        answers.question,
        name="question",
    ),
    path("people/<int:pk>/measures/give/<str:instrument>/", giving.give, name="give"),
    path(
        "people/<int:pk>/measures/give/<str:instrument>/draft/",
        giving.draft,
        name="give_draft",
    ),
    path(
        "people/<int:pk>/measures/give/<str:instrument>/discard/",
        giving.discard,
        name="give_discard",
    ),
    path("people/<int:pk>/hand-over/", handover.hand_over, name="hand_over"),
    path(
        "people/<int:pk>/hand-over/<int:handover>/",
        handover.handed_back,
        name="handed_back",
    ),
    path("handover/", handover.questions, name="questions"),
    path("handover/answer/", handover.save_one, name="save_one"),
    path("handover/send/", handover.send_answers, name="send_answers"),
    path("handover/back/", handover.hand_back, name="hand_back"),
    path(
        "people/<int:pk>/measures/<int:assessment>/", measures.measure, name="measure"
    ),
    path(
        "people/<int:pk>/measures/<int:assessment>/amend/",
        giving.amend,
        name="amend",
    ),
    path(
        "people/<int:pk>/measures/<int:assessment>/error/",
        measures.error,
        name="assessment_error",
    ),
    path("results/", results.upload, name="upload_results"),
    path("results/<int:pk>/", results.results_file, name="results_file"),
    path("results/<int:pk>/keep/", results.keep, name="keep_results"),
    path(
        "people/<int:pk>/observations/file/",
        results.upload_for,
        name="upload_results_for",
    ),
    path("people/<int:pk>/observations/add/", observations.add, name="add_observation"),
    path(
        "people/<int:pk>/observations/<int:observation>/error/",
        observations.error,
        name="observation_error",
    ),
]
