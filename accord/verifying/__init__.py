"""Checking a public record from outside, with nothing but what anybody can read.

What was seen last time is remembered, so that a record that changed quietly since is found.
"""
