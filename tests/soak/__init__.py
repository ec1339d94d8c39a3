"""A camera house that runs for hours while things go wrong around it, and what it may cost by then.

house (four cameras, broker, page) -> trouble (something every half minute) -> samples -> verdict -> picture
"""
