package io.cioroutes.delivery;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How to reach Customer.io.
 *
 * @param region {@code us} or {@code eu}
 * @param siteId user of the Track API
 * @param trackApiKey password of the Track API
 * @param appApiKey bearer token of the App API
 * @param trackUrl root of the Track host, empty for the region's own
 * @param appUrl root of the App host, empty for the region's own
 */
@ConfigurationProperties("cio.customerio")
public record CustomerioProperties(
        String region, String siteId, String trackApiKey, String appApiKey, String trackUrl, String appUrl) {

    /** Never prints a credential. */
    @Override
    public String toString() {
        return "Customer.io " + region;
    }
}
