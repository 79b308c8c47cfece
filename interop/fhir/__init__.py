"""What leaves as FHIR R4B. Each resource is checked by its model as it is built."""
