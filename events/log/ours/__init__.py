"""Events that we append ourselves about a caller, a call or the log; erasures have files of their own."""
