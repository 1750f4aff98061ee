"""Addresses of plans, under /ke-hoach/."""

from django.urls import path

from tinhso.modules.plan.views import plans, register, review

app_name = "plan"
urlpatterns = [
    path("", register.home, name="home"),
    path("moi/", register.give, name="give"),
    path("viec/", register.tasks, name="tasks"),
    path("<uuid:plan_id>/", plans.plan, name="plan"),
    path("<uuid:plan_id>/van-ban/", plans.text, name="text"),
    path("<uuid:plan_id>/tien/", plans.money, name="money"),
    path("<uuid:plan_id>/tien/<uuid:movement_id>/", plans.take_back, name="take-back"),
    path("<uuid:plan_id>/bao-cao/", plans.report, name="report"),
    path("<uuid:plan_id>/soat/", review.review, name="review"),
    path("<uuid:plan_id>/soat/them/", review.add, name="add"),
    path("<uuid:plan_id>/soat/xong/", review.clear, name="clear"),
    path("<uuid:plan_id>/rut/", plans.withdraw, name="withdraw"),
    path("<uuid:plan_id>/muc/<uuid:item_id>/", plans.item, name="item"),
    path("<uuid:plan_id>/muc/<uuid:item_id>/sua/", review.correct, name="correct"),
]
