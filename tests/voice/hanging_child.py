"""A synthesiser's child program that never answers."""

from threading import Event

Event().wait()
