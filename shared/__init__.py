"""What every service promises in the same way; each module is one promise, and nothing here knows a service."""
