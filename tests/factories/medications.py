import factory

from knowledge.edition_text import kept
from knowledge.editions import knowledge
from medications.models import KnowledgeEdition, RuleSignOff
from tests.conftest import NOON
from tests.factories.accounts import ClinicFactory, StaffFactory


class RuleSignOffFactory(factory.django.DjangoModelFactory):
    """A signature under the first version of a rule, in the edition that is in use."""

    class Meta:
        model = RuleSignOff

    clinic = factory.SubFactory(ClinicFactory)
    rule = "C47"
    version = 1
    stance = "as_is"
    knowledge_digest = factory.LazyFunction(lambda: knowledge().digest)
    signed_at = NOON
    signed_by = factory.SubFactory(StaffFactory)


class KnowledgeEditionFactory(factory.django.DjangoModelFactory):
    """`edition` as it is kept with a decision; the one in use unless told otherwise."""

    class Meta:
        model = KnowledgeEdition

    class Params:
        edition = factory.LazyFunction(knowledge)

    clinic = factory.SubFactory(ClinicFactory)
    digest = factory.LazyAttribute(lambda row: row.edition.digest)
    content = factory.LazyAttribute(lambda row: kept(row.edition))
    kept_at = NOON
