"""What may leave the service, and the proof that it exposes nobody.

``catalogue`` says what may be published, ``counting`` counts it, ``protect`` decides which cells to withhold, ``audit``
attacks the published files without sharing a line of code with it, ``release`` lets out what no attack breaks and
``records`` remembers it, so that the next release is protected against it too.
"""
