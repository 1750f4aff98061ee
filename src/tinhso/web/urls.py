"""Addresses of the design system."""

from django.urls import path

from tinhso.web import views

app_name = "web"
urlpatterns = [
    path("design/", views.design, name="design"),
    path("giao-dien/province.css", views.theme, name="theme"),
    path("ngon-ngu/", views.language, name="language"),
    path("phien/gia-han/", views.extend_session, name="extend"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("sw.js", views.service_worker, name="service_worker"),
    path("ngoai-tuyen/", views.offline, name="offline"),
]
