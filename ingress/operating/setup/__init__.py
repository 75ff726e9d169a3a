"""`ingress setup`: makes at ElevenLabs what this service needs there, and takes it back."""
