"""Addresses below `/scim/`."""

from django.urls import path

from tinhso.modules.provisioning.views import about, groups, users

app_name = "provisioning"
urlpatterns = [
    path("v2/ServiceProviderConfig", about.config, name="config"),
    path("v2/Schemas", about.schemas, name="schemas"),
    path("v2/Schemas/<str:urn>", about.schema, name="schema"),
    path("v2/ResourceTypes", about.resource_types, name="resource_types"),
    path("v2/ResourceTypes/<str:name>", about.resource_type, name="resource_type"),
    path("v2/Users", users.users, name="users"),
    path("v2/Users/<str:user_id>", users.user, name="user"),
    path("v2/Groups", groups.groups, name="groups"),
    path("v2/Groups/<str:group_id>", groups.group, name="group"),
    path("v2/<path:rest>", about.nothing, name="nothing"),
]
