"""Addresses below `/kiem-tra/`."""

from django.urls import path

from tinhso.modules.inspection import views

app_name = "inspection"

urlpatterns = [
    path("", views.home, name="home"),
    path("cua-toi/", views.mine, name="mine"),
    path("tinh-huong/", views.scenarios, name="scenarios"),
    path("tinh-huong/<slug:code>/", views.scenario, name="scenario"),
    path("<uuid:finding_id>/", views.finding, name="finding"),
    path("<uuid:finding_id>/giao/", views.assign, name="assign"),
    path("<uuid:finding_id>/<slug:verb>/", views.do, name="act"),
]
