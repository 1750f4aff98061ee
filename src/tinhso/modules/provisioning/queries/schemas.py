"""What the endpoints hold and can do (RFC 7643, 5 to 7): the very tables that requests are checked against."""

from __future__ import annotations

from typing import Any, Final

USER: Final = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP: Final = "urn:ietf:params:scim:schemas:core:2.0:Group"
LIST: Final = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PATCH: Final = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR: Final = "urn:ietf:params:scim:api:messages:2.0:Error"
_SCHEMA: Final = "urn:ietf:params:scim:schemas:core:2.0:Schema"
_TYPE: Final = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
_CONFIG: Final = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
MOST: Final = 200
"""Rows of one answer."""


def _attribute(name: str, about: str, **more: Any) -> dict[str, Any]:
    usual = {
        "type": "string", "multiValued": False, "description": about, "required": False, "caseExact": False,
        "mutability": "readWrite", "returned": "default", "uniqueness": "none",
    }  # fmt: skip
    return {"name": name, **usual, **more}


def _listed(name: str, about: str, *subs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return _attribute(name, about, type="complex", multiValued=True, subAttributes=list(subs), **more)


_READ = {"mutability": "readOnly"}
_FIXED = {"mutability": "immutable"}
_LINKS = (
    _attribute("value", "Id of the other resource.", **_FIXED),
    _attribute("$ref", "Address of the other resource.", type="reference", referenceTypes=["User", "Group"], **_FIXED),
    _attribute("display", "Name of the other resource.", **_READ),
)
USER_ATTRIBUTES: Final = [
    _attribute("userName", "Name to sign in with.", required=True, uniqueness="server", **_FIXED),
    _attribute("name", "Name of the official.", type="complex", required=True, subAttributes=[
        _attribute("formatted", "The whole name, family name first.", required=True),
    ]),
    _attribute("displayName", "The same name.", **_READ),
    _attribute("active", "Whether they may sign in. Made false, they lose posts, sessions and tokens at once.",
               type="boolean", required=True),
    _listed("emails", "Address at which they are reached; the first is kept.", _attribute("value", "Address.")),
    _listed("phoneNumbers", "Phone; the first is kept.", _attribute("value", "Number.")),
    _listed("groups", "Posts that they hold today.", *_LINKS, **_READ),
]  # fmt: skip
GROUP_ATTRIBUTES: Final = [
    _attribute("displayName", "Title of the post, and its agency.", required=True, **_READ),
    _listed("members", "Who holds the post today.", *_LINKS),
]


def schemas(base: str) -> list[dict[str, Any]]:
    """Return both schemas."""
    tables = ((USER, "User", "An official with an account.", USER_ATTRIBUTES),
              (GROUP, "Group", "A post at an agency.", GROUP_ATTRIBUTES))  # fmt: skip
    return [
        {
            "schemas": [_SCHEMA], "id": urn, "name": name, "description": about, "attributes": attributes,
            "meta": {"resourceType": "Schema", "location": f"{base}/Schemas/{urn}"},
        }
        for urn, name, about, attributes in tables
    ]  # fmt: skip


def resource_types(base: str) -> list[dict[str, Any]]:
    """Return both types of resources."""
    tables = (("User", "/Users", USER, "An official with an account."), ("Group", "/Groups", GROUP, "A post."))
    return [
        {
            "schemas": [_TYPE], "id": name, "name": name, "endpoint": endpoint, "description": about, "schema": urn,
            "meta": {"resourceType": "ResourceType", "location": f"{base}/ResourceTypes/{name}"},
        }
        for name, endpoint, urn, about in tables
    ]  # fmt: skip


def service_config(base: str) -> dict[str, Any]:
    """Return what is supported, and what is not."""
    return {
        "schemas": [_CONFIG],
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MOST},
        "changePassword": {"supported": False},
        "sort": {"supported": False},
        "etag": {"supported": True},
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken", "name": "Bearer token", "primary": True,
                "description": "An access token of scope scim, of an administrator of the province.",
            }
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base}/ServiceProviderConfig"},
    }  # fmt: skip
