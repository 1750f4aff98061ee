"""Addresses of the data store, under `/kho/`."""

from django.urls import path

from tinhso.modules.holdings import views

app_name = "holdings"
urlpatterns = [
    path("", views.own, name="own"),
    path("ai-da-xem/", views.readers, name="readers"),
    path("tra-cuu/", views.look, name="look"),
    path("giay-to-khong-phai-nop/", views.saved, name="saved"),
    path("nap/", views.batches, name="batches"),
    path("nap/mau/", views.empty_sheet, name="empty_sheet"),
    path("nap/<uuid:batch_id>/", views.batch, name="batch"),
    path("nap/<uuid:batch_id>/bat-dau/", views.confirm, name="confirm"),
    path("nap/<uuid:batch_id>/loi/", views.broken, name="broken"),
    path("nap/<uuid:batch_id>/kiem-tra/", views.check, name="check"),
    path("nap/<uuid:batch_id>/kiem-tra/<uuid:holding_id>/", views.paper, name="paper"),
    path("thu-hoi/<uuid:holding_id>/", views.revoke, name="revoke"),
]
