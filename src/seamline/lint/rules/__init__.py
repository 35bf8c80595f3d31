"""The rules about Dockerfiles, by what they look at. listing.py is the list of all."""
