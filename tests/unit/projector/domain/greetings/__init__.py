"""Tests of `projector.domain.greetings`."""
