"""Addresses of one's own data and consents, beside the other pages of the account."""

from django.urls import path

from tinhso.kernel.privacy import views

app_name = "privacy"
urlpatterns = [
    path("tai-khoan/du-lieu/", views.own_data, name="own_data"),
    path("tai-khoan/dong-y/", views.consents, name="consents"),
    path("tai-khoan/dong-y/<str:purpose>/", views.give, name="give"),
    path("tai-khoan/dong-y/<str:purpose>/rut/", views.withdraw, name="withdraw"),
]
