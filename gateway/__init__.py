"""The only door: requests are passed on to the services, and what the public may know leaves through the feed.

The gateway is not a root of trust. It reads no token, decides nothing about a case, and hears the reduced topics only,
so that it cannot leak what it never received. It must never learn who called an anonymous route.
"""
