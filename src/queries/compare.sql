-- compare: the same answer for figures that the caller picks
SELECT outcome.*
FROM compare(compare_selection({claims}, {subject}, {quantity}), {baseline}) AS outcome
