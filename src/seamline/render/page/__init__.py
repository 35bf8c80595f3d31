"""One self-contained HTML page: no script, no request, the pictures drawn as SVG."""
