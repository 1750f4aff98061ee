"""Addresses of quality, under /chat-luong/."""

from django.urls import path

from tinhso.modules.quality.views import agencies, nine, public, reporting, surveys

app_name = "quality"
urlpatterns = [
    path("", public.results, name="public"),
    path("bang/", agencies.table, name="table"),
    path("co-quan/", agencies.home, name="home"),
    path("co-quan/<str:code>/", agencies.agency, name="agency"),
    path("co-quan/<str:code>/bao-cao/", agencies.report, name="report_paper"),
    path("co-quan/<str:code>/linh-vuc/", agencies.fields, name="fields"),
    path("co-quan/<str:code>/chi-so/<str:key>/", agencies.indicator, name="indicator"),
    path("co-quan/<str:code>/chi-so/<str:key>/nhap/", reporting.report, name="report"),
    path("so-lieu/<uuid:report_id>/", reporting.decide, name="decide"),
    path("co-quan/<str:code>/nang-diem/", agencies.lift, name="lift"),
    path("co-quan/<str:code>/chot/", agencies.close, name="close"),
    path("co-quan/<str:code>/mo-lai/", agencies.reopen, name="reopen"),
    path("co-quan/<str:code>/chin-chi-so/", nine.nine, name="nine"),
    path("co-quan/<str:code>/chin-chi-so/nhap/", nine.enter, name="enter"),
    path("khao-sat/", surveys.surveys, name="surveys"),
    path("khao-sat/moi/", surveys.make, name="make_survey"),
    path("khao-sat/<uuid:survey_id>/", surveys.survey, name="survey"),
    path("khao-sat/<uuid:survey_id>/lam/", surveys.act_on, name="act_on_survey"),
    path("khao-sat/<uuid:survey_id>/goi/", surveys.call, name="call"),
    path("khao-sat/<uuid:survey_id>/goi/<uuid:invitation_id>/", surveys.interview, name="interview"),
    path("phieu/<str:token>/", surveys.answer, name="answer"),
]
