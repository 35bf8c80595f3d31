"""One ordering a file: version text -> bytes that sort as its ecosystem does. Pure and lawful.

Keys are compared as plain bytes, and kept in indexes: equal versions have equal keys, however they are spelt.
"""
