"""Addresses of one's own data, beside the other pages of the account."""

from django.urls import path

from tinhso.kernel.privacy import views

app_name = "privacy"
urlpatterns = [path("tai-khoan/du-lieu/", views.own_data, name="own_data")]
