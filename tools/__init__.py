"""What can be called: signatures, the gate before them, validation, catalogues, asserted facts."""

import button  # noqa: F401 - refuses strangers in place of our packages
