"""Addresses below `/quan-tri/`."""

from django.urls import path

from tinhso.modules.administration.views import (
    agencies,
    emergency,
    operations,
    people,
    records,
    reforms,
    services,
    system,
)

app_name = "administration"

people_patterns = [
    path("nguoi/", people.people, name="people"),
    path("nguoi/moi/", people.add, name="add_official"),
    path("nguoi/<uuid:official_id>/", people.person, name="person"),
    path("nguoi/<uuid:official_id>/sua/", people.change, name="change_official"),
    path("nguoi/<uuid:official_id>/bo-nhiem/", people.appoint_to, name="appoint"),
    path("nguoi/<uuid:official_id>/tai-khoan/", people.open_account, name="open_account"),
    path("nguoi/<uuid:official_id>/tai-khoan/mat-khau/", people.reset, name="reset_password"),
    path("nguoi/<uuid:official_id>/tai-khoan/dong/", people.shut, name="shut_account"),
    path("nguoi/<uuid:official_id>/tai-khoan/dang-xuat/", people.sign_out, name="sign_out"),
    path("nguoi/<uuid:official_id>/tai-khoan/mo-lai/", people.reopen, name="reopen_account"),
    path("nguoi/<uuid:official_id>/ma-truy-cap/", system.give_token, name="give_token"),
    path("nguoi/<uuid:official_id>/uy-quyen/<int:delegation_id>/thu-hoi/", people.take_back, name="take_back"),
    path("nhiem-ky/<int:tenure_id>/ket-thuc/", people.end, name="end_tenure"),
    path("nhiem-ky/<int:tenure_id>/uy-quyen/", people.lend, name="delegate"),
]
service_patterns = [
    path("thu-tuc/", services.procedures, name="procedures"),
    path("thu-tuc/<str:code>/", services.procedure, name="procedure"),
    path("quy-trinh/", services.flows, name="flows"),
    path("quy-trinh/<str:code>/rut/", services.withdraw_flow, name="withdraw_flow"),
    path("quy-trinh/<str:code>/<int:version>/", services.flow, name="flow"),
    path("quy-trinh/<str:code>/<int:version>/tep/", services.flow_file, name="flow_file"),
    path("bieu-mau/", services.forms, name="forms"),
    path("bieu-mau/<str:code>/", services.form, name="form"),
]
system_patterns = [
    path("khan-cap/", emergency.emergencies, name="emergencies"),
    path("khan-cap/moi/", emergency.begin, name="take_emergency"),
    path("khan-cap/<uuid:emergency_id>/ket-thuc/", emergency.end, name="end_emergency"),
    path("so-cai/", records.journal, name="journal"),
    path("so-cai/kiem-chung/", records.log, name="log"),
    path("so-cai/<uuid:entry_id>/", records.entry, name="entry"),
    path("van-hanh/", operations.operations, name="operations"),
    path("su-co/", system.troubles, name="troubles"),
    path("su-co/thu-lai/<int:delivery_id>/", system.replay, name="replay"),
    path("su-co/buoc/", system.stuck, name="stuck"),
    path("su-co/buoc/<uuid:waiting_id>/", system.retry_step, name="retry_step"),
    path("su-co/thu/<str:state>/", system.mail, name="mail"),
    path("su-co/gui-lai/<uuid:message_id>/", system.retry_mail, name="retry_mail"),
    path("ma-truy-cap/", system.tokens, name="tokens"),
    path("ma-truy-cap/<uuid:token_id>/thu-hoi/", system.take_token, name="take_token"),
    path("cai-dat/", system.settings, name="settings"),
]
reform_patterns = [
    path("sap-xep/", reforms.reforms, name="reforms"),
    path("sap-xep/<slug:pack>/", reforms.reform, name="reform"),
    path("sap-xep/<slug:pack>/quyet-dinh.csv", reforms.decisions, name="reform_csv"),
    path("sap-xep/<slug:pack>/so-lieu/", reforms.figures, name="reform_figures"),
    path("sap-xep/<slug:pack>/<int:question_id>/", reforms.question, name="reform_question"),
]
urlpatterns = [
    path("", system.home, name="home"),
    path("co-quan/", agencies.agencies, name="agencies"),
    path("co-quan/<str:code>/", agencies.agency, name="agency"),
    *people_patterns,
    *reform_patterns,
    *service_patterns,
    *system_patterns,
]
