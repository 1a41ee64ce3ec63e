"""The four services. None of them imports another: they meet only over events."""
