"""Addresses below `/xep-hang/`."""

from django.urls import path

from tinhso.modules.queueing.views import booking, hall, steering, windows

app_name = "queueing"
urlpatterns = [
    path("", hall.home, name="home"),
    path("lay-so/<str:desk>/", hall.kiosk, name="kiosk"),
    path("phieu/<str:token>/", hall.ticket, name="ticket"),
    path("phieu/<str:token>/in/", hall.slip, name="slip"),
    path("phieu/<str:token>/roi/", hall.leave, name="leave"),
    path("man-hinh/<str:desk>/", hall.display, name="display"),
    path("quay/", windows.home, name="window"),
    path("quay/mo/", windows.open_, name="open"),
    path("quay/dong/", windows.close, name="close"),
    path("quay/dong-ho/", windows.release, name="release"),
    path("quay/goi/", windows.call, name="call"),
    path("quay/phieu/<uuid:ticket_id>/", windows.act_on, name="act_on"),
    path("hom-nay/", steering.home, name="today"),
    path("hom-nay/<str:desk>/", steering.today, name="figures"),
    path("hom-nay/<str:desk>/phieu/", steering.tickets, name="tickets"),
    path("hom-nay/<str:desk>/csv/", steering.as_csv, name="figures_csv"),
    path("dat-lich/", booking.choose, name="book"),
    path("dat-lich/<str:desk>/<str:code>/", booking.book, name="book_line"),
    path("lich-hen/", booking.find, name="find"),
    path("lich-hen/<str:code>/", booking.appointment, name="appointment"),
    path("lich-hen/<str:code>/huy/", booking.cancel, name="cancel"),
]
