"""The way to outside systems: each implements a protocol that a kernel declares and is named in settings."""
