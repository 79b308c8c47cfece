from django.urls import path

from jobs import views

app_name = "jobs"
urlpatterns = [
    path("workers/", views.board, name="board"),
    path("workers/outbox/", views.outbox, name="outbox"),
    path("workers/pause/", views.pause, name="pause"),
    path("workers/pauses/<int:pk>/go-on/", views.go_on, name="go_on"),
    path("workers/held/<int:pk>/try-again/", views.try_again, name="try_again"),
    path("workers/jobs/<int:pk>/stop/", views.cancel, name="cancel"),
]
