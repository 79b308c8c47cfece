from django.urls import path

from accounts.views import (
    account,
    changes,
    clinic_settings,
    factors,
    first_run,
    sessions,
    staff,
    unsent,
)

app_name = "accounts"
urlpatterns = [
    path("sign-in/", sessions.sign_in, name="sign_in"),
    path("sign-in/second-step/", sessions.second_step, name="second_step"),
    path("sign-in/passkey/", sessions.passkey_sign_in, name="passkey_sign_in"),
    path("sign-out/", sessions.sign_out, name="sign_out"),
    path(
        "sign-out-everywhere/", sessions.sign_out_everywhere, name="sign_out_everywhere"
    ),
    path("switch-clinic/", sessions.switch_clinic, name="switch_clinic"),
    path("confirm/", account.confirm, name="confirm"),
    path("account/", account.account, name="account"),
    path("account/password/", account.password, name="password"),
    path("account/sessions/end-others/", account.end_others, name="end_others"),
    path("account/sessions/<slug:label>/end/", account.end_session, name="end_session"),
    path("account/second-step/", factors.second_step_needed, name="second_step_needed"),
    path("account/app/", factors.code_app, name="code_app"),
    path("account/app/remove/", factors.remove_code_app, name="remove_code_app"),
    path("account/passkeys/new/", factors.new_passkey, name="new_passkey"),
    path(
        "account/passkeys/<int:passkey>/remove/",
        factors.remove_passkey,
        name="remove_passkey",
    ),
    path("account/recovery-codes/", factors.recovery_codes, name="recovery_codes"),
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
    path("staff/second-step/", staff.factor_policy, name="factor_policy"),
    path("staff/roles/", staff.role_requests, name="role_requests"),
    path("staff/roles/<int:role>/confirm/", staff.confirm_role, name="confirm_role"),
    path("staff/roles/<int:role>/decline/", staff.decline_role, name="decline_role"),
    path("staff/<int:pk>/", staff.member, name="member"),
    path("staff/<int:pk>/end-access/", staff.end_access, name="end_access"),
    path("staff/<int:pk>/invite-again/", staff.invite_again, name="invite_again"),
    path("first-run/", first_run.first_run, name="first_run"),
    path("clinic/", clinic_settings.settings, name="clinic_settings"),
    path(
        "clinic/panels/<slug:section>/", clinic_settings.save_panel, name="save_panel"
    ),
    path("clinic/days/add/", clinic_settings.add_day, name="add_day"),
    path("clinic/days/<int:pk>/remove/", clinic_settings.remove_day, name="remove_day"),
    path("clinic/kind/propose/", clinic_settings.propose_kind, name="propose_kind"),
    path(
        "clinic/kind/<int:pk>/agree/",
        clinic_settings.agree_to_kind,
        name="agree_to_kind",
    ),
    path("clinic/kind/<int:pk>/drop/", clinic_settings.drop_kind, name="drop_kind"),
    path(
        "staff/<int:pk>/reset-second-step/", staff.reset_factors, name="reset_factors"
    ),
    path("audit/changes/", changes.changes, name="changes"),
]
