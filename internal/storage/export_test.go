package storage

// MigrateWith is Migrate with other files, for tests that need a past or a future schema.
var MigrateWith = migrate
