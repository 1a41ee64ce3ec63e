"""One true story through all four services, told through the gateway as its users would."""
