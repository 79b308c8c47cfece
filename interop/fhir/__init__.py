"""FHIR R4B resources that leave. Each is checked by its model as it is built."""
