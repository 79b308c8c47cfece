from django.urls import path

from aftercare.views import concerns, contacts, follow_ups, jobs

app_name = "aftercare"
urlpatterns = [
    path("people/<int:pk>/aftercare/", follow_ups.of_patient, name="of_patient"),
    path("people/<int:pk>/aftercare/add/", follow_ups.add, name="add"),
    path("people/<int:pk>/aftercare/contact/", contacts.record, name="record_contact"),
    path(
        "people/<int:pk>/concerns/<int:concern>/",
        concerns.resolve,
        name="resolve_concern",
    ),
    path("follow-ups/<int:pk>/move/", follow_ups.move, name="move"),
    path("follow-ups/<int:pk>/close/", follow_ups.close, name="close"),
    path("contacts/<int:pk>/take-back/", contacts.take_back, name="take_back"),
    path("workers/", jobs.jobs, name="jobs"),
    path("workers/notices/<int:pk>/send-again/", jobs.send_again, name="send_again"),
]
