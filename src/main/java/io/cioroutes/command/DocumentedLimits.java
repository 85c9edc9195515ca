package io.cioroutes.command;

/**
 * Sizes that Customer.io documents and that a JSON Schema cannot say. The other limits stand in the schemas. Sizes are in
 * bytes of UTF-8. Customer.io writes kB and MB without saying which: the decimal reading is the safe one.
 */
final class DocumentedLimits {

    /** One operation of a Track v2 batch: "32 kB" in Customer.io's reference of {@code /api/v2/batch}. */
    static final int OPERATION_BYTES = 32_000;

    /** The identifier {@code id}, in Customer.io's reference of {@code PUT /api/v1/customers/{identifier}}. */
    static final int ID_BYTES = 150;

    /** Attributes of one identify, in Customer.io's reference of {@code PUT /api/v1/customers/{identifier}}. */
    static final int ATTRIBUTES = 300;

    /** All attachments of one e-mail together: "2 MB" in Customer.io's reference of {@code POST /v1/send/email}. */
    static final int ATTACHMENT_BYTES = 2_000_000;

    /** The rest of that request: "1 MB" in the same place. */
    static final int SEND_BYTES = 1_000_000;

    /** Recipients of one e-mail over to, cc and bcc, in the same place. */
    static final int RECIPIENTS = 15;

    /** How far {@code send_at} may lie ahead: 90 days, in the same place. */
    static final long SEND_AHEAD_SECONDS = 90L * 24 * 60 * 60;

    /** One request of {@code POST /v1/campaigns/{id}/triggers}: "25 MB" in Customer.io's reference. */
    static final int BROADCAST_BYTES = 25_000_000;

    private DocumentedLimits() {}
}
