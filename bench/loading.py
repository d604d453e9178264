"""Generated claims into a migrated database, by the million: past the checks, which a test shows they pass"""
import os
import pathlib
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

import claims

HERE = pathlib.Path(__file__).parent

# In an order that does not need foreign keys; what stands together is loaded together.
# Attribution comes before claims, which are found by the names of those whom they are attributed to.
TABLES = [["dimension"], ["unit"], ["quantity", "scope"], ["subject", "agent"], ["source", "proposition"],
          ["agent.voices", "source_relation", "attribution"], ["claim.1", "claim.2"], ["multiple_operand", "comparison"],
          ["comparison_claim"]]


def psql(url, *arguments, **details):
    """Runs psql and gives what it printed: rows alone."""
    environment = {**os.environ, "PGOPTIONS": "-c client_min_messages=warning -c maintenance_work_mem=512MB"}
    return subprocess.run(["psql", url, "-XAtq", "-v", "ON_ERROR_STOP=1", *arguments], check=True, text=True,
                          env=environment, stdout=subprocess.PIPE, **details).stdout.strip()


def copy_command(file):
    """COPY for one of the generator's files, whose first line names its columns and whose name begins with the table's."""
    with file.open() as rows:
        columns = rows.readline().strip().replace("\t", ", ")
    return f"COPY {file.name.split('.')[0]} ({columns}) FROM STDIN WITH (HEADER)"


def load(url, count):
    """Fills a database with as many claims."""
    def copy(name):
        file = folder / name
        with file.open() as rows:
            psql(url, "-c", "SET session_replication_role = replica", "-c", copy_command(file), stdin=rows)

    psql(url, "-f", str(HERE / "before.sql"))
    with tempfile.TemporaryDirectory(prefix="claimd-bench-") as name, ThreadPoolExecutor(os.cpu_count()) as pool:
        folder = pathlib.Path(name)
        claims.generate(count, folder)
        for together in TABLES:
            list(pool.map(copy, together))
        # The slowest first.
        indexes = psql(url, "-c", "SELECT definition FROM bench_index ORDER BY definition ~ 'gin' DESC").splitlines()
        list(pool.map(lambda definition: psql(url, "-c", definition), indexes))
    psql(url, "-f", str(HERE / "after.sql"))
