"""Addresses of the operations centre, under /dieu-hanh/."""

from django.urls import path

from tinhso.modules.operations import views

app_name = "operations"
urlpatterns = [
    path("", views.home, name="home"),
    path("sap-xep/<slug:code>/", views.arrange, name="arrange"),
    path("<str:unit>/", views.board, name="board"),
    path("<str:unit>/chi-tieu/", views.targets, name="targets"),
    path("<str:unit>/hom-qua/", views.day, name="day"),
    path("<str:unit>/so-sanh/", views.compare, name="compare"),
    path("<str:unit>/so/<str:code>/", views.figure, name="figure"),
]
