package io.cioroutes.sends;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Remembers sends in the database table {@code cio_sends}, shared by all instances; it survives the death of any of
 * them. Plain SQL that every relational database understands: the primary key decides between two that claim the same
 * send. The table is made where it is missing.
 */
final class JdbcSendStore implements SendStore {

    private static final Logger log = LoggerFactory.getLogger(JdbcSendStore.class);
    private static final Duration PURGE_INTERVAL = Duration.ofHours(1);

    private final JdbcTemplate jdbc;
    private final Duration retention;
    private final Clock clock;
    private final AtomicLong lastPurge = new AtomicLong();
    private volatile boolean tableExists;

    /** @param retention how long a send is remembered */
    JdbcSendStore(JdbcTemplate jdbc, Duration retention, Clock clock) {
        this.jdbc = jdbc;
        this.retention = retention;
        this.clock = clock;
    }

    @Override
    public Claim begin(String key) {
        ensureTable();
        long now = clock.millis();
        try {
            jdbc.update(
                    "insert into cio_sends (message_key, state, begun_at) values (?, ?, ?)",
                    key,
                    State.SENDING.name(),
                    now);
            return new Claim(State.NEW, Duration.ZERO);
        } catch (DuplicateKeyException e) {
            List<Claim> known = jdbc.query(
                    "select state, begun_at from cio_sends where message_key = ?",
                    (row, number) -> new Claim(
                            State.valueOf(row.getString(1)), Duration.ofMillis(Math.max(0, now - row.getLong(2)))),
                    key);
            // Gone again in between: whoever had it gave it back a moment ago.
            return known.isEmpty() ? begin(key) : known.get(0);
        }
    }

    @Override
    public void sent(String key) {
        jdbc.update("update cio_sends set state = ? where message_key = ?", State.SENT.name(), key);
        purge();
    }

    @Override
    public void forget(String key) {
        jdbc.update("delete from cio_sends where message_key = ?", key);
    }

    private void ensureTable() {
        if (tableExists) {
            return;
        }
        try {
            jdbc.queryForList("select message_key from cio_sends where message_key = ''");
        } catch (BadSqlGrammarException missing) {
            try {
                // Milliseconds as a number: timestamp types differ most between databases.
                jdbc.execute("create table cio_sends (message_key varchar(300) not null primary key, "
                        + "state varchar(10) not null, begun_at numeric(19) not null)");
            } catch (DataAccessException e) {
                // Another instance may have made it at the same moment; if not, this says what is wrong.
                jdbc.queryForList("select message_key from cio_sends where message_key = ''");
            }
        }
        tableExists = true;
    }

    /** Removes what is older than the retention, now and then. */
    private void purge() {
        long now = clock.millis();
        long last = lastPurge.get();
        if (now - last >= PURGE_INTERVAL.toMillis() && lastPurge.compareAndSet(last, now)) {
            int removed = jdbc.update("delete from cio_sends where begun_at < ?", now - retention.toMillis());
            log.debug("Removed {} sends older than {}", removed, retention);
        }
    }
}
