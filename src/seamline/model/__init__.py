"""The nouns, frozen: values that every floor above exchanges. Imports only errors."""
