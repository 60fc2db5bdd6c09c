"""Statistical disclosure control: what may leave the service, and the proof that it exposes nobody.

``catalogue`` says what may be published, ``counting`` tabulates it, ``suppression`` chooses the cells to suppress, ``audit``
attacks the published files without sharing a line of code with it, ``release_proposal`` proposes what no attack breaks and
``release_records`` keeps it, so that the next release is protected against it too.
"""
