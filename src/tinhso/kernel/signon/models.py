"""Tables of sign-on: systems, sign-ins to them, tokens, consent, keys. Written by `actions` only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tinhso.kernel.identity.public import Account
from tinhso.kernel.journal.public import new_id


class ProofMethod(models.TextChoices):
    """How a system proves at the token endpoint which one it is (OpenID Connect Core 1.0, section 9)."""

    BASIC = "client_secret_basic"
    POST = "client_secret_post"
    NONE = "none"
    """A program on people's own devices, which can keep no secret: PKCE alone."""


class System(models.Model):
    """A system that lets people sign in through us: a client in the words of OAuth. Closed, never deleted."""

    id = models.CharField(primary_key=True, max_length=60)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    logo = models.TextField(default="", blank=True)
    """A PNG as a `data:` address, shown on the page of consent; empty for none."""
    is_own = models.BooleanField(default=False)
    """The province's own: nobody is asked for consent, and all of them know a person by the same subject."""
    proof = models.CharField(max_length=20, choices=ProofMethod, default=ProofMethod.BASIC)
    secret_digest = models.CharField(max_length=64, default="", blank=True)
    redirect_uris = models.JSONField(default=list)
    post_logout_uris = models.JSONField(default=list)
    backchannel_uri = models.CharField(max_length=300, default="", blank=True)
    scopes = models.JSONField(default=list)
    sector = models.CharField(max_length=200, default="", blank=True)
    """Host whose systems share a pairwise subject (Core 1.0, section 8.1); that of the first redirect address."""
    is_open = models.BooleanField(default=True)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls this system."""
        return "system", str(self.pk)


class Grant(models.Model):
    """One sign-in of an account into a system: the code, what it was asked with, and the family of its tokens."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    """Told to the system as `sid`."""
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="grants")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40)
    scopes = models.JSONField()
    redirect_uri = models.CharField(max_length=500)
    nonce = models.CharField(max_length=500, default="", blank=True)
    code_digest = models.CharField(max_length=64, unique=True)
    code_challenge = models.CharField(max_length=128)
    code_until = models.DateTimeField()
    code_used_at = models.DateTimeField(null=True)
    acr = models.CharField(max_length=60)
    amr = models.JSONField()
    proved_at = models.DateTimeField()
    """When the person proved who they are: `auth_time`."""
    began_at = models.DateTimeField()
    session_over_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    """From here on no token of the family is worth anything."""
    ended_by = models.CharField(max_length=20, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-id"], name="signon_grants_of_account"),
            models.Index(fields=["id"], condition=Q(session_over_at__isnull=True), name="signon_grants_in_session"),
        ]

    def __str__(self) -> str:
        return f"{self.system_id} {self.began_at:%F %T}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls this sign-in."""
        return "sign-on", str(self.pk)


class TokenKind(models.TextChoices):
    """What a token is for."""

    ACCESS = "access"
    REFRESH = "refresh"


class Token(models.Model):
    """An opaque token of a grant: only its SHA-256 is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="tokens")
    kind = models.CharField(max_length=8, choices=TokenKind)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    """A refresh token is used once: seen again, it was stolen from one of the two who hold it."""

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="signon_tokens_by_end")]

    def __str__(self) -> str:
        return f"{self.kind} {self.issued_at:%F %T}"


class Consent(models.Model):
    """What an account lets a system know; taken back, the row stays with its dates."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="+")
    scopes = models.JSONField()
    given_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "system"], name="signon_one_consent_per_system")]

    def __str__(self) -> str:
        return f"{self.system_id} {self.given_at:%F %T}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls this consent."""
        return "consent", str(self.pk)


class Pairwise(models.Model):
    """The name by which the systems of one sector know an account: random, so that two sectors cannot compare."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    sector = models.CharField(max_length=200)
    sub = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "sector"], name="signon_one_subject_per_sector")]

    def __str__(self) -> str:
        return f"{self.sector} {self.sub}"


class SigningKey(models.Model):
    """A key that signs identities. Published before it signs and for as long as a token signed by it lives."""

    kid = models.CharField(primary_key=True, max_length=64)
    sealed = models.TextField()
    """The private key (PEM), sealed by the key ring, or the site's secret key (`sealing`); empty once the key is withdrawn."""
    public = models.JSONField()
    made_at = models.DateTimeField()
    begins_at = models.DateTimeField(null=True)
    """From when it signs; null for the one that waits."""
    ends_at = models.DateTimeField(null=True)
    """When it stopped to sign."""
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.kid

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls this key."""
        return "signing-key", self.kid


class NewsState(models.TextChoices):
    """Where the news of a sign-out stands."""

    WAITING = "waiting"
    TOLD = "told"
    GIVEN_UP = "given-up"


class LogoutNews(models.Model):
    """A system is to be told that a sign-in ended (Back-Channel Logout 1.0); told by the worker, tried again."""

    grant = models.OneToOneField(Grant, primary_key=True, on_delete=models.CASCADE, related_name="news")
    state = models.CharField(max_length=8, choices=NewsState, default=NewsState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    fault = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["next_at"], condition=Q(state="waiting"), name="signon_news_waiting")]

    def __str__(self) -> str:
        return f"{self.grant_id} {self.state}"
