"""Reads of provisioning: officials and posts in the words of SCIM."""
