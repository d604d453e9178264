-- subjects: what claims are about
SELECT subject.id,
       subject.name,
       subject.kind,
       subject.description,
       (SELECT count(*) FROM claim WHERE claim.subject_id = subject.id) AS claims{keys}
FROM {rows} AS subject
{order}
