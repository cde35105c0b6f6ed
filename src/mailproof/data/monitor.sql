-- What mailproof monitor remembers: see mailproof/monitor/state.py.
CREATE TABLE target (
  kind TEXT NOT NULL, name TEXT NOT NULL, due REAL, known BLOB, sample TEXT NOT NULL, changed REAL NOT NULL,
  PRIMARY KEY (kind, name)) WITHOUT ROWID;
CREATE TABLE run (
  id INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL, elapsed_s REAL NOT NULL,
  complete INTEGER NOT NULL, grade TEXT, errors INTEGER, warnings INTEGER, unknown INTEGER, arrived INTEGER,
  folder TEXT, seconds REAL, problem TEXT NOT NULL DEFAULT '');
CREATE INDEX run_at ON run (at);
CREATE TABLE event (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL,
  part TEXT NOT NULL, effect TEXT NOT NULL, text TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL,
  rule TEXT NOT NULL, severity TEXT NOT NULL, shown INTEGER NOT NULL DEFAULT 0, owed INTEGER NOT NULL);
CREATE INDEX event_at ON event (at);
CREATE INDEX event_shown ON event (shown) WHERE shown = 0;
CREATE INDEX event_owed ON event (owed) WHERE owed = 1;
