PRAGMA user_version = 3;
PRAGMA application_id = 1852074801;
BEGIN TRANSACTION;
CREATE TABLE attempts (
            id TEXT NOT NULL PRIMARY KEY,
            request TEXT NOT NULL,       -- JSON
            sent_at REAL NOT NULL,
            state TEXT NOT NULL,
            order_id TEXT,
            settled_at REAL,
            reason TEXT NOT NULL
        , asked_price TEXT, sender TEXT NOT NULL DEFAULT '', searched_at REAL);
INSERT INTO "attempts" VALUES('attempt-1','{"provider": "virtual", "period": "MIN_15", "service_code": "tg", "country_code": "667", "need_fraud_score": false, "markup_percent": 0, "promo_code": ""}',1750000060.0,'placed','00000000000000000000000000000001',NULL,'',NULL,'',NULL);
INSERT INTO "attempts" VALUES('attempt-3','{"provider": "virtual", "period": "MIN_15", "service_code": "tg", "country_code": "667", "need_fraud_score": false, "markup_percent": 0, "promo_code": ""}',1750000180.0,'unknown',NULL,1750000200.0,'The answer was lost.',NULL,'',NULL);
CREATE TABLE balance (
            number INTEGER PRIMARY KEY CHECK (number = 1),
            amount TEXT NOT NULL,        -- USD, decimal: what the service told last
            told_at REAL NOT NULL
        );
INSERT INTO "balance" VALUES(1,'41.70',1750000000.0);
CREATE TABLE codes (
            order_id TEXT NOT NULL REFERENCES orders (id),
            ordinal INTEGER NOT NULL,
            text TEXT NOT NULL,
            seen_at REAL NOT NULL, sight INTEGER NOT NULL DEFAULT 0, absent_at REAL,
            PRIMARY KEY (order_id, ordinal)
        ) WITHOUT ROWID
        ;
INSERT INTO "codes" VALUES('00000000000000000000000000000001',0,'12345',1750000260.0,1,1750000260.0);
INSERT INTO "codes" VALUES('00000000000000000000000000000001',1,'Ж-678',1750000260.0,1,1750000260.0);
INSERT INTO "codes" VALUES('00000000000000000000000000000009',0,'555',1750000000.0,0,NULL);
CREATE TABLE marks (
            name TEXT NOT NULL PRIMARY KEY,
            at REAL NOT NULL             -- an instant to remember
        ) WITHOUT ROWID
        ;
INSERT INTO "marks" VALUES('watched',1750000000.0);
CREATE TABLE orders (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            status TEXT NOT NULL,
            status_text TEXT NOT NULL,
            provider TEXT NOT NULL,
            price TEXT,                  -- USD, decimal
            phone_number TEXT,
            expires_at REAL,
            can_replay INTEGER NOT NULL,
            can_extend INTEGER NOT NULL,
            can_cancel INTEGER NOT NULL,
            fraud_score TEXT,
            expenses TEXT,               -- USD, decimal
            report TEXT,
            period TEXT,
            service_code TEXT,           -- as the service told it, as are all above
            country_code TEXT,
            request TEXT,                -- JSON; NULL for what was bought elsewhere
            origin TEXT NOT NULL,
            bought_earliest REAL,        -- NULL when nothing is known of the beginning
            bought_latest REAL NOT NULL,
            first_seen REAL NOT NULL,
            ended_at REAL,
            acknowledged INTEGER NOT NULL,
            -- Worked out from the above when it is written, for looking up:
            is_ended INTEGER NOT NULL,
            sort_at REAL NOT NULL,       -- place in the history
            counted_at REAL,             -- when totals count it as bought; NULL when that is anybody's guess
            service TEXT,                -- what it is for: as asked for here, else as the service told it
            country TEXT,
            search TEXT NOT NULL         -- what its row says, folded, a line each
        , plan TEXT NOT NULL DEFAULT 'none', in_history INTEGER NOT NULL DEFAULT 0, pk TEXT, report_parts TEXT, extras TEXT NOT NULL DEFAULT '[]', untold TEXT NOT NULL DEFAULT '[]', alive_at REAL, is_inferred INTEGER NOT NULL DEFAULT 0);
INSERT INTO "orders" VALUES(1,'00000000000000000000000000000001','success','','virtual','0.15','+15550000001',NULL,0,0,0,NULL,NULL,NULL,NULL,NULL,NULL,'{"provider": "virtual", "period": "MIN_15", "service_code": "tg", "country_code": "667", "need_fraud_score": false, "markup_percent": 0, "promo_code": ""}','here',1750000060.0,1750000061.0,1750000061.0,1750000360.0,0,1,1750000360.0,1750000061.0,'tg','667','15550000001
tg
667
virtual
success
12345
ж-678','none',0,NULL,'[]','[]','[]',1750000360.0,0);
INSERT INTO "orders" VALUES(2,'00000000000000000000000000000002','waiting','','virtual','0.15','+15550000002',1750001200.0,0,0,1,'low',NULL,NULL,'MIN_15',NULL,NULL,NULL,'elsewhere',NULL,1750000000.0,1750000121.0,NULL,1,0,1.75000012099999904631e+09,1750000000.0,NULL,NULL,'15550000002
virtual
waiting','armed',0,NULL,'[]','[]','[]',NULL,0);
INSERT INTO "orders" VALUES(3,'00000000000000000000000000000009','success','','virtual','0.15','+15550000009',NULL,0,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'elsewhere',NULL,1750000000.0,1750000000.0,NULL,1,1,1.74999999999999809267e+09,NULL,NULL,NULL,'15550000009
virtual
success
555','none',0,NULL,'[]','[]','[]',NULL,0);
CREATE TABLE pins (
            request TEXT NOT NULL PRIMARY KEY, -- JSON
            pinned_at REAL NOT NULL
        ) WITHOUT ROWID
        ;
INSERT INTO "pins" VALUES('{"provider": "virtual", "period": "MIN_15", "service_code": "tg", "country_code": "667", "need_fraud_score": false, "markup_percent": 0, "promo_code": ""}',1750000000.0);
CREATE TABLE service_clock (
            only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
            ahead REAL NOT NULL,         -- of this machine's, in seconds: instants are in the service's time
            uncertainty REAL NOT NULL
        );
INSERT INTO "service_clock" VALUES(1,-3600.0,0.5);
CREATE INDEX history_by_when ON orders (sort_at, number, search, service, country) WHERE is_ended = 1;
CREATE INDEX history_by_price ON orders (CAST(price AS REAL) DESC, sort_at DESC, number DESC)
        WHERE is_ended = 1
        ;
CREATE INDEX history_by_service ON orders (service, sort_at DESC, number DESC) WHERE is_ended = 1;
CREATE INDEX history_by_status ON orders (status, sort_at DESC, number DESC) WHERE is_ended = 1;
CREATE INDEX orders_on_desk ON orders (first_seen) WHERE is_ended = 0 OR acknowledged = 0;
CREATE INDEX orders_counted ON orders (counted_at) WHERE counted_at IS NOT NULL;
CREATE INDEX codes_seen ON codes (seen_at);
CREATE INDEX orders_asked ON orders (first_seen, request) WHERE request IS NOT NULL;
CREATE INDEX codes_news ON codes (seen_at) WHERE sight > 0;
CREATE INDEX history_unseen ON orders (sort_at, number) WHERE is_ended = 1 AND acknowledged = 0;
CREATE INDEX attempts_open ON attempts (sent_at) WHERE state IN ('sending', 'unknown');
COMMIT;
