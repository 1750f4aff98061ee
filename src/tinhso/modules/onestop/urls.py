"""
Addresses of the one-stop shop: the citizen's under /ho-so/, the desk's under /mot-cua/.

A dossier code may hold a slash (the pattern is the province's), so what can be done with a dossier stands before it.
"""

from django.urls import path

from tinhso.modules.onestop.views import application, citizen, comparing, deciding, desk, intake, payment, work

app_name = "onestop"

citizen_patterns = [
    path("ho-so/", citizen.mine, name="mine"),
    path("ho-so/nop/<str:code>/", application.begin, name="begin"),
    path("ho-so/don/<uuid:application_id>/", application.task_list, name="tasks"),
    path("ho-so/don/<uuid:application_id>/co-quan/", application.choose_agency, name="agency"),
    path("ho-so/don/<uuid:application_id>/buoc/<str:step>/", application.step, name="step"),
    path("ho-so/don/<uuid:application_id>/giay-to/<str:component>/", application.papers, name="papers"),
    path(
        "ho-so/don/<uuid:application_id>/giay-to/<str:component>/bo/<uuid:file_id>/",
        application.remove_file,
        name="remove_file",
    ),
    path(
        "ho-so/don/<uuid:application_id>/giay-to/<str:component>/kho/<uuid:held_id>/",
        application.use_held,
        name="use_held",
    ),
    path("ho-so/don/<uuid:application_id>/nhan-ket-qua/", application.delivery, name="delivery"),
    path("ho-so/don/<uuid:application_id>/kiem-tra/", application.check, name="check"),
    path("ho-so/don/<uuid:application_id>/bo/", application.discard, name="discard"),
    path("ho-so/tra-cuu/", citizen.look_up, name="look_up"),
    path("ho-so/tra-cuu/<path:code>/", citizen.track, name="track"),
    path("ho-so/vi-sao/<path:code>/", citizen.why, name="why"),
    path("ho-so/ai-da-xem/<path:code>/", citizen.readers, name="readers"),
    path("ho-so/da-nop/<path:code>/", citizen.filed, name="filed"),
    path("ho-so/bo-sung/<path:code>/", citizen.answer, name="answer"),
    path("ho-so/rut/<path:code>/", citizen.withdraw, name="withdraw"),
    path("ho-so/danh-gia/<path:code>/", citizen.rate, name="rate"),
    path("ho-so/thanh-toan/bao/", payment.payment_notice, name="payment_notice"),
    path("ho-so/thanh-toan/ve/<path:code>/", payment.paid, name="paid"),
    path("ho-so/thanh-toan/<path:code>/", payment.pay, name="pay"),
    path("ho-so/in/<str:form>/<path:code>/", citizen.paper, name="paper"),
    path("ho-so/xem/<path:code>/", citizen.dossier, name="dossier"),
]
desk_patterns = [
    path("mot-cua/", work.worklist, name="worklist"),
    path("mot-cua/tiep-nhan/", desk.inbox, name="inbox"),
    path("mot-cua/tiep-nhan/moi/", intake.choose, name="intake"),
    path("mot-cua/tiep-nhan/moi/<str:code>/", intake.take, name="intake_service"),
    path("mot-cua/tra-ket-qua/", desk.outbox, name="outbox"),
    path("mot-cua/cho-bo-sung/", desk.waiting, name="waiting"),
    path("mot-cua/thu-phi/", desk.cash, name="cash"),
    path("mot-cua/tim/", desk.search, name="search"),
    path("mot-cua/ky/", deciding.signing, name="signing"),
    path("mot-cua/viec/<uuid:task_id>/nhan/", work.take, name="take"),
    path("mot-cua/viec/<uuid:task_id>/tra-lai/", work.give_back, name="give_back"),
    path("mot-cua/tiep-nhan/dong-y/<path:code>/", desk.accept, name="accept"),
    path("mot-cua/tiep-nhan/tu-choi/<path:code>/", desk.refuse, name="refuse"),
    path("mot-cua/bo-sung/<path:code>/", desk.supplement, name="supplement"),
    path("mot-cua/doi-chieu/<uuid:file_id>/<path:code>/", comparing.compare, name="compare"),
    path("mot-cua/nhan-bo-sung/<path:code>/", desk.bring, name="bring"),
    path("mot-cua/thu-phi/<path:code>/", desk.take_payment, name="take_payment"),
    path("mot-cua/hoan-phi/<path:code>/", desk.return_cash, name="return_cash"),
    path("mot-cua/tra/<path:code>/", desk.return_result, name="return_result"),
    path("mot-cua/to-khai/<str:step>/<path:code>/", work.enter_answers, name="enter_answers"),
    path("mot-cua/phan-cong/<path:code>/", work.assign, name="assign"),
    path("mot-cua/trinh/<path:code>/", deciding.propose, name="propose"),
    path("mot-cua/du-thao/<path:code>/", deciding.draft, name="draft"),
    path("mot-cua/dong-y/<path:code>/", work.pass_on, name="pass_on"),
    path("mot-cua/sua/<path:code>/", work.correct, name="correct"),
    path("mot-cua/hoi-y-kien/<path:code>/", work.ask_opinion, name="ask_opinion"),
    path("mot-cua/y-kien/<path:code>/", work.give_opinion, name="give_opinion"),
    path("mot-cua/ky/<path:code>/", deciding.sign, name="sign"),
    path("mot-cua/phat-hanh/<path:code>/", deciding.issue, name="issue"),
    path("mot-cua/hen-lai/<path:code>/", work.postpone, name="postpone"),
    path("mot-cua/dung/<path:code>/", work.stop, name="stop"),
    path("mot-cua/ho-so/<path:code>/", work.dossier, name="work"),
]
urlpatterns = [*citizen_patterns, *desk_patterns]
