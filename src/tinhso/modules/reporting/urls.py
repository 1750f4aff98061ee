"""Addresses of reports, under /bao-cao/."""

from django.urls import path

from tinhso.modules.reporting import views

app_name = "reporting"
urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:regime>/", views.regime, name="regime"),
    path("<slug:regime>/<str:period>/", views.regime, name="period"),
    path("<slug:regime>/<str:period>/tong-hop/", views.together, name="together"),
    path("<slug:regime>/<str:period>/dong/", views.close, name="close"),
    path("<slug:regime>/<str:period>/<str:unit>/", views.report, name="report"),
    path("<slug:regime>/<str:period>/<str:unit>/bieu/", views.sheet, name="sheet"),
]
