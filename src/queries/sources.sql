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
       (SELECT count(*) FROM source AS kin WHERE kin.origin_id = source.origin_id) AS "origin.sources",
       (SELECT coalesce(json_agg(json_build_object(
                   'kind', relation.kind,
                   'direction', relation.direction,
                   'source', source_reference(other)) ORDER BY relation.direction DESC, relation.kind, other.id), '[]')
        FROM (SELECT kind, 'to' AS direction, related_id AS id FROM source_relation WHERE source_id = source.id
              UNION ALL
              SELECT kind, 'from', source_id FROM source_relation WHERE related_id = source.id) AS relation
        JOIN source AS other ON other.id = relation.id) AS relations,
       (SELECT count(*) FROM claim WHERE claim.source_id = source.id) AS claims,
       source.created_at
FROM source
LEFT JOIN agent AS publisher ON publisher.id = source.publisher_id
WHERE true {filters}
ORDER BY source.id
LIMIT {limit}
