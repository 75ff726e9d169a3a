"""All that is known, taken together: who the callers are, how it stands, and how it differs from before."""
