-- ready: the migrations that the database has
SELECT version
FROM schema_migrations
ORDER BY version
