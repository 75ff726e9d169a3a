"""Small files beside the generations, in which processes say how they get on, for whoever looks."""
