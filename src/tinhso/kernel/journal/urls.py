"""Addresses below `/so-cai/`."""

from django.urls import path

from tinhso.kernel.journal import views

app_name = "journal"
urlpatterns = [
    path("", views.roots, name="roots"),
    path("roots.json", views.roots_json, name="roots_json"),
    path("consistency.json", views.consistency_json, name="consistency_json"),
    path("<uuid:entry_id>/", views.receipt_of, name="receipt_of"),
    path("<str:code>.json", views.receipt_json, name="receipt_json"),
    path("<str:code>/", views.receipt, name="receipt"),
]
