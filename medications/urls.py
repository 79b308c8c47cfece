from django.urls import path

from medications.views import (
    choosing,
    decision,
    earlier,
    interactions,
    knowledge,
    knowledge_impact,
    knowledge_more,
    knowledge_room,
    take_over,
    talk,
    talk_tablet,
    talk_texts,
)

app_name = "medications"
urlpatterns = [
    path("people/<int:pk>/medication/", decision.decision, name="decision"),
    path("people/<int:pk>/medication/ask/<str:question>/", decision.ask, name="ask"),
    path(
        "people/<int:pk>/medication/interactions/",
        interactions.interactions,
        name="interactions",
    ),
    path(
        "people/<int:pk>/medication/decide/<str:choice>/",
        choosing.decide,
        name="decide",
    ),
    path("people/<int:pk>/medication/accept/", choosing.accept, name="accept"),
    path("people/<int:pk>/medication/earlier/", earlier.earlier, name="earlier"),
    path(
        "people/<int:pk>/medication/decisions/<int:decision>/",
        choosing.recorded,
        name="recorded",
    ),
    path("people/<int:pk>/medication/talk/", talk.talk, name="talk"),
    path(
        "people/<int:pk>/medication/talk/sheet/<int:sheet_paper>/",
        talk.sheet,
        name="talk_sheet",
    ),
    path("people/<int:pk>/medication/talk/ask/", talk.ask, name="talk_ask"),
    path(
        "people/<int:pk>/medication/talk/hand-over/",
        talk_tablet.hand_over,
        name="talk_hand_over",
    ),
    path("handover/talk/", talk_tablet.tablet, name="tablet"),
    path("handover/talk/back/", talk_tablet.back, name="tablet_back"),
    path("decision-aid/", talk_texts.aid_texts, name="aid_texts"),
    path(
        "decision-aid/<str:key>/<str:language>/", talk_texts.aid_text, name="aid_text"
    ),
    path("knowledge/", knowledge.rules, name="knowledge"),
    path("knowledge/numbers/", knowledge_more.all_numbers, name="numbers"),
    path("knowledge/subjects/<str:subject>/", knowledge_room.subject, name="subject"),
    path(
        "knowledge/subjects/<str:subject>/sign/",
        knowledge_room.sign,
        name="sign_subject",
    ),
    path("knowledge/sign-off/", knowledge_more.together, name="sign_off"),
    path("knowledge/sign-off/<int:sister>/", take_over.take_over, name="take_over"),
    path("knowledge/edition/", knowledge_impact.ask_edition, name="edition_impact"),
    path("knowledge/impact/<int:run>/", knowledge_impact.result, name="impact"),
    path("knowledge/impact/<int:run>/csv/", knowledge_impact.file, name="impact_file"),
    path(
        "knowledge/medications/<str:medication>/",
        knowledge_more.by_medication,
        name="by_medication",
    ),
    path("knowledge/<str:rule>/", knowledge.rule, name="rule"),
    path("knowledge/<str:rule>/impact/", knowledge_impact.ask, name="rule_impact"),
    path("knowledge/<str:rule>/use/", knowledge_more.usage, name="rule_use"),
]
