"""The promises that every read model must keep: those of `projector/read_model/protocol.py`."""
