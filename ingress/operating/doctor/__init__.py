"""`ingress doctor`: looks at this installation and at ElevenLabs' side, and says what is wrong and what to do."""
