from treatment.models.regimens import DoseEvent, Regimen
from treatment.models.toxicology import ToxicologyResult
