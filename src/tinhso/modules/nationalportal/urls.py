"""Addresses below `/cong-quoc-gia/`."""

from django.urls import path

from tinhso.modules.nationalportal import views

app_name = "nationalportal"
urlpatterns = [
    path("", views.home, name="home"),
    path("gui-lai/", views.tell_again, name="tell_again"),
    path("doi-soat/", views.days, name="days"),
    path("doi-soat/lam/", views.compare, name="compare"),
    path("doi-soat/<str:day>/", views.one_day, name="day"),
    path("doi-soat/<str:day>/gui-lai/", views.send_differences, name="send_differences"),
    path("ho-so-trung-uong/", views.central, name="central"),
]
