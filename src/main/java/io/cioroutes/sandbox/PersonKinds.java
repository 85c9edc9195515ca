package io.cioroutes.sandbox;

import io.cioroutes.sandbox.Identifier.Kind;
import java.util.List;

/** Which kinds of identifier each part of the API takes. */
final class PersonKinds {
    static final List<Kind> V2 = List.of(Kind.ID, Kind.EMAIL, Kind.PHONE, Kind.CIO_ID);
    static final List<Kind> V2_EVENT = List.of(Kind.ID, Kind.EMAIL, Kind.PHONE, Kind.CIO_ID, Kind.ANONYMOUS_ID);
    static final List<Kind> MERGE = List.of(Kind.ID, Kind.EMAIL, Kind.CIO_ID);
    static final List<Kind> SEND = MERGE;
    static final List<Kind> RELATED = List.of(Kind.ID, Kind.EMAIL, Kind.CIO_ID, Kind.ANONYMOUS_ID);

    private PersonKinds() {}
}
