"""What a claim takes in the database: docs/scale.md reckons with it"""
from desk import Tables

SIZES = """SELECT sum(pg_table_size(c.oid)), sum(pg_indexes_size(c.oid)), sum(pg_table_size(c.oid)) FILTER (WHERE relname = 'claim'), sum(pg_indexes_size(c.oid)) FILTER (WHERE relname = 'claim')
           FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace WHERE relkind = 'r' AND nspname IN ('public', 'history')"""
MOST = 10_000


def test_a_claim_takes_so_many_bytes(filled, many):
    with Tables(filled) as tables:
        tables.run("VACUUM (FULL, ANALYZE)")
        claims = tables.value("SELECT count(*) FROM claim")
        rows, indexes, own_rows, own_indexes = map(int, tables.run(SIZES)[0])
    print(f"\n{claims} claims: {(rows + indexes) / claims:.0f} bytes each with all that belongs to it, {rows / claims:.0f} of rows and {indexes / claims:.0f} of indexes; "
          f"{own_rows / claims:.0f} and {own_indexes / claims:.0f} of the table claim")
    assert claims >= many and (rows + indexes) / claims < MOST
