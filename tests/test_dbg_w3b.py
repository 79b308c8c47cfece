from tests.test_query_counts import *
from interop.bench.counting import sent
def test_dbg(here):
    p=here.parts["patient"].pk
    c=signed_in(here.staff[Role.PRESCRIBER])
    for path in (f"/people/{p}/",):
        c.get(path)
        with CaptureQueriesContext(connection) as cap:
            c.get(path)
        for s in sent(cap): print("Q", s[:60], "...", s[s.find(" FROM "):][:170].replace("\n"," "))
