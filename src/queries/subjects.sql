-- subjects: what claims are about
SELECT subject.id,
       subject.name,
       subject.kind,
       subject.description,
       tally_of('subject', subject.id) AS claims{keys}
FROM {rows} AS subject
{order}
