"""Addresses of the catalogue, under /thu-tuc/."""

from django.urls import path

from tinhso.modules.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("", views.search, name="search"),
    path("su-kien/", views.life_events, name="life_events"),
    path("su-kien/<slug:code>/", views.life_event, name="life_event"),
    path("linh-vuc/", views.fields, name="fields"),
    path("linh-vuc/<slug:slug>/", views.field, name="field"),
    path("<str:code>/", views.procedure, name="procedure"),
]
