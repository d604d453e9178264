-- subjects_linked: the same as JSON-LD
SELECT subject_linked(subject.whole) AS document{keys}
FROM {rows} AS subject
{order}
