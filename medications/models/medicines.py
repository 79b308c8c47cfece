from django.db import models


class Medication(models.TextChoices):
    """The medicines for OUD that can be chosen, keyed as in the reference, part C0."""

    MTD = "MTD", "Methadone"
    BUP_SL = "BUP_SL", "Buprenorphine, daily film or tablet"
    BUP_LOW = "BUP_LOW", "Buprenorphine, low-dose start"
    BUP_XR = "BUP_XR", "Buprenorphine XR, injection"
    SUBLOCADE = "SUBLOCADE", "Sublocade, monthly injection"
    BRIXADI_W = "BRIXADI_W", "Brixadi, weekly injection"
    BRIXADI_M = "BRIXADI_M", "Brixadi, monthly injection"
    NTX_XR = "NTX_XR", "Naltrexone XR, injection"
    NTX_PO = "NTX_PO", "Naltrexone tablets"
