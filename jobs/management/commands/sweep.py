from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.models import Clinic
from jobs.actions import engine
from jobs.queues import QUEUES


class Command(BaseCommand):
    help = "Do one round of the background workers here and now, without Celery."

    def handle(self, *_: Any, **__: Any) -> None:
        for clinic in Clinic.objects.order_by("pk"):
            at = timezone.now()
            done: Counter[str] = Counter()
            for queue in QUEUES.values():
                done += engine.run_queue(queue, clinic_id=clinic.pk, at=at)
            words = ", ".join(f"{name} {count}" for name, count in done.items())
            self.stdout.write(f"{clinic}: {words or 'nothing to do'}")
