"""What can be called: signatures, the gate before them, validation, catalogues, asserted facts."""
