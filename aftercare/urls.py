from django.urls import path

from aftercare.views import (
    answering,
    check_ins,
    coming_back,
    concerns,
    contacts,
    deaths,
    events,
    follow_ups,
    hands,
    leaving,
    leaving_care,
    measures,
    month,
    site_moves,
)

app_name = "aftercare"
urlpatterns = [
    path("staff/<int:pk>/leaving/", leaving.leaving, name="leaving"),
    path("staff/<int:pk>/leaving/successors/", leaving.successors, name="successors"),
    path("staff/<int:pk>/leaving/confirm/", leaving.confirm, name="confirm_leaving"),
    path("staff/<int:pk>/away/", hands.away, name="away"),
    path("calendar/", month.month, name="month"),
    path("people/<int:pk>/aftercare/", follow_ups.of_patient, name="of_patient"),
    path("people/<int:pk>/aftercare/add/", follow_ups.add, name="add"),
    path("people/<int:pk>/aftercare/contact/", contacts.record, name="record_contact"),
    path("people/<int:pk>/record/", events.record, name="record"),
    path(
        "people/<int:pk>/record/<slug:event_kind>/",
        events.record_kind,
        name="record_kind",
    ),
    path("people/<int:pk>/events/<int:event>/", events.event, name="event"),
    path(
        "people/<int:pk>/events/<int:event>/correct/",
        events.correct,
        name="correct_event",
    ),
    path(
        "people/<int:pk>/events/<int:event>/take-back/",
        events.take_back,
        name="take_back_event",
    ),
    path(
        "people/<int:pk>/concerns/<int:concern>/",
        concerns.resolve,
        name="resolve_concern",
    ),
    path("people/<int:pk>/leave/", leaving_care.leave_care, name="leave_care"),
    path(
        "people/<int:pk>/leave/take-back/",
        leaving_care.take_back_leaving,
        name="take_back_leaving",
    ),
    path(
        "people/<int:pk>/leave/no-calls/",
        leaving_care.decline_contacts,
        name="decline_contacts",
    ),
    path(
        "people/<int:pk>/leave/calls/",
        leaving_care.allow_contacts,
        name="allow_contacts",
    ),
    path("people/<int:pk>/come-back/", coming_back.come_back, name="come_back"),
    path(
        "people/<int:pk>/come-back/undo/",
        coming_back.undo_coming_back,
        name="undo_coming_back",
    ),
    path("people/<int:pk>/death/", deaths.death, name="death"),
    path(
        "people/<int:pk>/death/<int:death>/confirm/",
        deaths.confirm_death,
        name="confirm_death",
    ),
    path(
        "people/<int:pk>/death/<int:death>/drop/", deaths.drop_death, name="drop_death"
    ),
    path(
        "people/<int:pk>/death/<int:death>/mistake/",
        deaths.ask_correction,
        name="ask_correction",
    ),
    path(
        "people/<int:pk>/death/<int:death>/put-right/",
        deaths.correct_death,
        name="correct_death",
    ),
    path("people/<int:pk>/move/", site_moves.move_to_site, name="move_to_site"),
    path("people/<int:pk>/moves/", site_moves.site_moves, name="site_moves"),
    path("people/<int:pk>/measures/give/", measures.choose, name="choose_measures"),
    path("people/<int:pk>/check-ins/new/", check_ins.new, name="new_check_in"),
    path("people/<int:pk>/check-ins/<int:check_in>/", check_ins.look, name="check_in"),
    path(
        "people/<int:pk>/check-ins/<int:check_in>/take-back/",
        check_ins.revoke,
        name="revoke_check_in",
    ),
    path(
        "people/<int:pk>/check-ins/<int:check_in>/again/",
        check_ins.again,
        name="check_in_again",
    ),
    # Behind a link, without an account: nothing in these addresses says what it is.
    path("c/", answering.page, name="check_in_page"),
    path("c/answer/", answering.save_one, name="check_in_save"),
    path("c/send/", answering.send, name="check_in_send"),
    path("c/<str:token>/", answering.open_link, name="open_check_in"),
    path("follow-ups/<int:pk>/move/", follow_ups.move, name="move"),
    path("follow-ups/<int:pk>/close/", follow_ups.close, name="close"),
    path("follow-ups/<int:pk>/give/", follow_ups.give, name="give"),
    path("follow-ups/<int:pk>/reopen/", follow_ups.reopen, name="reopen"),
    path("contacts/<int:pk>/take-back/", contacts.take_back, name="take_back"),
]
