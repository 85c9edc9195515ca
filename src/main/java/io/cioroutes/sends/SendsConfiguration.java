package io.cioroutes.sends;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** Chooses where sends are remembered: in memory, or in a database ({@code cio.sends.store}). */
@Configuration(proxyBeanMethods = false)
class SendsConfiguration {

    private static final String STORE = "cio.sends.store";

    @Bean
    @ConditionalOnProperty(name = STORE, havingValue = "memory")
    SendStore memorySendStore(
            @Value("${cio.sends.retention}") Duration retention, @Value("${cio.sends.memory-size}") long size) {
        return new MemorySendStore(retention, size);
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnProperty(name = STORE, havingValue = "jdbc")
    HikariDataSource sendsDatabase(
            @Value("${cio.sends.jdbc.url}") String url,
            @Value("${cio.sends.jdbc.username}") String username,
            @Value("${cio.sends.jdbc.password}") String password,
            @Value("${cio.sends.jdbc.pool-size}") int poolSize) {
        var pool = new HikariDataSource();
        pool.setPoolName("sends");
        pool.setJdbcUrl(url);
        pool.setUsername(username.isBlank() ? null : username);
        pool.setPassword(password.isBlank() ? null : password);
        pool.setMaximumPoolSize(poolSize);
        // A database that is down delays sends; it must not keep the service from starting.
        pool.setInitializationFailTimeout(-1);
        return pool;
    }

    @Bean
    @ConditionalOnProperty(name = STORE, havingValue = "jdbc")
    SendStore jdbcSendStore(HikariDataSource sendsDatabase, @Value("${cio.sends.retention}") Duration retention) {
        return new JdbcSendStore(new JdbcTemplate(sendsDatabase), retention, Clock.systemUTC());
    }
}
