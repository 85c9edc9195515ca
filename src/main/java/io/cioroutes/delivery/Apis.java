package io.cioroutes.delivery;

/**
 * Both APIs of Customer.io.
 *
 * @param track people and events
 * @param app transactional messages and broadcasts
 */
public record Apis(Api track, Api app) {

    /** The API that a request goes to. */
    Api of(ApiRequest request) {
        return request.isApp() ? app : track;
    }
}
