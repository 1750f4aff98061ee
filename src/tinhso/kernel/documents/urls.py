"""Addresses of files, under `/tep/`."""

from django.urls import path

from tinhso.kernel.documents import tus, views

app_name = "documents"
urlpatterns = [
    path("", views.hand_in, name="hand_in"),
    path("tus/", tus.collection, name="uploads"),
    path("tus/<str:upload_id>/", tus.resource, name="upload"),
    path("<uuid:document_id>/", views.read, name="read"),
    path("<uuid:document_id>/chi-tiet/", views.about, name="about"),
    path("<uuid:document_id>/nhan-dang/", views.searchable, name="searchable"),
    path("<uuid:document_id>/trang/<int:number>/", views.page, name="page"),
]
