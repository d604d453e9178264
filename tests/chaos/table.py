"""What came of each fault, as a table"""
HEAD = ("fault", "requests", "right", "honest errors", "cut", "wrong", "lost", "recovery")
ROWS = []


def text():
    rows = [HEAD, *ROWS]
    widths = [max(len(row[place]) for row in rows if len(row) == len(HEAD)) for place in range(len(HEAD))]
    return "\n".join("  ".join(cell.rjust(width) if place else cell.ljust(width) for place, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in rows)
