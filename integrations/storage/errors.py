"""Errors of the store.

StorageError
├── DatabaseUrlWrong      the URL is not one of SQLite or PostgreSQL
├── DatabaseUnreachable   the database does not answer
├── DatabaseBusy          another writer holds it for too long
├── DatabaseFull          there is no room on the disk
├── NameTaken             another process works under this name
├── SchemaOutdated        the tables are older or newer than this program
├── KeyFileMissing        there is no key file
├── KeyFileExists         a key file would be overwritten
├── KeyFileBroken         the key file cannot be read
├── KeyWrong              the key file is not the one that sealed this database
├── BackupExists          a backup file would be overwritten
├── BackupBroken          a backup could not be made, or cannot be used
├── DatabaseNotEmpty      a restore would replace what is there
├── ToolMissing           a program of the database is not installed
└── ReadingOnly           a write inside `store.reading()`, a fault of the program
"""

from integrations.errors import IntegrationError


class StorageError(IntegrationError):
    """The store cannot do what was asked."""

    code = "storage"


class DatabaseUrlWrong(StorageError):
    """The URL names no database that this program knows."""

    code = "storage.url"


class DatabaseUnreachable(StorageError):
    """The database does not answer or refuses the login."""

    code = "storage.unreachable"
    retryable = True


class DatabaseBusy(StorageError):
    """Another writer held the database longer than the busy timeout."""

    code = "storage.busy"
    retryable = True


class DatabaseFull(StorageError):
    """The disk has no room for what was to be written; nothing of it was kept."""

    code = "storage.full"
    retryable = True


class NameTaken(StorageError):
    """Another process works on this database under the same name."""

    code = "storage.name_taken"


class SchemaOutdated(StorageError):
    """The tables do not fit this program."""

    code = "storage.schema"


class KeyFileMissing(StorageError):
    """There is no key file where it should be."""

    code = "keys.missing"


class KeyFileExists(StorageError):
    """A key file is already there and would be overwritten."""

    code = "keys.exists"


class KeyFileBroken(StorageError):
    """The key file cannot be read as one."""

    code = "keys.broken"


class KeyWrong(StorageError):
    """The key file is not the one that sealed the data."""

    code = "keys.wrong"


class BackupExists(StorageError):
    """A backup file is already there and would be overwritten."""

    code = "backup.exists"


class BackupBroken(StorageError):
    """A backup could not be made, or cannot be used."""

    code = "backup.broken"


class DatabaseNotEmpty(StorageError):
    """A restore would replace what is there."""

    code = "backup.not_empty"


class ToolMissing(StorageError):
    """A program that comes with the database is not installed."""

    code = "backup.tool_missing"


class ReadingOnly(StorageError):
    """Something was to be written inside `store.reading()`."""

    code = "storage.reading_only"
