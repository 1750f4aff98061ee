"""Addresses of sign-on: fixed ones below /.well-known/, programs' and people's below /oidc/, one page of the account."""

from django.urls import path

from tinhso.kernel.signon.views import authorize, discovery, leaving, own, tokens

app_name = "signon"
urlpatterns = [
    path(".well-known/openid-configuration", discovery.configuration, name="configuration"),
    path(".well-known/oauth-authorization-server", discovery.configuration, name="configuration_oauth"),
    path("oidc/jwks.json", discovery.jwks, name="jwks"),
    path("oidc/authorize", authorize.authorize, name="authorize"),
    path("oidc/consent", authorize.consent, name="consent"),
    path("oidc/token", tokens.token, name="token"),
    path("oidc/userinfo", tokens.userinfo, name="userinfo"),
    path("oidc/introspect", tokens.introspect, name="introspect"),
    path("oidc/revoke", tokens.revoke, name="revoke"),
    path("oidc/par", tokens.par, name="par"),
    path("oidc/logout", leaving.logout, name="logout"),
    path("oidc/logout/confirm", leaving.confirm, name="confirm_logout"),
    path("tai-khoan/he-thong/", own.systems, name="systems"),
    path("tai-khoan/he-thong/<str:system_id>/thu-hoi/", own.take_back, name="take_back"),
]
