"""Doors of provisioning: Users, Groups, and what the service says of itself."""
