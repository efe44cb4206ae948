"""Whom to call, when, and when to stop. Pure: values in, values out; time is an argument."""
