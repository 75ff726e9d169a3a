"""What every read model must keep: the promises of `projector/read_model/protocol.py`."""
