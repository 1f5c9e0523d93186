-- A history of version 1, as the first release wrote it. Never change it.
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE days (
            id INTEGER PRIMARY KEY,
            day TEXT NOT NULL CHECK (day GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
            figures TEXT NOT NULL
        );
INSERT INTO "days" VALUES(739676,'2026-03-01','{"date":"2026-03-01","desk_seconds":3600.0,"away_seconds":0.0,"locked_seconds":0.0,"asleep_seconds":0.0,"off_seconds":0.0,"longest_held_seconds":3600.0,"position_changes":0,"kinds":{}}');
CREATE TABLE episodes (
            id INTEGER PRIMARY KEY,
            day TEXT NOT NULL CHECK (day GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
            number INTEGER NOT NULL,
            kind TEXT NOT NULL,
            outcome TEXT NOT NULL
                CHECK (outcome IN ('taken', 'natural', 'skipped', 'missed', 'undelivered')),
            taken_by TEXT CHECK (taken_by IN ('answer', 'guide', 'rest')),
            folded TEXT NOT NULL,
            asked INTEGER NOT NULL CHECK (asked IN (0, 1)),
            prompt TEXT,
            due_boot_s REAL NOT NULL,
            due_unix_s REAL NOT NULL,
            due_zone TEXT NOT NULL,
            shown_boot_s REAL,
            shown_unix_s REAL,
            shown_zone TEXT,
            ended_boot_s REAL NOT NULL,
            ended_unix_s REAL NOT NULL,
            ended_zone TEXT NOT NULL,
            reminders INTEGER NOT NULL,
            postponed INTEGER NOT NULL,
            failures INTEGER NOT NULL,
            change INTEGER NOT NULL CHECK (change IN (0, 1)),
            undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1))
        );
INSERT INTO "episodes" VALUES(1,'2026-03-02',2,'position','taken','rest','["eyes"]',0,'P-PC-03',4240.0,1772441640.0,'Europe/Berlin',4270.0,1772441670.0,'Europe/Berlin',4300.0,1772441700.0,'Europe/Berlin',1,2,3,0,1);
INSERT INTO "episodes" VALUES(2,'2026-03-02',1,'position','taken','rest','["eyes"]',0,'P-PC-03',5740.0,1772443140.0,'Europe/Berlin',5770.0,1772443170.0,'Europe/Berlin',5800.0,1772443200.0,'Europe/Berlin',1,2,3,1,0);
CREATE TABLE saved (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            state TEXT NOT NULL,
            kinds TEXT NOT NULL,
            boot_id TEXT NOT NULL,
            clock_offset_s REAL NOT NULL
        );
INSERT INTO "saved" VALUES(1,'{"at":[5800.0,1772443200.0,"Europe/Berlin"],"facts":{"idle_s":0.0},"kinds":[{"held_from_s":5800.0},{"held_from_s":5800.0}],"input_s":5800.0,"idle_from_s":5800.0,"unlocked_s":5800.0,"span_start":[5800.0,1772443200.0,"Europe/Berlin"],"today":"2026-03-02","day_end_s":5800.0,"day_starts_s":14400,"next_episode":3}','["stretch", "position"]','boot-1',12.5);
CREATE TABLE spans (
            id INTEGER PRIMARY KEY,
            day TEXT NOT NULL CHECK (day GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
            start_boot_s REAL NOT NULL,
            start_unix_s REAL NOT NULL,
            end_boot_s REAL NOT NULL,
            end_unix_s REAL NOT NULL,
            zone TEXT NOT NULL,
            presence TEXT NOT NULL
                CHECK (presence IN ('desk', 'away', 'locked', 'asleep', 'off')),
            holds TEXT NOT NULL,
            change INTEGER NOT NULL CHECK (change IN (0, 1)),
            CHECK (end_boot_s >= start_boot_s)
        );
INSERT INTO "spans" VALUES(1,'2026-03-02',1000.0,1772438400.0,4000.0,1772441400.0,'Europe/Berlin','desk','',0);
INSERT INTO "spans" VALUES(2,'2026-03-02',4000.0,1772441400.0,4300.0,1772441700.0,'Europe/Berlin','away','',1);
INSERT INTO "spans" VALUES(3,'2026-03-02',4300.0,1772441700.0,5800.0,1772443200.0,'Europe/Berlin','desk','',0);
CREATE INDEX spans_day ON spans (day);
CREATE INDEX episodes_day ON episodes (day);
COMMIT;
