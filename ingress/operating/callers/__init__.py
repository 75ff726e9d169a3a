"""Whom an operator asks about over HTTP: exports, erasures and corrections of one caller."""
