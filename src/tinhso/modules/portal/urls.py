"""Addresses of the front door: everything stands at the top level."""

from django.urls import path

from tinhso.modules.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("tro-giup/", views.help_page, name="help"),
    path("gioi-thieu/", views.about, name="about"),
    path("tiep-can/", views.accessibility, name="accessibility"),
    path("du-lieu-ca-nhan/", views.personal_data, name="personal_data"),
    path("suc-khoe/", views.health, name="health"),
]
