from treatment.models.kits import KitDeed
from treatment.models.regimens import DoseEvent, Regimen
from treatment.models.toxicology import ToxicologyResult
