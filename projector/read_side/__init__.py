"""The door for those who only read: ingress and the commands that show."""
