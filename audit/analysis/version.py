"""The version of the method and of the project; CHANGELOG.md says what changed."""

VERSION = "0.3.0"
