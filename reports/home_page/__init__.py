"""The first page of each role, and the steps of setting up a clinic."""
