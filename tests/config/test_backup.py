"""A backup brings back what was there, and nothing less."""

import io
import os
import stat

import pytest

from config.local import backup, roles


@pytest.fixture
def url():
    """The address of a database that no other test uses, nor another worker."""
    owner = os.environ.get("DATABASE_OWNER_URL")
    if not owner:
        pytest.skip("needs the throw-away servers of make test")
    name = f"kept_{os.getpid()}"
    ours = roles.for_user(owner, roles.OWNER, owner.split(":")[2].split("@")[0], name)
    with roles.connected(owner).cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield ours
    with roles.connected(owner).cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(url, statement):
    with roles.connected(url).cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else None


@pytest.mark.slow
def test_brings_back_rows_rules_and_rights(url, tmp_path):
    file = tmp_path / "into" / "copy.dump"
    run(url, "CREATE TABLE kept_row (id int PRIMARY KEY, word text CHECK (word <> ''))")
    run(url, "INSERT INTO kept_row VALUES (1, 'before')")
    run(url, "GRANT SELECT ON kept_row TO mainstay_app")
    backup.save(url, file)
    run(url, "UPDATE kept_row SET word = 'after'")
    run(url, "INSERT INTO kept_row VALUES (2, 'later')")

    backup.restore(url, file)

    assert run(url, "SELECT * FROM kept_row") == [(1, "before")]
    allowed = "SELECT has_table_privilege('mainstay_app', 'kept_row', '{}')"
    assert run(url, allowed.format("SELECT")) == [(True,)]
    assert run(url, allowed.format("UPDATE")) == [(False,)]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.slow
def test_a_broken_file_changes_nothing(url, tmp_path):
    file = tmp_path / "broken.dump"
    file.write_bytes(b"PGDMP and then nothing")
    run(url, "CREATE TABLE kept_row (id int)")
    run(url, "INSERT INTO kept_row VALUES (1)")

    with pytest.raises(SystemExit, match="pg_restore did not finish"):
        backup.restore(url, file)

    assert run(url, "SELECT * FROM kept_row") == [(1,)]


@pytest.mark.slow
def test_one_byte_that_flipped_changes_nothing(url, tmp_path):
    file = tmp_path / "flipped.dump"
    run(
        url,
        "CREATE TABLE kept_row AS SELECT md5(n::text) AS word FROM generate_series(1, 9000) n",
    )
    backup.save(url, file)
    run(url, "DELETE FROM kept_row WHERE word LIKE '0%'")
    before = run(url, "SELECT count(*) FROM kept_row")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)

    with pytest.raises(SystemExit, match="pg_restore did not finish"):
        backup.restore(url, file)

    assert run(url, "SELECT count(*) FROM kept_row") == before


@pytest.mark.slow
def test_refuses_while_somebody_is_connected(url, tmp_path):
    file = tmp_path / "copy.dump"
    backup.save(url, file)
    guest = roles.connected(url)
    try:
        with pytest.raises(SystemExit, match="stop the site first"):
            backup.restore(url, file)
    finally:
        guest.close()


def test_without_a_terminal_nothing_is_replaced_unasked(monkeypatch, tmp_path):
    monkeypatch.delenv("YES", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO("mainstay\n"))

    assert backup._confirmed(tmp_path / "x", "postgresql://a@b/mainstay") is False
