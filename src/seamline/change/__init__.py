"""Images made and changed: values in, values out."""
