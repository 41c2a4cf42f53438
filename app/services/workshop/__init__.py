"""The author's workshop: check a pack, run its cases, and find what no case would notice."""
