from django.urls import path

from accounts.views import audit, sessions, staff, unsent

app_name = "accounts"
urlpatterns = [
    path("sign-in/", sessions.sign_in, name="sign_in"),
    path("sign-out/", sessions.sign_out, name="sign_out"),
    path(
        "sign-out-everywhere/", sessions.sign_out_everywhere, name="sign_out_everywhere"
    ),
    path("switch-clinic/", sessions.switch_clinic, name="switch_clinic"),
    path("account/", sessions.account, name="account"),
    path(
        "set-password/<str:uid>/<str:token>/",
        sessions.set_password,
        name="set_password",
    ),
    path("not-saved-yet/", unsent.not_saved_yet, name="not_saved_yet"),
    path("not-saved-yet/<int:pk>/discard/", unsent.discard, name="discard_unsent"),
    path("permissions/", sessions.permissions, name="permissions"),
    path("staff/", staff.staff, name="staff"),
    path("staff/invite/", staff.invite, name="invite"),
    path("staff/<int:pk>/", staff.member, name="member"),
    path("staff/<int:pk>/end-access/", staff.end_access, name="end_access"),
    path("staff/<int:pk>/invite-again/", staff.invite_again, name="invite_again"),
    path("audit/", audit.audit, name="audit"),
    path("audit/changes/", audit.changes, name="changes"),
]
