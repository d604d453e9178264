-- sources: documents, their origin, what they depend on (to) and what depends on them (from)
SELECT source.id,
       source.kind,
       source.title,
       source.description,
       source.language,
       source.url,
       source.author,
       publisher.id AS "publisher.id",
       publisher.name AS "publisher.name",
       publisher.kind AS "publisher.kind",
       source.published_at,
       source.revised_at,
       source.content_sha256,
       source.origin_id AS "origin.id",
       tally_of('origin', source.origin_id) AS "origin.sources",
       source_relations(source.id) AS relations,
       tally_of('source', source.id) AS claims,
       {linked|source_linked(source.whole) AS linked,}
       source.created_at{keys}
FROM {rows} AS source
LEFT JOIN agent AS publisher ON publisher.id = source.publisher_id
{order}
