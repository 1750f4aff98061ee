"""Addresses under /tai-khoan/: our pages, then allauth's."""

from allauth.mfa.recovery_codes.views import download_recovery_codes, view_recovery_codes
from django.urls import include, path
from django.views.generic import RedirectView

from tinhso.kernel.identity import views, vneid
from tinhso.kernel.identity.recovery import then_hashed

own = [
    path("", views.home, name="home"),
    path("thong-bao/", views.notices, name="notices"),
    path("thong-bao/da-doc/", views.read_all, name="read_all"),
    path("thong-bao/<uuid:notice_id>/", views.open_notice, name="notice"),
    path("phien/", views.session_standing, name="standing"),
    path("phien-dang-nhap/", views.open_sessions, name="sessions"),
    path("ma-truy-cap/", views.tokens, name="tokens"),
    path("ma-truy-cap/<uuid:token_id>/thu-hoi/", views.revoke, name="revoke"),
    path("tiep-tuc/<str:key>/", views.continue_form, name="continue"),
    path("tu-choi/<str:code>/", views.refusal, name="refusal"),
]
home = RedirectView.as_view(pattern_name="identity:home")
urlpatterns = [
    path("", include((own, "identity"))),
    # before allauth's view of the same address: ours checks signature, nonce and issuer
    path("oidc/<str:provider_id>/login/callback/", vneid.callback, name="vneid_callback"),
    # pages of the library that this house does not use: one address per person, kept on the account's own page
    path("email/", home),
    path("3rdparty/", home),
    path("sessions/", RedirectView.as_view(pattern_name="identity:sessions")),
    # before the library's own, which they are: what they showed is kept as hashes afterwards
    path("2fa/recovery-codes/", then_hashed(view_recovery_codes), name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/download/", then_hashed(download_recovery_codes), name="mfa_download_recovery_codes"),
    path("", include("allauth.urls")),
]
