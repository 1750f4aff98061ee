"""Accounts, sign-in, mail and payment: allauth, `kernel.identity`, and the adapters they use. Part of `base`."""

from __future__ import annotations

from urllib.parse import urlsplit

from tinhso.base.env import flag, setting

DEMONSTRATION = flag("DEMONSTRATION", "invented people and sandbox: says so on pages, lets passkeys be tried over http")
SANDBOX_URL = setting("SANDBOX_URL", "http://127.0.0.1:8010", "address of the sandbox (VNeID, payment, mailbox)")

AUTH_USER_MODEL = "identity.Account"
AUTHENTICATION_BACKENDS = ["tinhso.kernel.identity.backend.Backend"]
SIGN_IN_APPS = [
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "tinhso.kernel.identity.library",
]
SIGN_IN_MIDDLEWARE = [
    "allauth.account.middleware.AccountMiddleware",
    "tinhso.kernel.identity.middleware.ActorMiddleware",
    "tinhso.kernel.identity.middleware.RefusalMiddleware",
    "tinhso.kernel.signon.form_targets.FormTargets",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "tinhso.kernel.identity.passwords.NotTheName"},
    {"NAME": "tinhso.kernel.identity.passwords.NotTheHouse"},
]
# scrypt: memory-hard, in the standard library, a tenth of the processor time of PBKDF2 at these settings
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
WEB_SIGN_OUT = "account_logout"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = int(setting("SESSION_MINUTES", "60", "minutes of rest after which a session ends")) * 60
SECOND_FACTOR = flag("SECOND_FACTOR", "officials need a second factor before they may act", default=True)
FIRST_PASSWORD_DAYS = int(
    setting(
        "FIRST_PASSWORD_DAYS", "7", "days after which a password given by an administrator no longer opens the door"
    )
)
EMERGENCY_HOURS = int(
    setting("EMERGENCY_HOURS", "4", "hours for which an administrator may take a role in an emergency")
)
DEMO_PASSWORD = setting("DEMO_PASSWORD", "Cau-Nhat-Ban-1593", "password of the invented officials")
DEMO_PIN = setting("DEMO_PIN", "246810", "PIN of the invented leaders' test signing keys")

ACCOUNT_ADAPTER = "tinhso.kernel.identity.doors.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_FORMS = {"reset_password": "tinhso.kernel.identity.reset.ResetPasswordForm"}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "tinhso.kernel.identity.passwords.ResetTokens"  # noqa: S105 - a class
ACCOUNT_USER_DISPLAY = "tinhso.kernel.identity.queries.display_name"
# our own lock-out (kernel.identity.queries.locked_until) says how long to wait; this one stands behind it
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "60/m/ip,20/5m/key", "reauthenticate": "20/m/user"}
ALLAUTH_TRUSTED_PROXY_COUNT = int(setting("PROXIES", "0", "reverse proxies in front that set X-Forwarded-For"))

MFA_ADAPTER = "tinhso.kernel.identity.doors.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "tinhso.kernel.identity.doors.AuthenticateForm",
    "reauthenticate": "tinhso.kernel.identity.doors.ReauthenticateForm",
    "activate_totp": "tinhso.kernel.identity.doors.ActivateForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
# a clock may go wrong by half a minute either way; that a code works once is seen to by kernel.identity.codes
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMONSTRATION
MFA_WEBAUTHN_USER_VERIFICATION = "preferred"

SOCIALACCOUNT_ADAPTER = "tinhso.kernel.identity.doors.SocialAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
VNEID_ISSUER = setting("VNEID_ISSUER", f"{SANDBOX_URL}/vneid", "issuer of the citizens' OpenID Connect sign-on")
VNEID_LEVEL = int(setting("VNEID_LEVEL", "2", "lowest VNeID level that may come in"))
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "vneid",
                "name": "VNeID",
                "client_id": setting("VNEID_CLIENT", "tinhso", "our client id at VNeID"),
                "secret": setting("VNEID_SECRET", "only-for-demonstration", "our secret at VNeID", secret=True),
                "settings": {
                    "server_url": VNEID_ISSUER,
                    "token_auth_method": "client_secret_basic",
                    "oauth_pkce_enabled": True,
                    "scope": ["openid", "profile", "phone", "address", "email", "vn.citizen_id", "vn.org"],
                    "auth_params": {"acr_values": f"urn:vn:vneid:{VNEID_LEVEL}"},
                },
            }
        ]
    }
}
CITIZEN_SOURCE = "tinhso.adapters.vneid.VNeID"

MAIL_SENDER = "tinhso.adapters.mail_smtp.SmtpSender"
SMTP = setting("SMTP", "127.0.0.1:8011", "mail server, host:port")
SMTP_USER = setting("SMTP_USER", "", "user at the mail server; empty for none")
SMTP_PASSWORD = setting("SMTP_PASSWORD", "", "password at the mail server", secret=True)
SMTP_TLS = setting("SMTP_TLS", "", "empty, starttls or tls")
MAIL_FROM = setting("MAIL_FROM", "Cổng dịch vụ công <khong-tra-loi@tinhso.example>", "sender of all mail")

SMS_SENDER = "tinhso.adapters.sms_http.HttpSms"
SMS_URL = setting("SMS_URL", f"{SANDBOX_URL}/sms/api/messages", "address of the gateway for short messages")
SMS_SECRET = setting("SMS_SECRET", "only-for-demonstration", "our signing key at that gateway", secret=True)

PAYMENT_GATEWAY = "tinhso.adapters.payment_gateway.HostedGateway"
PAYMENT_URL = setting("PAYMENT_URL", f"{SANDBOX_URL}/payment", "address of the payment gateway")
PAYMENT_MERCHANT = setting("PAYMENT_MERCHANT", "TINHSO", "our merchant code at the gateway")
PAYMENT_SECRET = setting("PAYMENT_SECRET", "only-for-demonstration", "our signing key at the gateway", secret=True)

NATIONAL_PORTAL = "tinhso.adapters.national_portal.SyncServices"
NATIONAL_URL = setting(
    "NATIONAL_URL", f"{SANDBOX_URL}/national", "address of the national portal's services; empty: nobody is told"
)
NATIONAL_UNIT = setting("NATIONAL_UNIT", "H47", "our code at the national portal: that of the province")
NATIONAL_SECRET = setting("NATIONAL_SECRET", "only-for-demonstration", "our secret at the national portal", secret=True)

REGISTERS = "tinhso.adapters.xroad_registers.XRoadRegisters"
REGISTERS_URL = setting(
    "REGISTERS_URL",
    f"{SANDBOX_URL}/registers",
    "our security server at the data exchange, for registers of others; empty: none is asked",
)
REGISTERS_CLIENT = setting("REGISTERS_CLIENT", "VN/GOV/H47/TINHSO", "our client identifier at the data exchange")

FORM_TARGETS = sorted({"{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in (VNEID_ISSUER, PAYMENT_URL)})
"""Origins a form of ours may lead to by redirect: browsers check CSP form-action on redirects too."""
