from django.urls import path

from assessments.views import answers, intake, measures, observations

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
        "people/<int:pk>/intake/question/<str:question>/",
        answers.question,
        name="question",
    ),
    path("people/<int:pk>/measures/", measures.measures, name="measures"),
    path("people/<int:pk>/measures/give/<str:instrument>/", measures.give, name="give"),
    path(
        "people/<int:pk>/measures/<int:assessment>/", measures.measure, name="measure"
    ),
    path(
        "people/<int:pk>/measures/<int:assessment>/amend/",
        measures.amend,
        name="amend",
    ),
    path(
        "people/<int:pk>/measures/<int:assessment>/error/",
        measures.error,
        name="assessment_error",
    ),
    path("people/<int:pk>/observations/add/", observations.add, name="add_observation"),
    path(
        "people/<int:pk>/observations/<int:observation>/error/",
        observations.error,
        name="observation_error",
    ),
]
